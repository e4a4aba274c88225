"""Living a cell: the same loop, gate and figures as `hebb evaluate`, one record per life."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.loop import StepRecord
from hebb_controller.robot import TORQUE, RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray
from hebb_controller.safety import SafetyConfig, SafetyGate
from sim.episode_trace import EpisodeTrace, record_life
from sim.statistics import cruising_speed, recovery, steps_to_90
from sim.study.cell import Cell
from sim.study.probes import Probe, probe_named
from sim.study.records import Record
from sim.study.start_weights import start_weights
from sim.study.surgery import operate
from sim.task import Task
from sim.task_plant import TaskPlant
from sim.tasks import make_task
from sim.world_options import WorldOptions

#: Tells draws from each other that share a life's seed; 1 is the wipe's, as in `hebb evaluate`.
WIPE, SURGERY, START = 1, 2, 3


def live_cell(cell: Cell, book: Rulebook) -> list[Record]:
    """Live all lives of a cell and return their records.

    Raises:
        BadInputError: a body, fault, start, surgery or probe that cannot be.
    """
    robot = load_robot(book.robot)
    task = make_task(robot, randomise=cell.randomise, options=options_of(cell))
    try:
        return [live_one(cell, book, robot, task, episode) for episode in range(cell.episodes)]
    finally:
        task.close()


def options_of(cell: Cell) -> WorldOptions:
    """Return the world that a cell is lived in."""
    return WorldOptions(cell.engine, cell.extra_latency, cell.control_rate or None, cell.noise)


def live_one(cell: Cell, book: Rulebook, robot: RobotSpec, task: Task, episode: int) -> Record:
    """Live one life of a cell and return its record."""
    schedule = cell.schedule
    changed = operate(book, cell.surgery, np.random.default_rng([cell.seed, episode, SURGERY]))
    controller = changed.controller(robot)
    start = start_weights(cell.start, changed, task, controller, np.random.default_rng([cell.seed, episode, START]))
    horizon = cell.horizon or task.max_steps
    task.max_steps = max(horizon, task.max_steps)
    rng = np.random.default_rng([cell.seed, episode])
    plant = TaskPlant(task, rng, cell.body)
    controller.reset(rng, start)
    gate = SafetyGate(robot, SafetyConfig.for_robot(robot))
    probe = probe_named(cell.probe)
    wipe = np.random.default_rng([cell.seed, episode, WIPE])
    watch = _watcher(cell, controller, probe)
    trace = record_life(plant, controller, gate, schedule, wipe, horizon, watch)
    return record_of(cell, book, robot, episode, trace) | (probe.result() if probe else {})


def record_of(cell: Cell, book: Rulebook, robot: RobotSpec, episode: int, trace: EpisodeTrace) -> Record:
    """Return what a life came to, with everything that says which life it was.

    `recovery_steps` counts from the end of a fault that ends, and otherwise from the onset; `speed_before` is that of
    the last 100 steps before the onset, `speed_after` that from 100 steps after it on (after its end, if it ends), 0
    from the step of a fall on: a robot that lies there is not fast.
    """
    dt, x = trace.control_period, trace.x
    window = onset_and_end(cell)
    record: Record = {"cell": cell.name, "of": cell.episodes, "episode": episode, "digest": book.digest}
    record |= cell.as_dict()
    record |= {"distance": trace.distance, "steps": trace.steps, "fallen": trace.fallen, "ended": trace.ended}
    if robot.actuation == TORQUE:
        record["reward"] = float(trace.reward.sum())
    onset = window[0] if window else None
    record |= {"cruise": cruising_speed(x, dt, onset), "steps_to_90": steps_to_90(x, dt, onset)}
    if window is not None:
        back = recovery(x, dt, *window)
        record |= {
            "speed_before": back.speed_before if back else None,
            "recovery_steps": back.steps if back else None,
            "speed_after": _speed_after(x, dt, window[1], cell.horizon),
        }
    return record


def onset_and_end(cell: Cell) -> tuple[int, int] | None:
    """Return the step at which a cell's treatment begins and the one from which recovery counts."""
    span = cell.schedule.window
    layers = [step for _, step in cell.wiped_layers]
    if span is not None and span[1] is not None:
        return span[0], span[1]
    starts = ([span[0]] if span else []) + layers
    onset = min(starts) if starts else cell.onset
    return None if onset is None else (onset, onset)


def _speed_after(x: np.ndarray, dt: float, end: int, horizon: int) -> float | None:
    first, last = end + 100, horizon or x.size - 1
    if last <= first:
        return None
    if x.size - 1 <= first:
        return 0.0
    return float(x[-1] - x[first]) / ((last - first) * dt)


def _watcher(cell: Cell, controller: Controller, probe: Probe | None) -> Callable[[StepRecord, TaskPlant], None] | None:
    layers, stop = cell.wiped_layers, cell.stop_plasticity
    if not layers and probe is None and not cell.average:
        return None
    past: list[list[FloatArray]] = []

    def watch(record: StepRecord, plant: TaskPlant) -> None:
        for layer, step in layers:
            if record.step + 1 == step:  # called after a step: before the next one acts
                controller.network.weights[layer][:] = 0.0
        if cell.average and stop is not None and stop - cell.average <= record.step < stop:
            past.append(controller.network.snapshot())
            if record.step + 1 == stop:
                controller.network.weights = [np.mean(w, axis=0) for w in zip(*past, strict=True)]
        if probe is not None:
            probe.see(record, controller, plant)

    return watch
