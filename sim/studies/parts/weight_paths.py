"""Where weights go in a life: the lives of one evolution on several bodies from several starts, and their geometry.

Weights are looked at with each layer divided by its largest: what max normalisation does anyway, and what makes weights
that grow all life comparable. Every life has a first and a second end point: the mean weights over its third and over
its last quarter. A mean over many strides leaves the wander of a gait out, and two end points of one life tell how far
apart two of them are where nothing differs but the time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.loop import StepRecord
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import AnyFloatArray, FloatArray
from hebb_controller.safety import SafetyConfig, SafetyGate
from sim.episode_trace import record_life
from sim.study.cell import Cell
from sim.study.lives import options_of
from sim.task_plant import TaskPlant
from sim.tasks import make_task

#: Early steps at which weights are looked at, beside every `every`-th one.
EARLY = (1, 2, 3, 5)


@dataclass(frozen=True)
class WeightPath:
    """The weights of one life.

    Attributes:
        body: name of the body.
        start: number of the start; the same number is the same start on every body.
        steps: at which the weights were looked at, before the step acted, shape `(n,)`.
        weights: layers divided by their largest, shape `(n, nb_synapses)`.
        distance: of the walk, in [m].
        lived: control steps lived.
        fallen: True if the robot fell.
    """

    body: str
    start: int
    steps: np.ndarray
    weights: FloatArray
    distance: float
    lived: int
    fallen: bool


def paths_of(cell: Cell, book: Rulebook, bodies: tuple[str, ...], every: int) -> list[WeightPath]:
    """Live `cell.episodes` starts on every body and return where the weights went.

    Raises:
        BadInputError: a body that the robot does not have.
    """
    robot = load_robot(book.robot)
    task = make_task(robot, randomise=cell.randomise, options=options_of(cell))
    horizon = cell.horizon or task.max_steps
    task.max_steps = max(horizon, task.max_steps)
    controller = book.controller(robot)
    paths = []
    try:
        for body in bodies:
            for start in range(cell.episodes):
                rng = np.random.default_rng([cell.seed, start])
                plant = TaskPlant(task, rng, body)
                controller.reset(rng, book.start)
                seen = [(0, normalised(controller))]

                def watch(record: StepRecord, plant: TaskPlant, seen: list[tuple[int, FloatArray]] = seen) -> None:
                    step = record.step + 1  # weights as they are at the start of this step
                    if step % every == 0 or step in EARLY:
                        seen.append((step, normalised(controller)))

                gate = SafetyGate(robot, SafetyConfig.for_robot(robot))
                trace = record_life(plant, controller, gate, cell.schedule, rng, horizon, watch)
                steps, weights = np.array([step for step, _ in seen]), np.array([w for _, w in seen])
                paths.append(WeightPath(body, start, steps, weights, trace.distance, trace.steps, trace.fallen))
    finally:
        task.close()
    return paths


def normalised(controller: Controller) -> FloatArray:
    """Return all weights in one row, each layer divided by its largest, float32, shape `(nb_synapses,)`."""
    layers = controller.network.snapshot()
    return np.concatenate([(layer / max(float(np.abs(layer).max()), 1e-30)).ravel() for layer in layers])


def principal_components(rows: AnyFloatArray, number: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates on the first components and the share of variance of each.

    The components come from the Gram matrix of the rows, which are fewer than the synapses.

    Args:
        rows: shape `(n, nb_synapses)`.
        number: of components, at most n.

    Returns:
        Coordinates, shape `(n, number)`, and shares, shape `(number,)`. A component's sign is free; here its coordinate
        of largest size is positive.
    """
    centred = rows - rows.mean(axis=0)
    variances, vectors = np.linalg.eigh((centred @ centred.T).astype(float))
    variances = np.maximum(variances[::-1], 0.0)
    coordinates = vectors[:, ::-1][:, :number] * np.sqrt(variances[:number])
    largest = np.abs(coordinates).argmax(axis=0)
    coordinates = coordinates * np.where(coordinates[largest, np.arange(number)] < 0.0, -1.0, 1.0)
    return coordinates, variances[:number] / max(float(variances.sum()), 1e-30)


def end_points(path: WeightPath, horizon: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the mean weights of the third and of the last quarter; None for a life that was over before."""
    if path.lived < horizon:
        return None
    third = path.weights[(path.steps >= horizon // 2) & (path.steps < 3 * horizon // 4)]
    last = path.weights[path.steps >= 3 * horizon // 4]
    return third.mean(axis=0), last.mean(axis=0)


def wander(path: WeightPath, horizon: int) -> float:
    """Return the RMS distance of the weights of the second half from their own mean."""
    late = path.weights[path.steps >= horizon // 2]
    return float(np.sqrt(np.mean(np.sum((late - late.mean(axis=0)) ** 2, axis=1))))


def distances(points: AnyFloatArray) -> np.ndarray:
    """Return all pairwise distances, shape `(n, n)`."""
    return np.asarray(np.sqrt(np.maximum(_squared(points), 0.0)))


def _squared(points: AnyFloatArray) -> np.ndarray:
    points = points.astype(float)
    norms = np.sum(points**2, axis=1)
    squared = norms[:, np.newaxis] + norms[np.newaxis, :] - 2.0 * points @ points.T
    np.fill_diagonal(squared, 0.0)
    return np.asarray(squared)


def apart_and_together(gaps: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the mean distance between points of different labels, and between points of one label.

    NaN where there is no such pair.
    """
    upper = np.triu(np.ones(gaps.shape, dtype=bool), 1)
    same = labels[:, np.newaxis] == labels[np.newaxis, :]
    apart, together = gaps[upper & ~same], gaps[upper & same]
    return (float(apart.mean()) if apart.size else np.nan), (float(together.mean()) if together.size else np.nan)


def label_chance(gaps: np.ndarray, labels: np.ndarray, rng: np.random.Generator, times: int = 999) -> float:
    """Return how often shuffled labels set points as far apart, for what they hold together, as the true ones do.

    A permutation test: the smallest answer is 1 / (times + 1).
    """
    _, codes = np.unique(labels, return_inverse=True)
    these = np.array([codes, *(rng.permutation(codes) for _ in range(times))])
    upper = np.triu_indices(len(codes), 1)
    same = these[:, upper[0]] == these[:, upper[1]]
    together, total = same @ gaps[upper], gaps[upper].sum()
    # Every shuffle has as many pairs of one label: the order of the sums is that of the ratios.
    ratios = (total - together) / np.maximum(together, 1e-30)
    return float(np.mean(ratios >= ratios[0] * (1.0 - 1e-12)))
