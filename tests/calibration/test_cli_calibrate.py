"""`hebb calibrate`, also as a process of its own: killed for good while the servo moves, resumed, checked."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from planted_board import HandJoints, Operator, Planted, crab, plant, running
from sample_calibration import calibration_of, changed

from calibration.record_file import load_calibration, save_calibration
from firmware_bridge.emulated_board import EmulatedBoard
from hebb_controller import cli_calibrate
from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot

ROOT = Path(__file__).parents[2]
PROGRAM = """
import argparse, sys
from hebb_controller import cli_calibrate
from hebb_controller.errors import BadInputError, HebbError
parser = argparse.ArgumentParser(allow_abbrev=False)
cli_calibrate.add_calibrate_flags(parser)
try:
    sys.exit(cli_calibrate.calibrate(parser.parse_args()))
except HebbError as error:
    print(f"hebb: error: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
"""


def called(*flags: str) -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    cli_calibrate.add_calibrate_flags(parser)
    return cli_calibrate.calibrate(parser.parse_args(flags))


class Cli:
    """The verb, with a person at its keyboard."""

    def __init__(self, folder: Path, robot: RobotSpec, planted: Planted, board: EmulatedBoard) -> None:
        self.folder, self.robot, self.planted, self.board = folder, robot, planted, board
        self.out = folder / "mine.json"

    def command(self, *flags: str) -> list[str]:
        robot = str(self.folder / "crab4.yaml")
        return [sys.executable, "-c", PROGRAM, "--robot", robot, "--out", str(self.out), *flags]

    def once(self, *flags: str) -> int:
        """Run the verb here, without a dialogue, and return its exit code."""
        return called("--robot", str(self.folder / "crab4.yaml"), "--out", str(self.out), *flags)

    def attended(self, *flags: str, kill: Callable[[str], bool] = lambda text: False) -> tuple[int, list[str]]:
        """Run the dialogue, with a person who answers; kill it for good where told to."""
        assert isinstance(self.board.body, HandJoints)
        person = Operator(self.robot, self.board.body, np.random.default_rng(0))
        process = subprocess.Popen(
            self.command("--port", self.board.line.name, *flags),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdin is not None and process.stdout is not None
        for line in process.stdout:
            text = line.rstrip("\n")
            person.told.append(text)
            if "Enter" in text:
                key = "s" if text.startswith("  rock") else person.answer(text)
                process.stdin.write(key)
                process.stdin.flush()
                if kill(text):
                    until = time.monotonic() + 10.0
                    while not self.powered and time.monotonic() < until:
                        time.sleep(0.002)
                    process.kill()
        return process.wait(timeout=20), person.told

    @property
    def powered(self) -> bool:
        return any(servo.get("torque") == 1 for servo in self.board.servos.values())


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    folder = tmp_path_factory.mktemp("cli")
    robot = crab(folder=folder)
    planted, board = plant(robot, "sts", np.random.default_rng(21))
    with running(board):
        yield Cli(folder, robot, planted, board)


ANGLES = ("--angles=-40,70",)


@pytest.mark.slow
def test_killed_while_the_servo_moves_it_lets_go_and_goes_on_afterwards(cli: Cli) -> None:
    moves = []

    def second_joint_moves(text: str) -> bool:
        moves.append(text.startswith("  steps"))
        return sum(moves) == 2

    code, told = cli.attended(*ANGLES, kill=second_joint_moves)
    assert code == -9
    assert sum("are saved" in text for text in told) == 1
    until = time.monotonic() + 10.0
    while cli.powered and time.monotonic() < until:
        time.sleep(0.01)
    assert not cli.powered, "nobody switched the torque off"
    assert not cli.out.exists()

    code, told = cli.attended(*ANGLES, "--still")
    assert code == 0, told[-2:]
    assert any("going on: 1 of 4" in text for text in told)
    calibration = load_calibration(cli.out, cli.robot)
    first, *others = calibration.joints
    assert first.measured.latency == pytest.approx(cli.planted.latency, abs=0.005)
    assert all(joint.measured.latency is None for joint in others)
    true = cli.planted.joint_map
    for k, joint in enumerate(calibration.joints):
        assert joint.direction == true.direction[k]
        assert joint.zero_tick == pytest.approx(true.zero_tick[k], abs=0.01 * true.ticks_per_radian[k])


def test_a_calibration_is_shown_checked_and_handed_to_the_simulator(
    cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    calibration = calibration_of(cli.robot)
    for k in range(4):
        zero, sign, scale = (float(v[k]) for v in dataclasses.astuple(cli.planted.joint_map)[1:])
        calibration = changed(
            calibration, k, zero_tick=zero, direction=int(sign), ticks_per_radian=scale, eeprom_offset=0
        )
    true = save_calibration(cli.folder / "true.json", calibration)
    assert cli.once("--show", str(true)) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in cli.robot.joint_names)
    check = ("--port", cli.board.line.name, "--out", str(true), "--check")
    assert cli.once(*check) == 0
    assert "all servos fit" in capsys.readouterr().out
    cli.board.servos[4].set("firmware", 0x0B07)
    assert cli.once(*check) == 1
    assert "servo 4 (back_right_knee): firmware 2823, calibrated with 2307" in capsys.readouterr().out
    assert cli.once("--out", str(true), "--write-robot", str(cli.folder / "real.yaml")) == 0
    servo = load_robot(cli.folder / "real.yaml").servo
    assert servo is not None and servo.latency == pytest.approx(0.0085)  # the median of 7, 8, 9 and 10 ms


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        ((), "no serial port"),
        (("--port", "/dev/none"), "No such file"),
        (("--port", "/dev/none", "--protocol", "morse"), "choose one of"),
        (("--port", "/dev/none", "--ids", "1,2"), "4 different servo ids"),
        (("--port", "/dev/none", "--ids", "1,2,3,900"), "ids of sts are"),
        (("--port", "/dev/none", "--ids", "1,x"), "numbers"),
        (("--port", "/dev/none", "--angles", "10,nan"), "finite"),
        (("--port", "/dev/none", "--angles", "10,500"), "within its limits"),
        (("--port", "/dev/none", "--joints", "tail"), "no joint tail"),
        (("--show", "/nowhere.json"), "No such file"),
        (("--robot", "ant", "--port", "/dev/none"), "no servos"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, flags: tuple[str, ...], word: str) -> None:
    crab(folder=tmp_path)
    given = ["--robot", str(tmp_path / "crab4.yaml"), "--out", str(tmp_path / "c.json"), *flags]
    with pytest.raises(HebbError, match=word) as caught:
        called(*given)
    assert "\n" not in str(caught.value)


def test_nobody_at_the_keyboard_is_told_and_torque_stays_off(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/null", encoding="utf-8") as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        with pytest.raises(BadInputError, match="the input has ended"):
            cli.once("--port", cli.board.line.name, "--afresh")
    assert not cli.powered
