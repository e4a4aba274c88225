"""The guides for robot builders: their commands are understood, and their desk part does what it says."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builder_cli import BUSY, failed_rows, hebb, understands

from hebb_controller.robot_file import load_robot

ROOT = Path(__file__).parents[2]
GUIDES = {path.stem: path.read_text() for path in sorted((ROOT / "docs" / "hardware").glob("*.md"))}
LINES = [line for text in GUIDES.values() for line in text.splitlines() if line.startswith("    hebb ")]
COMMANDS = sorted({line.split("  #")[0].strip() for line in LINES})


def test_the_guides_say_that_nobody_ran_them_on_hardware() -> None:
    assert set(GUIDES) == {"sts12", "realant", "bittle", "pwm12", "checklist"}
    for name in GUIDES:
        assert "not run on hardware yet" in GUIDES[name].lower()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_is_understood(command: str) -> None:
    assert understands(shlex.split(command)[1:])


def test_every_box_of_the_checklist_says_that_nobody_ticked_it() -> None:
    boxes = [line for line in GUIDES["checklist"].splitlines() if line.startswith("- [")]
    assert len(boxes) > 20
    assert all(line.startswith("- [ ] **not run on hardware yet** ") for line in boxes)


@pytest.mark.parametrize("name", ["sts12", "realant"])
def test_ids_of_the_guide_are_the_robots_joint_order(name: str) -> None:
    robot = load_robot(name)
    rows = re.findall(r"^\| ((?:front|back) (?:left|right)) \| ([\d |]+) \|$", GUIDES[name], flags=re.MULTILINE)
    nb = robot.nb_joints // 4
    told = [(leg.replace(" ", "_"), int(i)) for leg, ids in rows for i in ids.split(" | ")]
    assert told == [(joint.rsplit("_", 1)[0], k + 1) for k, joint in enumerate(robot.joint_names)]
    assert all(len(ids.split(" | ")) == nb for _, ids in rows)


@contextlib.contextmanager
def emulated(name: str, link: Path) -> Iterator[None]:
    """Run the guide's first command, with bare servos instead of a body."""
    words = ["board", "emulate", "--robot", name, "--bench", "--link", str(link)]
    board = subprocess.Popen([sys.executable, "-m", "hebb_controller.cli", *words], stdout=subprocess.PIPE, text=True)
    try:
        assert board.stdout is not None
        assert board.stdout.readline().startswith("port ")
        yield
    finally:
        board.terminate()
        board.wait(timeout=30.0)
        assert board.stdout is not None
        board.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sts12", "realant", "bittle"])
def test_the_desk_part_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = [c for c in COMMANDS if f"/tmp/{name}" in c and not c.startswith(("hebb board emulate", "hebb run"))]
    assert len(desk) == 4
    with emulated(name, tmp_path / name):
        for command in desk:
            words = shlex.split(command.replace(f"/tmp/{name}", str(tmp_path / name)))[1:]
            if words[0] == "jog":
                words.append("--yes")  # nobody is there to confirm
            code = hebb(words)
            told = capsys.readouterr()
            if words[0] == "check":
                failed = failed_rows(told.out)
                assert failed <= BUSY and code == bool(failed), told.out
                continue
            for _ in range(4):
                if code:
                    code, told = hebb(words), capsys.readouterr()
            if code and re.search(r"torque stays off|(let go|sits down): no answer", told.err):
                pytest.skip(f"this computer is too busy for a live line: {told.err}")
            assert code == 0, f"{command}: {told.err}"
