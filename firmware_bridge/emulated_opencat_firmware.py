"""What the program on an OpenCat board does with a command, as far as an emulated one does it.

Source: OpenCatEsp32, src/reaction.h, src/imu.h, src/motion.h, OpenCatEsp32.ino (the loop); OpenCat, src/reaction.h for
NyBoard.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from firmware_bridge.emulated_opencat_joints import NB, POSES, STEP_TIME, OpenCatJoints
from firmware_bridge.emulated_opencat_reader import Command, CommandReader, atoi
from hebb_controller.signals import Vector

#: How often the IMU is printed, where the line leaves time, in [s].
_IMU_PERIOD = 0.005
_BOOT_TIME = 0.5
#: Of a battery of two cells, in [V].
_LOW_VOLTAGE = 7.0


class OpenCatFirmware:
    """One board, from switching on.

    Args:
        say: prints a line.
        attitude: roll, pitch, yaw [rad] and gyro [rad/s] of the body.
        nyboard: a NyBoard instead of a BiBoard.

    Attributes:
        joints: what the board commands.
        reader: its serial line.
        balances: gyro balancing is on.
        random_mind: random behaviours are on.
        voltage: of the battery, in [V].
    """

    def __init__(
        self, say: Callable[[str], None], attitude: Callable[[], tuple[float, float, float, Vector]], nyboard: bool
    ) -> None:
        self._say, self._attitude, self._nyboard = say, attitude, nyboard
        self.voltage = 7.8
        self.start(0.0)

    def start(self, now: float) -> None:
        """Begin with nothing but what is in the flash memory: pulses off, balancing on."""
        self.joints = OpenCatJoints(4 if self._nyboard else 2)
        self.reader = CommandReader(0.005 if self._nyboard else 0.010)
        self.balances, self.random_mind, self._prints_imu, self._low = True, False, False, False
        self._last_token = ""
        self._free_since = now
        self._poses: list[list[int]] = []
        self._then: Callable[[], None] | None = None
        self._next_imu = now

    def reboot(self, now: float) -> None:
        """Start anew, with what is said then."""
        self.start(now + _BOOT_TIME)
        model, version = self._names()
        self._say(f"\n* Start *\r\n{model}\r\nSoftware version: {version}\r\nReady!")

    def run(self, now: float) -> bool:
        """Go on until `now` [s], or until a command has come; return whether one has."""
        while self._prints_imu and self._next_imu < min(now, self._free_since):
            self._next_imu += STEP_TIME  # each step of a ramp tells it, before the joints move
            self._say_imu()
        while self._free_since <= now:
            self.joints.move(now)
            if self._poses:
                self._go(self._poses.pop(0))
            elif self._then is not None:
                then, self._then = self._then, None
                then()
            elif not self._look_around(now):
                command = self.reader.next(now, self._free_since)
                if command is not None:
                    self._free_since = now
                    self._obey(command)
                return command is not None
        return False

    def _names(self) -> tuple[str, str]:
        return ("Bittle", "N_250224") if self._nyboard else ("Bittle X", "B10_250712")

    def _look_around(self, now: float) -> bool:
        """Print the IMU, watch battery and attitude; return whether a pose has begun."""
        if self._prints_imu and now >= self._next_imu:
            self._next_imu = now + _IMU_PERIOD
            self._say_imu()
        roll, pitch, _, _ = self._attitude()
        if self.balances and math.cos(roll) * math.cos(pitch) < 0.0:
            self._say("EXCEPTION: Fall over")
            self._perform([POSES["up"]], "k")
            return True
        if self.voltage < _LOW_VOLTAGE and not self._low:
            self._low = True
            self.joints.shut()
            self._say(f"Low power: {self.voltage:.2f}V. The robot won't move.")
            self._say("Long-press the battery's button to turn it on!")
        return False

    def _go(self, target: list[int]) -> None:
        self.joints.go(target, self._free_since, not self._low)
        self._next_imu = self._free_since
        self._free_since = self.joints.move_ends

    def _perform(self, poses: list[list[int]], token: str, shut: bool = False) -> None:
        def then() -> None:
            if shut:
                self.joints.shut()
            self._done(token)

        self._poses, self._then = poses, then

    def _obey(self, command: Command) -> None:
        token = command.token
        if self._last_token == "d" and token != "c":
            self.balances = True
            self._say("G")
        if command.overflow:
            self._say(f"Cmd Length: \t{command.length}OVF{token}")
            self._perform([POSES["up"]], "k")
        elif token == "L":
            self._perform([command.bytes_signed[:NB]], token)
        elif token in "IiMm":
            self._move(command.pairs, token)
        elif token == "d":
            self._rest(command)
        elif token == "k" and command.text in POSES:
            self._perform([POSES[command.text]], token)
        else:
            self._done(self._small(command))

    def _move(self, pairs: list[tuple[int, int]], token: str) -> None:
        pose, poses = list(self.joints.angles), []
        for joint, angle in pairs:
            if 0 <= joint < NB:
                pose[joint] = angle
            if token in "Mm":
                poses.append(list(pose))
        self._perform(poses or [pose], token)

    def _rest(self, command: Command) -> None:
        self.balances = False
        self._say("g")
        if command.length == 0:
            self._perform([POSES["rest"]], "d", shut=True)
            return
        if command.length == 1:  # joints of two digits cannot be switched off
            self.joints.shut(atoi(command.text))
        self._done("d")

    def _small(self, command: Command) -> str:
        """Obey a command that takes no time; return the token that it is answered with."""
        token, text = command.token, command.text
        if token == "?":
            for name in self._names():
                self._say(name)
        elif token == "j":
            self._say("=")
            if text:
                self._say(str(self.joints.angles[atoi(text) % NB]))
            else:
                self._say("".join(f"{joint}\t" for joint in range(NB)))
                self._say("".join(f"{angle},\t" for angle in self.joints.angles))
        elif token == "z":
            self.random_mind = not self.random_mind
            return "Z" if self.random_mind else "z"
        elif token == ("G" if self._nyboard else "g") and not text.strip("~"):
            self.balances = not self.balances
            return "G" if self.balances else "g"
        elif token == "g" and not self._nyboard:
            self._gyro(text)
        elif token == "P" and not self._nyboard:
            self._say(f"Voltage: {self.voltage:.2f} V")
        elif not self._nyboard:
            self._say("Undefined token!")
            self._say(text)
        return token

    def _gyro(self, text: str) -> None:
        for letter in text:
            if letter in "bB":
                self.balances = letter == "B"
            elif letter in "pP":
                self._prints_imu = letter == "P"
                self._next_imu = self._free_since + _IMU_PERIOD
                self._say_imu()

    def _done(self, token: str) -> None:
        self._say(token)
        self._last_token = token

    def _say_imu(self) -> None:
        roll, pitch, yaw, _ = self._attitude()
        up = (-math.sin(pitch), math.cos(pitch) * math.sin(roll), math.cos(pitch) * math.cos(roll))
        x, y, z = (9.81 * part for part in up)
        yaw, pitch, roll = (math.degrees(angle) for angle in (yaw, pitch, roll))
        self._say(f"ICM:{x:6.2f}{y:6.2f}{z:6.2f}{yaw:7.1f}{pitch:7.1f}{roll:7.1f}\t")
