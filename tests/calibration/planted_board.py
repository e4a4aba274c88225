"""An emulated board whose servos sit on their joints as a calibration has to find, and hands that move the joints."""

from __future__ import annotations

import dataclasses
import math
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # where the tests are collected, it is there already

from board_thread import running

from calibration.procedure import OpenLine
from calibration.talk import ENTER, Talk
from firmware_bridge.boards import BoardKind, find_board
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.joint_map import JointMap
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import robot_from

__all__ = ["HandJoints", "Operator", "Planted", "crab", "opener", "plant", "running"]

#: Four legs of one joint: a whole robot that is calibrated in seconds.
CRAB = """
name: crab4
actuation: position
control_rate_hz: 50
servo: sts3215_12v
body:
  base: {shape: box, size_m: [0.2, 0.1, 0.05], mass_kg: 0.5}
  hip_m: [0.08, 0.05, 0]
  leg:
    - {joint: knee, axis: [0, 1, 0], to_m: [0.02, 0.02, -0.1], radius_m: 0.01, mass_kg: 0.1,
       range_deg: [-50, 80], neutral_deg: 10, action_range_deg: 30}
"""


def crab(servo: str = "sts3215_12v", folder: Path | None = None) -> RobotSpec:
    """Return the robot with one joint per leg; write its file into `folder` if there is one."""
    import yaml

    text = CRAB.replace("sts3215_12v", servo)
    if folder is not None:
        (folder / "crab4.yaml").write_text(text, encoding="utf-8")
    return robot_from(yaml.safe_load(text))


class HandJoints(SlewJoints):
    """Servos on a bench with somebody's hand on them.

    The encoder lies between two plays: `gear_play` towards the motor, by which a held servo gives way, and `backlash`
    towards the joint, which it does not see.
    """

    def __init__(self, robot: RobotSpec, backlash: float, gear_play: float) -> None:
        super().__init__(robot, backlash=backlash)
        self.hand = np.full(robot.nb_joints, np.nan)
        self._play, self._gear_play = backlash, gear_play
        self._motor = self.position.copy()

    def advance(self, goal: np.ndarray, strength: np.ndarray) -> None:
        self.position = self._motor  # the motor moves as if nobody held the joint
        super().advance(goal, strength)
        held = ~np.isnan(self.hand)
        give = np.where(strength > 0.0, self._gear_play, np.inf)
        pulled = np.clip(self.position, self.hand - self._play, self.hand + self._play)
        encoder = np.where(held, np.clip(pulled, self.position - give, self.position + give), self.position)
        joint = np.where(held, self.hand, self.joint_position)
        self._motor = np.where(strength > 0.0, self.position, encoder)
        self.position = encoder
        self.joint_position = np.clip(joint, encoder - self._play, encoder + self._play)

    def put(self, index: int, angle: float) -> None:
        """Move a joint by hand, and wait until it is there: the board lives in another thread."""
        self.hand[index] = angle
        until = time.monotonic() + 5.0
        while abs(self.joint_position[index] - angle) > 1e-9:
            assert time.monotonic() < until, "the hand could not move the joint: is its torque on?"
            time.sleep(0.001)


@dataclass(frozen=True)
class Planted:
    """What a calibration has to find.

    Attributes:
        joint_map: how the servos sit.
        latency: in [s].
        speed: in [rad/s].
        backlash: half-width beyond the encoder, in [rad].
        gear_play: half-width within the servo, in [rad].
    """

    joint_map: JointMap
    latency: float
    speed: float
    backlash: float
    gear_play: float


def plant(robot: RobotSpec, protocol: str, rng: np.random.Generator) -> tuple[Planted, EmulatedBoard]:
    """Draw how servos sit and what they do, and return it with the board that does so."""
    assert robot.servo is not None
    scale = find_board(protocol).scale
    nb = robot.nb_joints
    direction = rng.choice([-1.0, 1.0], nb)
    per_radian = scale.per_turn / (2.0 * math.pi) * rng.uniform(0.97, 1.03, nb)
    ends = direction * per_radian * np.array([robot.lower, robot.upper])
    room = 0.07 * per_radian  # the seam stays outside
    zero = rng.uniform(scale.lowest + room - ends.min(axis=0), scale.highest - room - ends.max(axis=0))
    planted = Planted(
        JointMap(tuple(range(1, nb + 1)), zero, direction, per_radian),
        latency=float(rng.integers(2, 25)) * 1e-3,
        speed=robot.servo.no_load_speed * float(rng.uniform(0.75, 1.1)),
        backlash=float(rng.uniform(0.0, 0.015)),
        gear_play=float(rng.uniform(0.004, 0.012)),
    )
    servo = dataclasses.replace(robot.servo, latency=planted.latency, no_load_speed=planted.speed)
    body = HandJoints(dataclasses.replace(robot, servo=servo), planted.backlash, planted.gear_play)
    return planted, EmulatedBoard(find_table(protocol), planted.joint_map, body)


def opener(port: SerialPort, board: BoardKind) -> OpenLine:
    """Return what opens lines on a port."""
    return lambda ids: board.open_line(port, ids)


class Operator:
    """Reads what it is told and does it, with hands that are not perfect.

    Args:
        robot: the robot.
        body: the joints that the hands move.
        rng: how far the hands are off.
        sloppiness: standard deviation of a jig pose, in [rad].

    Attributes:
        told: all that it was told.
        talk: for the dialogue.
    """

    def __init__(
        self, robot: RobotSpec, body: HandJoints, rng: np.random.Generator, sloppiness: float = 0.0015
    ) -> None:
        self.told: list[str] = []
        self.tables: list[Sequence[str]] = []
        self.stop_at: Callable[[str], bool] = lambda text: False
        self.wrong_jigs: tuple[str, ...] = ()
        self._robot, self._body, self._rng, self._sloppiness = robot, body, rng, sloppiness
        self._index, self._answered = 0, 0
        self._nb_looks = self._nb_retries = 0
        self._let_go = threading.Event()
        self._rocking: threading.Thread | None = None
        self.talk = Talk(self.key, self.told.append, self.tables.append)

    @property
    def asked(self) -> list[str]:
        """Joints that were asked for, in order; once each, however often a busy computer had them repeated."""
        return list(dict.fromkeys(text.split(" ")[0] for text in self.told if "(servo" in text))

    def key(self, timeout: float) -> str:
        if len(self.told) == self._answered:
            return ""
        self._nb_looks += 1
        if self._nb_looks % 3:  # people take a look first, and the live table lives
            time.sleep(timeout / 10.0)
            return ""
        text = self.told[-1]
        self._answered = len(self.told)
        if self.stop_at(text):
            raise KeyboardInterrupt
        return self.answer(text)

    def answer(self, text: str) -> str:
        """Do what a text says, and return the key that is pressed then."""
        body = self._body
        signs = ("port /dev", "a while ago", "look like a servo's", "did not follow", "is the computer busy")
        disturbed = any(sign in text for sign in signs)
        if "r: once more" in text and disturbed and self._nb_retries < 3:
            self._nb_retries += 1  # a busy computer was not there in time for its own emulated board
            self._hands_off(self._index)
            return "r"
        named = re.match(r"(\w+) \(servo \d+\)", self.told[-1] if len(self.told) < 2 else self.told[-2])
        if named:
            self._index = self._robot.joint_names.index(named.group(1))
        k = self._index
        jig = re.match(r"  jig ([+-]\d+) deg: (come from smaller|go past it)", text)
        stop = re.match(r"  (lower|upper) stop, ([+-]\d+) deg", text)
        if jig:
            angle = math.radians(float(jig.group(1)))
            if self._robot.joint_names[k] in self.wrong_jigs and angle > 0.5:
                angle -= 0.3
            angle += self._rng.normal(0.0, self._sloppiness)
            body.put(k, angle + (-0.12 if jig.group(2) == "come from smaller" else 0.12))
            body.put(k, angle)
        elif stop:
            angle = math.radians(float(stop.group(2))) + self._rng.normal(0.0, self._sloppiness)
            body.put(k, angle + (0.12 if stop.group(1) == "lower" else -0.12))
            body.put(k, angle)
        elif "rock:" in text:
            self._rock(k)
        else:
            self._hands_off(k)
        return ENTER

    def _hands_off(self, k: int) -> None:
        if self._rocking is not None:
            self._let_go.set()
            self._rocking.join()
            self._rocking = None
        self._body.hand[k] = np.nan

    def _rock(self, k: int) -> None:
        """Rock a joint until the next thing is asked, from a thread: the dialogue is busy holding it meanwhile."""
        body = self._body
        body.put(k, float(np.clip(0.3, self._robot.lower[k], self._robot.upper[k])))
        self._let_go = threading.Event()

        def work() -> None:
            while not self._let_go.is_set():
                for side in (-0.05, 0.05):
                    body.hand[k] = body.position[k] + side
                    time.sleep(0.03)
            body.hand[k] = np.nan

        self._rocking = threading.Thread(target=work)
        self._rocking.start()
