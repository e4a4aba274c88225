"""An evolution: generations of lives until the budget is spent, with log, checkpoints and exact resume.

In the run's folder: `config.yaml`, `log.jsonl` (one line a generation), `checkpoint.safetensors`,
`latest.hebb.safetensors` (the mean at the last checkpoint, or its moving average: `EsConfig.smoothing`) and
`best.hebb.safetensors` (that which scored best over whole lives).
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from hebb_controller.errors import BadInputError
from hebb_controller.held_folder import held
from hebb_controller.rulebook import write_atomically
from hebb_controller.task_names import CAR
from sim.checkpoint import Checkpoint, load_checkpoint
from sim.engine import Engine, OpenEngine
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsState, tell
from sim.orderly_end import orderly_end
from sim.problem import Job, Problem
from sim.resumed_robot import check_robot, check_size, robot_digest
from sim.resumed_settings import refuse_fewer
from sim.robot_problem import prepare_robot
from sim.run_folder import BEST, LATEST, LOG, cut_log, refuse_occupied
from sim.shared_encoding import assignment_digest, check_assignment
from sim.workers import WorkerPool

Report = Callable[[dict[str, Any]], None]
#: What others are told that want the same folder.
WHO = "hebb evolve"


def prepare(config: EvolveConfig) -> Problem:
    """Return what the settings ask to be evolved; every name in them is looked up before anything starts.

    Raises:
        BadInputError: unknown names, or sizes that do not fit.
        MissingExtraError: the task's simulator is not installed.
    """
    if config.task == CAR:
        from sim.car.problem import prepare_car

        return prepare_car(config)
    return prepare_robot(config)


def run(
    config: EvolveConfig,
    folder: Path,
    resume: bool = False,
    report: Report | None = None,
    open_engine: OpenEngine = WorkerPool,
    say: Callable[[str], None] = print,
) -> Checkpoint:
    """Evolve until `config.generations`; return the last checkpoint.

    Interrupted, terminated or hung up on, a run saves where it stands and raises `KeyboardInterrupt`.

    Args:
        config: settings; on resume only `generations` and `workers` of it count, the rest is the checkpoint's.
        folder: where everything is written.
        resume: go on from the checkpoint in `folder`, to the same numbers as an unbroken run.
        report: called with each generation's log entry.
        open_engine: where the lives are lived: `sim.engine_choice.engine_named`; local and Ray give the same bits,
            batched rounds in its own way.
        say: called with a line where nothing is left to do.

    Raises:
        BadInputError: settings that cannot work, a folder that already holds a run or that another program works in,
            fewer generations than were lived, a log that is none, or a warm start or robot that has changed.
    """
    if resume:
        checkpoint = load_checkpoint(folder)
        refuse_fewer(config.generations, checkpoint.state.generation, folder)
        config = dataclasses.replace(checkpoint.config, generations=config.generations, workers=config.workers)
        check_robot(config, checkpoint.robot)
    else:
        refuse_occupied(folder)
    problem = prepare(config)
    if resume:
        check_assignment(config, checkpoint.warm_start)
        check_size(checkpoint.state.mean.size, problem.size, folder)
    else:
        checkpoint = Checkpoint(config, EsState.start(problem.first_mean()), 0, 0.0, None)
    needs = assignment_digest(config), robot_digest(config)
    checkpoint = dataclasses.replace(checkpoint, config=config, warm_start=needs[0], robot=needs[1])
    lived = checkpoint.state.generation
    if lived >= config.generations:
        with held(folder, WHO):
            _save(problem, checkpoint, folder)
        say(f"{folder}: all {lived} generations are lived, nothing is left to do; more --generations go on")
        return checkpoint
    # Closed whatever happens, and after the last checkpoint: a cluster that is gone must not cost it. What an engine
    # refuses leaves no folder behind.
    with (
        orderly_end(),
        contextlib.closing(open_engine(problem, problem.size, config.workers)) as engine,
        held(folder, WHO),
    ):
        if not resume:
            refuse_occupied(folder)  # once more: until here somebody else could write
        elif load_checkpoint(folder).state.generation != lived:
            raise BadInputError(f"{folder}: another run has just gone on in it: --resume again")
        cut_log(folder, lived)
        return _evolve(problem, checkpoint, folder, report, engine)


def _evolve(problem: Problem, unsaved: Checkpoint, folder: Path, report: Report | None, engine: Engine) -> Checkpoint:
    config = unsaved.config
    write_atomically(folder / "config.yaml", yaml.safe_dump(config.as_dict(), sort_keys=False).encode())
    try:
        unsaved.save(folder)  # before the first generation too: a run that is killed in it can be resumed
        while unsaved.state.generation < config.generations:
            lived, entry = _generation(engine, problem, unsaved)
            # Written down before it counts: what is interrupted here is lived again, to the same numbers.
            with (folder / LOG).open("a") as file:
                file.write(json.dumps(entry) + "\n")
            if "evaluation" in entry and entry["best"]:
                problem.rulebook(lived.state.kept, lived, entry).save(folder / BEST)
            unsaved = lived
            if unsaved.state.generation % config.checkpoint_every == 0:
                unsaved.save(folder)
                problem.rulebook(unsaved.state.kept, unsaved, {}).save(folder / LATEST)
            if report is not None:
                report(entry)
    finally:
        _save(problem, unsaved, folder)
    return unsaved


def _save(problem: Problem, unsaved: Checkpoint, folder: Path) -> None:
    unsaved.save(folder)
    if unsaved.state.generation:  # else there is nothing evolved yet, nor a command that leads to it
        latest = problem.rulebook(unsaved.state.kept, unsaved, {})
        latest.save(folder / LATEST)
        if unsaved.best is None:  # stopped before the first evaluation
            latest.save(folder / BEST)


def _generation(engine: Engine, problem: Problem, checkpoint: Checkpoint) -> tuple[Checkpoint, dict[str, Any]]:
    config, state = checkpoint.config, checkpoint.state
    began = time.perf_counter()
    fitness = np.full((config.es.nb_pairs, 2), np.nan)
    jobs = [Job(state.generation, pair, sign) for pair in range(config.es.nb_pairs) for sign in (1, -1)]
    steps, errors = 0, []
    for result in engine.run(state.mean, jobs):
        fitness[result.job.pair, 0 if result.job.sign == 1 else 1] = result.fitness
        steps += result.steps
        errors += [result.error] if result.error else []
    after = tell(config.es, state, config.seed, fitness, problem.nb_groups)
    entry: dict[str, Any] = {
        "generation": after.generation,
        "mean": _finite(np.nanmean(fitness)),
        "median": _finite(np.nanmedian(fitness)),
        "max": _finite(np.nanmax(fitness)),
        "failed": int(np.isnan(fitness).sum()),
        "step_rms": _finite(np.sqrt(np.mean((after.mean - state.mean) ** 2))),
        "mean_rms": _finite(np.sqrt(np.mean(after.mean**2))),
    }
    if errors:
        entry["error"] = errors[0]
    best = checkpoint.best
    if after.generation % config.evaluate_every == 0:
        entry["evaluation"], extra = _evaluate(engine, problem.evaluation_bodies, config.evaluate_episodes, after)
        steps += extra
        score = float(np.mean(list(entry["evaluation"].values())))
        entry["best"] = bool(np.isfinite(score)) and (best is None or score > best)
        best = score if entry["best"] else best
    seconds = time.perf_counter() - began
    entry |= {"steps": checkpoint.steps + steps, "seconds": round(checkpoint.seconds + seconds, 3)}
    entry["steps_per_second"] = round(steps / seconds)
    engines = tuple(dict.fromkeys((*checkpoint.engines, engine.name)))
    lived = dataclasses.replace(checkpoint, state=after, steps=entry["steps"], seconds=entry["seconds"], best=best)
    return dataclasses.replace(lived, engines=engines), entry


def _evaluate(engine: Engine, bodies: tuple[str, ...], episodes: int, state: EsState) -> tuple[dict[str, float], int]:
    jobs = [Job(state.generation, k, 0, body) for body in bodies for k in range(episodes)]
    rewards: dict[str, list[float]] = {body: [] for body in bodies}
    steps = 0
    # In job order, so that the mean is the same to the last bit however the lives were shared out.
    for result in sorted(engine.run(state.kept, jobs), key=lambda r: (r.job.body, r.job.pair)):
        rewards[result.job.body].append(result.fitness)
        steps += result.steps
    return {body: float(np.mean(values)) for body, values in rewards.items()}, steps


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
