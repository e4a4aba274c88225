"""`hebb`: the command line. Each verb reads its flags and calls one function elsewhere.

Simulator, plots and ONNX are imported by the verbs that need them, so that `hebb` runs on a robot that has neither.

Exit codes: 0 good, 1 the work failed, 2 bad input (one line on standard error), 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
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
    cli_study,
    cli_trial,
    cli_verbs,
    cli_view,
)
from hebb_controller.errors import HebbError

Verb = Callable[[argparse.Namespace], "int | None"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["launch"]:  # its words and its help are those of `ros2 launch`, not argparse's
            return cli_ros.launch(arguments[1:])
        options = make_parser(with_evolve=arguments[:1] == ["evolve"]).parse_args(arguments)
        code = options.verb(options)
        sys.stdout.flush()
        return int(code or 0)
    except HebbError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except BrokenPipeError:
        # The reader of our output has left, as `head` does: nothing to complain about, nowhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'input or output'}: {error.strerror or error}", 1)


def _fail(message: str, exit_code: int) -> int:
    print(f"hebb: error: {' '.join(message.split())}", file=sys.stderr)
    return exit_code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, like every other error here."""

    def error(self, message: str) -> NoReturn:
        self.exit(_fail(f"{message} (see {self.prog} --help)", 2))


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
        added.set_defaults(verb=function)
        return added

    _run_flags(verb("run", "watch one life: random weights, walking, a perturbation, recovery", cli_verbs.run))
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


def _run_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--robot", metavar="R", help="name or file (default: the rulebook's own, or ant)")
    parser.add_argument("--rulebook", metavar="B", help="file or shipped name (default: the robot's own)")
    parser.add_argument("--body", metavar="NAME", default="intact", help="(default: %(default)s)")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument("--steps", metavar="N", type=int, default=700, help="control steps (default: %(default)s)")
    cli_evaluate.add_perturbation_flags(parser)
    cli_board.add_run_flags(parser)
    parser.add_argument(
        "--undisturbed", action="store_true", help="no perturbation; without any, --saturate 300:400 is the default"
    )
    parser.add_argument(
        "--realtime",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="keep the robot's own pace (default: when standard output is a terminal)",
    )
    parser.add_argument("--gui", action="store_true", help="open the simulator's window, where there is a display")
    parser.add_argument("--video", metavar="FILE", type=Path, help="record to .gif or .mp4, no display needed")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("reports"), help="folder of the report (default: %(default)s)"
    )


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


if __name__ == "__main__":
    sys.exit(main())
