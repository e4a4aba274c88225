"""One plastic step with shared rules, beside the same coefficients written out, in one run.

    python tests/benchmarks/bench_shared_rules.py [--rules 384] [--rounds 40] [--steps 100] [--json]

Rows take turns in every round. Times are processor time of this process, which a busy machine changes less than the
clock on the wall; compare ratios all the same. `change` is the change of weights alone, `step` a forward pass and a
change; `change, 64 in turn` goes round 64 networks, as many as no second-level cache holds, and counts one. Bytes are
what one change reads and writes again and again: weights, and rules in the form that the kernel has.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from hebb_controller import PlasticNetwork, Rule, Rulebook
from hebb_controller.errors import MissingExtraError
from hebb_controller.rules import weight_shapes
from hebb_controller.shared_rules import SharedRules

NETWORKS = {"ant": (28, 128, 64, 8), "realant": (31, 64, 32, 8)}
RULE = Rule.named("ABCD_lr")
#: Networks that change in turn, to see what memory costs.
CROWD = 64


def drawn_rules(sizes: tuple[int, ...], nb_rules: int) -> SharedRules:
    """Return random shared rules of a network."""
    rng = np.random.default_rng(0)
    rules = rng.normal(0.0, 0.1, (nb_rules, RULE.nb_terms))
    return SharedRules.of(rules, [rng.integers(nb_rules, size=shape) for shape in weight_shapes(sizes)])


def rows(sizes: tuple[int, ...], nb_rules: int) -> dict[str, Callable[[], Any]]:
    """Return what is timed, by name; those whose package is missing are left out."""
    shared = drawn_rules(sizes, nb_rules)
    x = np.random.default_rng(1).uniform(-1.0, 1.0, sizes[0])
    made: dict[str, Callable[[], Any]] = {}
    for name, coefficients in (("written out", shared.coefficients()), ("shared", shared)):
        crowd = [PlasticNetwork(sizes, RULE, coefficients, "max") for _ in range(CROWD)]
        for network in crowd:
            network.reset(np.random.default_rng(2))
            network.act(x)
        made[f"{name}, change"] = crowd[0].adapt
        made[f"{name}, step"] = stepping(crowd[0], x)
        made[f"{name}, change, {CROWD} in turn"] = turning(crowd)
    with contextlib.suppress(MissingExtraError):
        made |= onnx_rows(sizes, shared, x)
    return made


def onnx_rows(sizes: tuple[int, ...], shared: SharedRules, x: np.ndarray) -> dict[str, Callable[[], Any]]:
    """Return the exported graph's step, with a table of rules and with constants, and its file sizes in the names."""
    from hebb_controller.onnx_export import onnx_step
    from hebb_controller.onnx_network import OnnxNetwork

    made = {}
    for name, how in (
        ("constants", {"coefficients": shared.coefficients()}),
        ("Gather", {"coefficients": (), "encoded": shared}),
    ):
        book = Rulebook("ABCD_lr", sizes, "max", "ant", "0" * 16, "ant_bullet", 1, 1.0, 60.0, **how)
        model = onnx_step(book)
        network = OnnxNetwork(model)
        network.reset(np.random.default_rng(2))
        made[f"onnx {name}, step ({len(model) / 1000:.1f} kB)"] = stepping(network, x)
    return made


def stepping(network: Any, x: np.ndarray) -> Callable[[], None]:
    """Return a whole step of a network."""

    def step() -> None:
        network.act(x)
        network.adapt()

    return step


def turning(crowd: list[PlasticNetwork]) -> Callable[[], None]:
    """Return the change of the next network of a crowd."""
    following = itertools.cycle(crowd)

    def change() -> None:
        next(following).adapt()

    return change


def measured(made: dict[str, Callable[[], Any]], rounds: int, steps: int) -> dict[str, float]:
    """Return the median processor time of one call of each row, in [us]."""
    times: dict[str, list[float]] = {name: [] for name in made}
    for _ in range(rounds):
        for name, call in made.items():
            call()
            began = time.process_time_ns()
            for _ in range(steps):
                call()
            times[name].append((time.process_time_ns() - began) / steps / 1000.0)
    return {name: float(np.median(values)) for name, values in times.items()}


def beside(name: str) -> str:
    """Return what a row has in common with the row that it is compared with, which comes first."""
    return "onnx" if name.startswith("onnx") else name.split(", ", 1)[1]


def main() -> None:
    """Print a table per network."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rules", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    for robot, sizes in NETWORKS.items():
        n = sum(post * pre for post, pre in weight_shapes(sizes))
        memory = {"written out": 4 * n + 16 * n, "shared": 4 * n + 2 * n + 16 * options.rules}
        found[robot] = {"us": measured(rows(sizes, options.rules), options.rounds, options.steps), "bytes": memory}
    if options.json:
        print(json.dumps(found))
        return
    for robot, figures in found.items():
        print(f"{robot} {'-'.join(map(str, NETWORKS[robot]))}, {options.rules} rules")
        for name, microseconds in figures["us"].items():
            base = next(v for k, v in figures["us"].items() if beside(k) == beside(name))
            print(f"  {name:36s} {microseconds:8.2f} us   {microseconds / base:5.2f} x")
        plain, shared = figures["bytes"].values()
        print(
            f"  working set: {plain / 1000:.0f} kB written out, {shared / 1000:.0f} kB shared: {shared / plain:.2f} x"
        )


if __name__ == "__main__":
    main()
