"""What the verbs of `hebb` do: find what the flags name, call one function, print what it returns."""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hebb_controller import cli_car, cli_evaluate
from hebb_controller.cli_seed import note_training_seed
from hebb_controller.errors import BadInputError, MissingExtraError, RulebookError
from hebb_controller.out_path import check_file, check_folder
from hebb_controller.robot import RobotSpec
from hebb_controller.task_names import CAR

if TYPE_CHECKING:
    from hebb_controller.rulebook import Rulebook


def robot_and_rulebook(options: argparse.Namespace, default: str) -> tuple[RobotSpec, str, Rulebook]:
    """Return the robot of `--robot` and the rulebook of `--rulebook`, with its name; each defaults to the other's.

    Args:
        options: the command line.
        default: robot where neither is given.

    Raises:
        BadInputError: unknown names.
        RulebookError: a file that is no rulebook, or no rulebook for a robot that has none of its own.
    """
    from hebb_controller.robot_file import load_robot
    from hebb_controller.rulebook import load_rulebook, rulebook_named_like

    if options.rulebook is None:
        robot = load_robot(options.robot or default)
        name = rulebook_named_like(robot.name, options.robot or default, "--rulebook FILE")
        return robot, name, load_rulebook(name)
    book = load_rulebook(options.rulebook)
    if book.front_end is not None:
        raise RulebookError(f"{options.rulebook}: drives {book.robot}, not a robot: use hebb evaluate, with --video")
    return robot_for(book, options.rulebook, options.robot), options.rulebook, book


def robot_for(book: Rulebook, name: str, asked: str | None) -> RobotSpec:
    """Return the robot of `--robot`, or the rulebook's own.

    Args:
        book: the rulebook.
        name: of the rulebook, as given.
        asked: what `--robot` says; None where it is not given.

    Raises:
        BadInputError: no such robot, or the rulebook's own is not one that comes with the project.
    """
    from hebb_controller.robot_file import load_robot, shipped_robots

    if asked is None and book.robot not in shipped_robots():
        raise BadInputError(f"{name}: made for {book.robot}, a robot of your own: pass --robot FILE.yaml")
    return load_robot(asked or book.robot)


def evaluate(options: argparse.Namespace) -> None:
    """Run many lives, and print their statistics."""
    from hebb_controller.rulebook import load_rulebook

    schedule = cli_evaluate.schedule_of(options)
    book = load_rulebook(options.rulebook)
    if cli_car.is_for_car(options, book):
        return cli_car.evaluate(options, book, schedule)
    if options.video is not None:
        raise BadInputError(f"--video: hebb evaluate records {CAR} alone, of a robot hebb run --video does")
    robot = robot_for(book, options.rulebook, options.robot)
    book.check_robot(robot)
    from sim.world import BULLET
    from sim.world_options import WorldOptions

    world = WorldOptions(engine=options.engine)
    if world.engine == BULLET:
        need_simulator()
    from sim.evaluate import EvaluateConfig, as_json
    from sim.evaluate import evaluate as evaluate_lives
    from sim.evaluate_table import as_text

    config = EvaluateConfig(
        robot=robot,
        body=options.body,
        episodes=options.episodes,
        seed=options.seed,
        horizon=options.horizon,
        schedule=schedule,
        jobs=options.jobs,
        randomise=options.randomise,
        options=world,
    )
    figures = as_json(evaluate_lives(book, config), book, options.rulebook, config)
    note_training_seed(book, options.seed)
    print(json.dumps(figures) if options.json else as_text(figures))


def robots(options: argparse.Namespace) -> None:
    """List robots, bodies and shipped rulebooks."""
    from hebb_controller.catalogue import catalogue, catalogue_text
    from hebb_controller.robot_file import load_robot, shipped_robots

    ask: Callable[[RobotSpec], Sequence[str]] | None = None
    if _has_simulator():
        from sim.tasks import bodies_of

        ask = bodies_of
    listing = catalogue([load_robot(name) for name in shipped_robots()], ask)
    print(json.dumps(listing) if options.json else catalogue_text(listing))


def check_robot(options: argparse.Namespace) -> None:
    """Validate a robot file, and print its table."""
    from hebb_controller.robot_file import load_robot, robot_table

    print(robot_table(load_robot(options.file)))


def rulebook(options: argparse.Namespace) -> None:
    """Print a rulebook's header."""
    from hebb_controller.catalogue import rulebook_entry, rulebook_text
    from hebb_controller.rulebook import load_rulebook

    entry = rulebook_entry(options.rulebook, load_rulebook(options.rulebook))
    print(json.dumps(entry) if options.json else rulebook_text(entry))


def export(options: argparse.Namespace) -> None:
    """Export a rulebook to ONNX."""
    from hebb_controller.onnx_export import export_onnx
    from hebb_controller.rulebook import load_rulebook

    book = load_rulebook(options.rulebook)
    check_file(options.out, "OUT.onnx")
    export_onnx(book, options.out)
    print(f"wrote {options.out}")


def evolve(options: argparse.Namespace) -> None:
    """Evolve rules, and draw the curve of their fitness."""
    from sim.engine_choice import engine_named
    from sim.evolve import run as run_evolution
    from sim.evolve_flags import config_from
    from sim.progress import ProgressBar, plot_curve

    config = config_from(options)
    check_folder(options.out)
    if config.task != CAR:
        need_simulator()
    open_engine = engine_named(options.engine, options.address, options.dashboard, options.device)
    bar: ProgressBar | None = None

    def report(entry: dict[str, Any]) -> None:
        nonlocal bar  # it appears with the first generation, so that a refusal stays one line
        bar = bar or ProgressBar(config.generations, entry["generation"] - 1)
        bar(entry)

    try:
        run_evolution(config, options.out, options.resume, report, open_engine)
    finally:
        if bar is not None:
            bar.close()
    print(f"wrote {plot_curve(options.out)}")


def _has_simulator() -> bool:
    return importlib.util.find_spec("pybullet") is not None


def need_simulator() -> None:
    """Refuse a verb that needs the simulator where there is none, and load it quietly.

    Raises:
        MissingExtraError: it is not installed.
    """
    if not _has_simulator():
        raise MissingExtraError("pybullet", "sim")
    from sim.tasks import import_pybullet

    import_pybullet()
