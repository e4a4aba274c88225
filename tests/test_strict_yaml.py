"""YAML in which a key stands twice is refused, with both lines; everything else is as PyYAML reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hebb_controller.errors import BadInputError, RobotError
from hebb_controller.robot_file import load_robot, shipped_robots
from hebb_controller.strict_yaml import load_strictly
from hebb_controller.trials.protocol_file import read_protocol, shipped_protocols


@pytest.mark.parametrize(
    ("text", "naming"),
    [
        ("a: 1\nb: 2\na: 3\n", "'a' stands twice, in lines 1 and 3: keep one"),
        ("top:\n  - {x: 1}\n  - x: 1\n    x: 1\n", "'x' stands twice, in lines 3 and 4"),
        ("'a': 1\na: 2\n", "'a' stands twice"),
    ],
)
def test_a_key_that_stands_twice_is_refused(text: str, naming: str) -> None:
    with pytest.raises(BadInputError, match=f"^{naming}"):
        load_strictly(text)


@pytest.mark.parametrize(
    ("text", "naming"),
    [
        (
            "a: [1\nb: 2\n",
            r"not YAML: line 2, column 2: expected ',' or '\]', but got ':', while parsing a flow sequence",
        ),
        ("a: 1\n b: 2\n", "not YAML: line 2, column 3: mapping values are not allowed here"),
        ("a: *b\n", "not YAML: line 1, column 4: found undefined alias 'b'"),
        ("a: !!python/none x\n", "not YAML: line 1, column 4: could not determine a constructor"),
        ("a: \x07\n", "not YAML: unacceptable character"),
        ("a: 2024-99-99\n", "not YAML: month must be in 1..12"),
        ("[" * 5000, "not YAML: "),
        ("{[1, 2]: 3, [1, 2]: 4}", "not YAML: line 1, column 2: found unhashable key"),
    ],
)
def test_what_is_not_yaml_is_said_in_one_line_with_its_place(text: str, naming: str) -> None:
    with pytest.raises(BadInputError, match=naming) as caught:
        load_strictly(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "a: &x {k: 1}\nb: *x\nc: {<<: *x, k: 2}\n", "&a [*a]", "1: one\n'1': text\n", "- {a: 1}\n- {a: 1}\n"]
)
def test_all_else_is_read_as_ever(text: str) -> None:
    assert repr(load_strictly(text)) == repr(yaml.safe_load(text))


def test_robots_and_protocols_are_read_strictly(tmp_path: Path) -> None:
    robot = tmp_path / "robot.yaml"
    robot.write_text(shipped_robots()["realant"].read_text() + "\nname: again\n")
    with pytest.raises(RobotError, match=r"robot\.yaml: 'name' stands twice"):
        load_robot(robot)
    protocol = tmp_path / "protocol.yaml"
    protocol.write_text(next(iter(shipped_protocols().values())).read_text() + "\nname: again\n")
    with pytest.raises(BadInputError, match=r"protocol\.yaml: 'name' stands twice"):
        read_protocol(protocol)


@pytest.mark.parametrize("text", ["[" * 5000, "a: 2024-99-99\n"])
def test_what_only_looks_like_yaml_is_one_line(text: str, tmp_path: Path) -> None:
    robot = tmp_path / "robot.yaml"
    robot.write_text(text)
    with pytest.raises(RobotError, match="not YAML"):
        load_robot(robot)


@pytest.mark.parametrize("name", ["../../x", "a/b", "-x", "my dog", "."])
def test_a_robots_name_is_no_path(name: str, tmp_path: Path) -> None:
    robot = tmp_path / "robot.yaml"
    text = shipped_robots()["realant"].read_text()
    robot.write_text(text.replace("name: realant\n", f"name: '{name}'\n", 1))
    assert robot.read_text() != text
    with pytest.raises(RobotError, match="letters, digits, _ and - alone"):
        load_robot(robot)
