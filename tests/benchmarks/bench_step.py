"""One plastic step of the ant's network (28-128-64-8, ABCD_lr), engine by engine in one run.

    python tests/benchmarks/bench_step.py [--rounds 20] [--steps 200] [--json]

A step is a forward pass and a change of all 12,288 weights. The row `torch + loops` restates, from the published
equation, how the reference release (https://github.com/enajx/HebbianMetaLearning) computes it: torch linear layers
forward, then compiled nested loops over presynaptic and postsynaptic units with five coefficients per synapse. The rows
take turns in every round, so that a busy machine slows all of them; compare ratios rather than microseconds. Everything
runs on one thread. Rows whose package is missing are left out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator

import numpy as np
from numba import njit

from hebb_controller import PlasticNetwork, Rule, Rulebook, definition
from hebb_controller.errors import MissingExtraError
from hebb_controller.rules import weight_shapes

SIZES = (28, 128, 64, 8)
RULE = Rule.named("ABCD_lr")
REFERENCE = "torch + loops"
BATCH = 64


@njit
def change_by_loops(w, coefficients, o_pre, o_post):
    """Change one layer synapse by synapse; synapses are numbered down the columns, presynaptic unit by unit."""
    for i in range(w.shape[1]):
        for j in range(w.shape[0]):
            a, b, c, d, eta = coefficients[i * w.shape[0] + j]
            w[j, i] += eta * (a * o_pre[i] * o_post[j] + b * o_pre[i] + c * o_post[j] + d)


def torch_and_loops(coefficients: list[np.ndarray], weights: list[np.ndarray]) -> Callable[[np.ndarray], object]:
    """Return a step of three torch layers and a loop over their weights, which share memory with numpy arrays."""
    import torch

    layers = [torch.nn.Linear(pre, post, bias=False) for post, pre in weight_shapes(SIZES)]
    for layer, w in zip(layers, weights, strict=True):
        layer.weight.data = torch.from_numpy(w.copy())
    views = [layer.weight.detach().numpy() for layer in layers]
    by_synapse = [np.ascontiguousarray(c.transpose(2, 1, 0).reshape(-1, 5)) for c in coefficients]

    def step(x: np.ndarray) -> object:
        with torch.no_grad():
            o = [torch.as_tensor(x).float()]
            for layer in layers:
                o.append(torch.tanh(layer(o[-1])))
        arrays = [a.numpy() for a in o]
        for w, c, pre, post in zip(views, by_synapse, arrays[:-1], arrays[1:], strict=True):
            change_by_loops(w, c, pre, post)
        return arrays[-1]

    return step


def plastic(network: object) -> Callable[[np.ndarray], object]:
    """Return a step of anything with `act` and `adapt`."""

    def step(x: np.ndarray) -> object:
        action = network.act(x)  # type: ignore[attr-defined]
        network.adapt()  # type: ignore[attr-defined]
        return action

    return step


def engines(coefficients: list[np.ndarray], weights: list[np.ndarray]) -> Iterator[tuple[str, int, Callable]]:
    """Yield name, networks per call and step of every engine whose package is here."""
    for how in ("none", "max", "var", "clip"):
        network = PlasticNetwork(SIZES, RULE, coefficients, how)
        network.weights = weights
        yield f"numba kernel, {how}", 1, plastic(network)
    state = {"weights": weights}

    def defined(x: np.ndarray) -> object:
        action, state["weights"] = definition.step(RULE, coefficients, state["weights"], x.astype(np.float32), "max")
        return action

    yield "numpy definition, max", 1, defined
    try:
        import torch

        torch.set_num_threads(1)
        from hebb_controller.torch_network import TorchPopulation

        yield REFERENCE, 1, torch_and_loops(coefficients, weights)
        for members in (1, BATCH):
            population = TorchPopulation(SIZES, RULE, coefficients, members, "max")
            population.weights = [np.stack([w] * members) for w in weights]
            step = plastic(population)
            yield f"torch eager, max, {members} at once", members, lambda x, s=step, m=members: s(np.tile(x, (m, 1)))
    except ImportError:
        pass
    try:
        from hebb_controller.onnx_export import onnx_step
        from hebb_controller.onnx_network import OnnxNetwork

        for how in ("none", "max"):
            book = Rulebook("ABCD_lr", SIZES, how, "ant", "", "ant_bullet", 1, 1.0, 60.0, tuple(coefficients))
            exported = OnnxNetwork(onnx_step(book))
            exported.weights = weights
            yield f"onnxruntime, {how}", 1, plastic(exported)
    except MissingExtraError:
        pass


def measure(rounds: int, steps: int) -> list[dict[str, float | str]]:
    """Time every engine in turn and return one row each, times in microseconds per network and step."""
    rng = np.random.default_rng(0)
    coefficients = [rng.normal(0, 0.01, s).astype(np.float32) for s in RULE.coefficient_shapes(SIZES)]
    weights = [rng.uniform(-0.1, 0.1, s).astype(np.float32) for s in weight_shapes(SIZES)]
    rows = list(engines(coefficients, weights))
    times: dict[str, list[float]] = {name: [] for name, _, _ in rows}
    observations = rng.normal(size=(steps, SIZES[0]))
    for round_ in range(rounds + 1):
        for name, members, step in rows:
            for x in observations[: max(steps // members, 5)]:
                began = time.perf_counter_ns()
                step(x)
                times[name].append((time.perf_counter_ns() - began) / 1e3 / members)
            if round_ == 0:  # compiles and warms up
                times[name].clear()
    beside = np.median(times[REFERENCE]) if REFERENCE in times else np.nan
    return [
        {
            "engine": name,
            "n": len(t),
            "median_us": round(float(np.median(t)), 2),
            "min_us": round(min(t), 2),
            "p90_us": round(float(np.percentile(t, 90)), 2),
            "times_faster": round(float(beside / np.median(t)), 2),
        }
        for name, t in times.items()
    ]


def main() -> None:
    """Measure and print a table, or one JSON list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = measure(arguments.rounds, arguments.steps)
    if arguments.json:
        print(json.dumps(rows))
        return
    print(f"{'engine':30} {'n':>6} {'median':>9} {'min':>9} {'p90':>9}  against {REFERENCE}")
    for r in rows:
        print(
            f"{r['engine']:30} {r['n']:6} {r['median_us']:6.1f} us {r['min_us']:6.1f} us {r['p90_us']:6.1f} us"
            f"  {r['times_faster']:6.1f} x"
        )


if __name__ == "__main__":
    main()
