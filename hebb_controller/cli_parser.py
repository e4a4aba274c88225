"""The words of `hebb`: every verb with its flags. Each verb reads its flags and calls one function elsewhere.

Simulator, plots and ONNX are imported by the verbs that need them, so that `hebb` runs on a robot that has neither.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import hebb_controller
from hebb_controller import (
    cli_average,
    cli_board,
    cli_builder,
    cli_builder_flags,
    cli_calibrate,
    cli_evaluate,
    cli_merge,
    cli_paint,
    cli_ros,
    cli_run,
    cli_study,
    cli_trial,
    cli_verbs,
    cli_view,
)
from hebb_controller.errors import in_one_line

Verb = Callable[[argparse.Namespace], "int | None"]


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, like every other error here."""

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> argparse.Namespace:  # type: ignore[override]
        options: argparse.Namespace
        options, left = self.parse_known_args(args, namespace)
        if left:  # argparse would name `hebb --help`, where the verb's flags are not
            getattr(options, "parser", self).error(f"unrecognized arguments: {' '.join(left)}")
        return options

    def error(self, message: str) -> NoReturn:
        print(in_one_line(f"{message} (see {self.prog} --help)"), file=sys.stderr)
        self.exit(2)


def make_parser(with_evolve: bool = True) -> argparse.ArgumentParser:
    """Return the parser of all verbs.

    Args:
        with_evolve: give `hebb evolve` its flags, which are read from the settings of the offline half.
    """
    parser = _Parser(
        prog="hebb", description="A control stack for quadrupeds that learn while they walk.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"hebb {hebb_controller.__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, help_text: str, function: Verb) -> argparse.ArgumentParser:
        description = f"{help_text[0].upper()}{help_text[1:]}."
        added = verbs.add_parser(name, help=help_text, description=description, allow_abbrev=False)
        added.set_defaults(verb=function, parser=added)
        return added

    cli_run.add_run_flags(verb("run", "watch one life: random weights, walking, a perturbation, recovery", cli_run.run))
    cli_view.add_view_flags(verb("view", "the live page in the browser: provoke it, watch it recover", cli_view.view))
    cli_evaluate.add_evaluate_flags(
        verb("evaluate", "run many lives of a rulebook and print their statistics", cli_verbs.evaluate)
    )
    _ros_verbs(verbs, verb)
    _hardware_verbs(verb)
    robots = verb("robots", "list robots, their bodies and the shipped rulebooks", cli_verbs.robots)
    robots.add_argument("--json", action="store_true", help="print one JSON object")
    robot = verb("robot", "check a robot file", cli_verbs.check_robot)
    robot.add_argument("action", choices=["check"], help="validate the file and print its table")
    robot.add_argument("file", metavar="FILE", help="a robot's YAML file, or a shipped robot's name")
    rulebook = verb("rulebook", "print a rulebook's header and where it comes from", cli_verbs.rulebook)
    rulebook.add_argument("rulebook", metavar="RULEBOOK", help="a file, or a shipped name")
    rulebook.add_argument("--json", action="store_true", help="print one JSON object")
    export = verb("export", "export a rulebook to ONNX, weights as inputs and outputs", cli_verbs.export)
    export.add_argument("rulebook", metavar="RULEBOOK", help="a file, or a shipped name")
    export.add_argument("out", metavar="OUT.onnx", type=Path, help="file to write")
    cli_merge.add_merge_flags(verb("merge", "merge a rulebook's rules, and evolve them on", cli_merge.merge))
    cli_average.add_average_flags(
        verb("average", "the mean of several rulebooks of one evolution", cli_average.average)
    )
    cli_paint.add_paint_flags(verb("paint", "paint a CPPN's rules for another robot", cli_paint.paint))
    cli_trial.add_trial_flags(verb("trial", "an experiment on a robot, stage by stage", cli_trial.trial))
    cli_study.add_study_flags(verb("study", "repeat a study: lives, records, intervals, page", cli_study.study))
    evolve = verb("evolve", "evolve rules in simulation", cli_verbs.evolve)
    if with_evolve:
        from sim.evolve_flags import add_flags

        add_flags(evolve)
    return parser


def _ros_verbs(verbs: Any, verb: Callable[..., argparse.ArgumentParser]) -> None:
    verbs.add_parser("launch", help="start the ROS 2 nodes: name:=value, as ros2 launch takes them")
    replay = verb("replay", "feed a recording through a controller and compare the commands", cli_ros.replay)
    replay.add_argument("file", type=Path, help="an MCAP file that record:=true wrote")
    report = verb("report", "tell what a recording or a trial came to, or two trials side by side", cli_ros.report)
    report.add_argument("path", type=Path, help="an MCAP file that record:=true wrote, or a trial's folder")
    report.add_argument("other", type=Path, nargs="?", help="another trial's folder, to be put beside the first")
    report.add_argument("--out", type=Path, help="folder of the report (default: reports, or report in a trial's)")
    for added in (replay, report):
        added.add_argument("--json", action="store_true", help="print one JSON object")


def _hardware_verbs(verb: Callable[..., argparse.ArgumentParser]) -> None:
    board = verb("board", "servo boards: find, set up, watch, or emulate one", cli_board.emulate)
    cli_builder_flags.add_board_actions(cli_board.add_board_flags(board))
    cli_calibrate.add_calibrate_flags(
        verb("calibrate", "find out how the servos sit on the joints", cli_calibrate.calibrate)
    )
    cli_builder_flags.add_check_flags(verb("check", "everything before a walk; nothing moves", cli_builder.check))
    cli_builder_flags.add_jog_flags(verb("jog", "move one joint, slowly", cli_builder.jog))
