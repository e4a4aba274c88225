"""The compiled kernel: same numbers as the definition and as the loop, no compilation in a control loop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import draw, loop_step, relative_error

from hebb_controller import PlasticNetwork, Rule, definition, kernel
from hebb_controller.rules import VARIANTS

ROOT = Path(__file__).parents[1]
# Around the widths of vector registers, where compiled loops have their seams.
UNITS = st.sampled_from([1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33])


@pytest.mark.parametrize("how", kernel.NORMALISATIONS)
@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=6)
@given(sizes=st.lists(UNITS, min_size=2, max_size=4), seed=st.integers(0, 999))
def test_three_ways_to_one_step(name: str, how: str, sizes: list[int], seed: int) -> None:
    rule, rng = Rule.named(name), np.random.default_rng(seed)
    coefficients, weights = draw(rule, sizes, rng)
    network = PlasticNetwork(sizes, rule, coefficients, how)
    network.weights = weights
    for _ in range(3):  # `max` pays its debt in the next step
        x = rng.uniform(-2, 2, sizes[0])
        before = [w.copy() for w in network.weights]
        o, by_loop = loop_step(rule, coefficients, before, x, how)
        exact = [[a.astype(np.float64) for a in arrays] for arrays in (coefficients, before)]
        action, by_definition = definition.step(rule, exact[0], exact[1], x, how)
        assert relative_error(by_definition, by_loop) < 1e-11
        np.testing.assert_allclose(action, o[-1], rtol=0, atol=1e-12)
        np.testing.assert_allclose(network.act(x), o[-1], rtol=0, atol=3e-6)
        network.adapt()
        # Under `var` a layer of one or two synapses is divided by almost nothing.
        assert relative_error(network.weights, by_loop) < (2e-3 if how == "var" else 2e-5)


def test_tanh_is_close_everywhere_and_odd() -> None:
    x = np.concatenate([np.linspace(-12, 12, 100_001), np.logspace(-30, 30, 1001), [0.0]]).astype(np.float32)
    y = x.copy()
    kernel.squash(y)
    assert np.abs(y - np.tanh(x.astype(np.float64))).max() < 1e-6
    assert np.abs(y).max() <= 1.0
    mirrored = -x
    kernel.squash(mirrored)
    np.testing.assert_array_equal(mirrored, -y)


def test_largest_equals_numpy() -> None:
    rng = np.random.default_rng(0)
    for n in (1, 2, 15, 16, 17, 1000):
        w = (rng.normal(size=n) * 10.0 ** rng.integers(-30, 6, n)).astype(np.float32)
        assert kernel._largest(w) == np.abs(w).max()
    assert kernel._largest(np.zeros(5, np.float32)) == 0.0


def _compilations() -> int:
    functions = [f for f in vars(kernel).values() if hasattr(f, "signatures")]
    return sum(len(f.signatures) for f in functions)


def test_after_warm_up_nothing_compiles() -> None:
    PlasticNetwork.warm_up()
    before = _compilations()
    rule = Rule.named("ABCD_lr")
    frozen = np.zeros(6)
    frozen.flags.writeable = False
    kinds = [[0.0] * 6, np.zeros(6, np.float32), np.zeros(12)[::2], frozen, np.zeros(6, np.int64), np.zeros(6, ">f8")]
    for how in kernel.NORMALISATIONS:
        coefficients, weights = draw(rule, (6, 5, 4), np.random.default_rng(0))
        network = PlasticNetwork((6, 5, 4), rule, coefficients, how)
        network.reset(start=weights)
        for x in kinds:
            network.act(x)
            network.adapt()
    assert _compilations() == before


def test_works_where_nothing_can_be_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = kernel.njit

    def sealed(cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_(**options)

    monkeypatch.setattr(kernel, "njit", sealed)
    twice = kernel.compiled(lambda x: 2 * x)
    assert twice(3) == 6


@pytest.mark.slow
def test_second_process_loads_what_the_first_compiled(tmp_path: Path) -> None:
    program = (
        "from hebb_controller import PlasticNetwork, kernel; PlasticNetwork.warm_up();"
        "print(*[sum(f.stats.cache_hits.values()) for f in (kernel.forward, kernel.update)])"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", program]
    hits = [
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert hits == [["0", "0"], ["1", "1"]]
