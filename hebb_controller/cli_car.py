"""What `hebb evaluate` does with a rulebook that drives a car."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hebb_controller.cli_seed import note_training_seed
from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.rulebook import Rulebook
from hebb_controller.task_names import CAR, ROBOT


def add_task_flags(parser: argparse.ArgumentParser) -> None:
    """Give `hebb evaluate` the flags that a car needs."""
    parser.add_argument(
        "--task", choices=[ROBOT, CAR], help="refuse a rulebook that is not for this task (default: the rulebook's own)"
    )
    parser.add_argument(
        "--video", metavar="FILE", help=f"record the first life to .gif or .mp4 ({CAR}; a robot: hebb run --video)"
    )


def is_for_car(options: argparse.Namespace, book: Rulebook) -> bool:
    """Return whether the car is to be evaluated: a rulebook for it, or a task that names it."""
    if options.task == ROBOT and book.front_end is not None:
        raise BadInputError(f"{options.rulebook}: drives {book.robot}, not a robot: leave out --task {ROBOT}")
    return options.task == CAR or book.front_end is not None


def evaluate(options: argparse.Namespace, book: Rulebook, schedule: FaultSchedule) -> None:
    """Drive many tracks, and print their statistics.

    Raises:
        BadInputError: flags that only robots have.
        RulebookError: the rulebook belongs to a robot.
        MissingExtraError: the car's world is not installed.
    """
    given = {
        "--robot": options.robot is not None,
        "--body": options.body != "intact",
        "--randomise": options.randomise,
        "--engine": options.engine != "bullet",
        "perturbations": schedule != FaultSchedule(),
    }
    if any(given.values()):
        named = ", ".join(name for name, is_given in given.items() if is_given)
        raise BadInputError(f"{CAR} has no use for {named}: leave it out")
    from sim.car.evaluate import TracksConfig, as_json, as_text, evaluate_car

    video = None if options.video is None else Path(options.video)
    config = TracksConfig(options.episodes, options.seed, options.horizon, options.jobs, video)
    figures = as_json(evaluate_car(book, config), book, options.rulebook, config)
    note_training_seed(book, options.seed)
    print(json.dumps(figures) if options.json else as_text(figures))
