"""What is measured in a life beside its figures: watchers of weights, told every control step.

recovery     how far the weights are from where they were before the treatment, at chosen steps after it
attractor    what the weights do in the long run: type of attractor, drift, saturation, motion; with a number also the
             speeds in every block of so many steps
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.errors import unknown
from hebb_controller.loop import StepRecord
from hebb_controller.signals import Vector
from sim.study.attractor import judged
from sim.task_plant import TaskPlant

#: A unit beyond this counts as saturated; tanh reaches it at an input of 1.83.
SATURATED = 0.95
#: Control steps over which a pace is measured: several strides, and less than a turn.
STRIDE = 100


class Probe(Protocol):
    """A watcher of one life."""

    def see(self, record: StepRecord, controller: Controller, plant: TaskPlant) -> None:
        """Look after a control step, its weights already changed."""

    def result(self) -> dict[str, Any]:
        """Return what to add to the life's record."""


def probe_named(name: str) -> Probe | None:
    """Return a fresh probe; None for an empty name.

    Raises:
        BadInputError: no such probe.
    """
    if not name:
        return None
    kind, _, number = name.partition(":")
    if kind == "recovery":
        return WeightRecovery(int(number))
    if kind == "attractor":
        return AttractorProbe(int(number or 0))
    raise unknown("probe", name, ("recovery:STEP", "attractor", "attractor:BLOCK"))


def flat_weights(controller: Controller) -> Vector:
    """Return all weights in one row, shape `(nb_synapses,)`."""
    return np.concatenate([layer.ravel() for layer in controller.network.snapshot()]).astype(float)


class WeightRecovery:
    """How far the weights are from where they were, as a share of their size then.

    The distance between two moments of an undisturbed life is the yardstick: weights on a limit cycle are never
    still. It is measured as the median distance from the reference over the 50 steps before it. A wipe also shifts the
    phase of the gait, and of the weights with it: `weight_gap` is the distance to the nearest of those 50 moments,
    which a shifted cycle does not raise.

    Args:
        onset: step of the treatment; the reference is the moment before it.
    """

    AFTER = (1, 5, 10, 20, 30, 50, 100, 200)
    BEFORE = 50

    def __init__(self, onset: int) -> None:
        self._onset = onset
        self._past: list[Vector] = []
        self._distances: dict[str, float] = {}
        self._gaps: dict[str, float] = {}

    def see(self, record: StepRecord, controller: Controller, plant: TaskPlant) -> None:
        """Keep the weights before the treatment, and their distance to that at chosen steps after it."""
        step = record.step + 1  # weights as they are at the start of this step
        if self._onset - self.BEFORE <= step < self._onset:
            self._past.append(flat_weights(controller))
        elif step - self._onset in self.AFTER and self._past:
            away = np.linalg.norm(np.array(self._past) - flat_weights(controller), axis=1)
            away /= np.linalg.norm(self._past[-1])
            lag = str(step - self._onset)
            self._distances[lag], self._gaps[lag] = float(away[-1]), float(away.min())

    def result(self) -> dict[str, Any]:
        """Return the distances, those to the nearest moment before, and the undisturbed wander."""
        if not self._past:
            return {}
        reference = self._past[-1]
        gaps = [np.linalg.norm(w - reference) / np.linalg.norm(reference) for w in self._past[:-1]]
        wander = float(np.median(gaps)) if gaps else None
        return {"weight_distance": self._distances, "weight_gap": self._gaps, "weight_wander": wander}


class AttractorProbe:
    """What the weights do in a long life, from a trace of 64 of them and of each layer's size: see `attractor.py`.

    Args:
        block: control steps over which speeds are noted; 0: no speeds.
    """

    TRACES = 64

    def __init__(self, block: int = 0) -> None:
        self._block = block
        self._traces: list[Vector] = []
        self._sizes: list[list[float]] = []
        self._saturated: list[float] = []
        self._places: list[tuple[float, float]] = []

    def see(self, record: StepRecord, controller: Controller, plant: TaskPlant) -> None:
        """Keep the chosen weights, the layers' sizes, the share of units that are saturated, and the position."""
        layers = controller.network.snapshot()
        flat = np.concatenate([layer.ravel() for layer in layers])
        self._traces.append(flat[np.linspace(0, flat.size - 1, self.TRACES).astype(int)].astype(float))
        self._sizes.append([float(np.sqrt(np.mean(np.square(layer, dtype=float)))) for layer in layers])
        units = np.concatenate(controller.network.activations[1:])
        self._saturated.append(float(np.mean(np.abs(units) > SATURATED)))
        truth = plant.state.truth
        assert truth is not None, "a simulator tells the truth"
        x, y, _ = truth.position_base_in_world
        self._places.append((float(x), float(y)))
        self._period = plant.task.control_period

    def result(self) -> dict[str, Any]:
        """Return type, drift, saturation and motion; with blocks also the speeds in each whole one, in [m/s].

        `speeds` are along x; `paces` are those over the ground, whatever the heading: the mean distance between places
        100 steps apart. A life that ends early has fewer blocks.
        """
        if not self._traces:
            return {}
        found = judged(np.array(self._traces), np.array(self._sizes))
        found["saturated"] = float(np.mean(self._saturated[len(self._saturated) // 2 :]))
        if self._block:
            places, dt = np.array([(0.0, 0.0), *self._places]), self._period
            found["speeds"] = (np.diff(places[:: self._block, 0]) / (self._block * dt)).tolist()
            stride = min(STRIDE, self._block)
            paces = np.linalg.norm(places[stride:] - places[:-stride], axis=1) / (stride * dt)
            ends = range(self._block, len(places), self._block)
            found["paces"] = [float(paces[end - self._block : end - stride + 1].mean()) for end in ends]
        return found
