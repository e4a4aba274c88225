"""What the README and CONTRIBUTING show works: the robot file is accepted, the commands are understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from hebb_controller.cli import make_parser
from hebb_controller.robot_file import robot_from, robot_table

ROOT = Path(__file__).parents[1]
DOCS = (
    "rulebooks",
    "ros2",
    "serial",
    "calibration",
    "view",
    "trials",
    "trial_report",
    "painted_rules",
    "car_racing",
    "merged_rules",
    "scaling",
)
COMMANDS = [
    line.split("#")[0].strip().removeprefix(".venv/bin/")
    for name in ("README.md", "CONTRIBUTING.md", *(f"docs/{name}.md" for name in DOCS))
    for line in (ROOT / name).read_text().splitlines()
    if re.match(r" {4}(\.venv/bin/)?hebb ", line)
]


def test_the_example_robot_is_a_robot() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    robot = robot_from(yaml.safe_load(example), "README.md")
    assert robot.nb_joints == 8
    assert "warning" not in robot_table(robot)
    assert len(example.splitlines()) <= 30


def test_there_are_commands() -> None:
    assert {"run", "evaluate", "evolve", "robot"} <= {command.split()[1] for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_understands(command: str) -> None:
    words = shlex.split(command)[1:]
    if words[0] == "launch":
        launching = pytest.importorskip("hebb_controller_ros.launch_command")
        launching.processes(launching.parse(words[1:]))
        return
    # `hebb evolve` reads its flags from the offline half.
    with_evolve = command.split()[1] == "evolve"
    make_parser(with_evolve=with_evolve).parse_args(words)
