"""`hebb launch`: what `ros2 launch hebb_controller quadruped.launch.py` does, without a ROS installation."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller_ros.launch_arguments import ARGUMENTS, resolve
from hebb_controller_ros.processes import Process, processes
from hebb_controller_ros.supervisor import Command, supervise

DISCOVERY = "ROS_AUTOMATIC_DISCOVERY_RANGE"
#: The recorder's default folder.
RECORDINGS = Path("recordings")
HELP = ("-h", "--help", "--show-args", "-s")
USAGE = "usage: hebb launch [name:=value ...]"


def main(words: Sequence[str]) -> int:
    """Run `hebb launch` with its arguments; return the exit code."""
    if any(word in HELP for word in words):
        print(help_text())
        return 0
    try:
        given = parse(words)
        values = resolve(given)
        wanted = processes(given)
        if values["rviz"] == "true" and shutil.which("rviz2") is None:
            raise BadInputError("rviz:=true: no rviz2 on PATH; it comes with a ROS installation, not with pip")
    except HebbError as error:
        print(f"hebb: error: {error}", file=sys.stderr)
        return error.exit_code
    environment = environment_of(values)
    print(_choices(values, environment), flush=True)
    with tempfile.TemporaryDirectory(prefix="hebb-launch-") as folder:
        commands = [command_of(process, Path(folder)) for process in wanted]
        if values["rviz"] == "true":
            config = Path(__file__).parents[1] / "rviz" / "hebb.rviz"
            commands.append(Command("rviz", ("rviz2", "-d", str(config))))
        before = set(RECORDINGS.glob("*.mcap"))
        code = supervise(commands, environment)
    if values["report"] == "true":
        from hebb_controller_ros import run_report

        for path in sorted(set(RECORDINGS.glob("*.mcap")) - before):
            run_report.run(path, Path("reports"), as_json=False)
    return code


def parse(words: Sequence[str]) -> dict[str, str]:
    """Return `name:=value` words as a mapping.

    Raises:
        BadInputError: a word that is none.
    """
    given = {}
    for word in words:
        name, sign, value = word.partition(":=")
        if not sign or not name:
            raise BadInputError(f"{word!r}: write name:=value, such as robot:=realant; hebb launch --help lists names")
        given[name] = value
    return given


def help_text() -> str:
    """Return the help, one paragraph an argument."""
    lines = [USAGE, "", "Starts the plant and the controller as ROS 2 nodes and supervises them; Ctrl-C stops all.", ""]
    for argument in ARGUMENTS:
        choices = f" [{'|'.join(argument.choices)}]" if argument.choices else ""
        lines.append(f"  {argument.name}:={argument.default or '(empty)'}{choices}")
        lines += textwrap.wrap(argument.description, 100, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(lines)


def reach_of(values: Mapping[str, str]) -> str:
    """Return who may find the nodes, for `DISCOVERY`: nobody but this machine, unless the user says otherwise."""
    # Set to nothing, the variable means the subnet to ROS 2: that is not what somebody asked for.
    return "SUBNET" if values["open_network"] == "true" else os.environ.get(DISCOVERY) or "LOCALHOST"


def warning_of(reach: str) -> str:
    """Return what is said of a reach beyond this machine; empty: it ends here."""
    return "" if reach == "LOCALHOST" else f"warning: {DISCOVERY}={reach}: any machine in reach may command the robot"


def environment_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return the children's environment."""
    return os.environ | {DISCOVERY: reach_of(values), "RCUTILS_COLORIZED_OUTPUT": "0", "PYTHONUNBUFFERED": "1"}


def command_of(process: Process, folder: Path) -> Command:
    """Return the command that starts a process; its parameters go through a file in `folder`."""
    words = [sys.executable, "-m", process.module, "--ros-args", "-r", f"__node:={process.name}"]
    if process.namespace:
        words += ["-r", f"__ns:=/{process.namespace}"]
    if process.params_file:
        words += ["--params-file", process.params_file]
    path = folder / f"{process.name}.yaml"
    path.write_text(yaml.safe_dump({"/**": {"ros__parameters": process.parameters}}))
    words += ["--params-file", str(path), "--log-level", process.log_level]
    return Command(process.name, tuple(words), process.critical, late_interrupt=True)


def _choices(values: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    shown = {name: value for name, value in values.items() if value not in ("", "false")}
    lines = ["  ".join(f"{name}:={value}" for name, value in shown.items())]
    lines.append(warning_of(environment[DISCOVERY]) or "nodes on this machine only")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
