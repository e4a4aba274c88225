"""An OpenCat board as the owner of its line sees it: joints that are commanded and never measured."""

from __future__ import annotations

import time
from collections.abc import Sequence

from firmware_bridge import opencat_frames as frames
from firmware_bridge import opencat_greeting as greeting
from firmware_bridge.board_line import Handshake, ImuReading, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.opencat_queue import MARGIN, GoalQueue
from firmware_bridge.opencat_talk import OpenCatTalk
from firmware_bridge.serial_port import SerialPort

_TRIES = 3
#: The board goes to its resting pose before it switches off, in [s].
_REST_TIME = 2.5
#: Older than this a voltage is not told any more, in [s].
_VOLTAGE_LIFE = 5.0


class OpenCatLine:
    """A Petoi Bittle or Nybble; see `BoardLine`. Counts are whole degrees: nothing finer can be commanded.

    Args:
        port: the open port.
        ids: the board's joint of each joint, in joint order.
        patience: how long the board may take to answer at all, in [s].

    Attributes:
        imu: newest attitude; its rates are differences of angles that come in steps of 0.1 degrees.
    """

    measured = False
    #: It holds its last pose for ever when the host falls silent.
    guards_itself = False
    scale = frames.SCALE

    def __init__(
        self, port: SerialPort, ids: Sequence[int] = frames.WALKING_IDS, patience: float = greeting.PATIENCE
    ) -> None:
        self._talk = OpenCatTalk(port)
        self.path, self.baud, self.ids, self.counts = port.path, port.baud, tuple(ids), self._talk.counts
        self._goals = GoalQueue(self._talk, self.ids)
        self._patience = patience
        self._is_nyboard = False
        self.imu: ImuReading | None = None
        self.resting: tuple[int, ...] | None = None

    def greet(self) -> Handshake:
        """Ask who is there, and switch off balancing and random behaviours."""
        hands, self._is_nyboard = greeting.greet(self._talk, self.ids, self._patience)
        self._talk.trouble = ""
        self._lies(self._talk.commanded)
        self._goals.asks_voltage = self._talk.voltage is not None
        self.imu = self._talk.track.reading
        return hands

    def _lies(self, pose: Sequence[int] | None) -> None:
        """Take the pose that the board tells for where its joints are: its last command brought them there."""
        self.resting = None if pose is None else tuple(pose[i] for i in self.ids)
        self._goals.start_from(self.resting)

    def feedback(self) -> list[ServoReading]:
        """Return the goals as they were last put, as commands, while the board answers."""
        self._goals.work()
        self.imu = self._talk.track.reading
        now = time.monotonic()
        newest, voltage = self._goals.newest, self._talk.voltage
        if newest is None or self._goals.taken is None or self._goals.silent:
            return [ServoReading(i, now, 0, None) for i in self.ids]
        told = {"voltage": voltage[0]} if voltage is not None and now - voltage[1] < _VOLTAGE_LIFE else {}
        return [
            ServoReading(i, now, 0, {"position": float(angle), **told})
            for i, angle in zip(self.ids, newest, strict=True)
        ]

    def put_goals(self, ticks: Sequence[int]) -> None:
        """Send goals in degrees as soon as the board is free; goals that it has not taken yet are forgotten."""
        self._goals.put(ticks)

    def power_on(self, ticks: Sequence[int]) -> None:
        """Send the pose and have the board tell it again: a goal is what makes its servos hold."""
        goals = dict(zip(self.ids, ticks, strict=True))
        wrong = list(self.ids)
        try:
            self._goals.finish()
            self._talk.trouble = ""
            calm = greeting.balance_off(self._talk, self._is_nyboard)
            for _ in range(_TRIES if calm else 0):
                self._talk.ask(frames.indexed(goals), "I", 2.0 * frames.ramp_time(250) + MARGIN)
                pose = self._talk.ask_pose(greeting.LONG_ANSWER_TIME)
                wrong = [i for i, angle in goals.items() if pose is None or pose[i] != angle]
                if not wrong:
                    break
        except LinkError:
            self.power_off()
            raise
        if wrong or self._talk.trouble:
            why = self._talk.trouble or f"joint {', '.join(map(str, wrong))} does not take its goal"
            self.power_off()
            raise LinkError(f"port {self.path}: torque stays off: {why}")
        self._goals.start_from(tuple(ticks))

    def power_off(self) -> list[int]:
        """Have the board lie down and switch its servos off; then its balancing, which `d` would bring back."""
        try:
            self._goals.finish()
            done = any(self._talk.ask(frames.REST, "d", _REST_TIME / nb_asked) for nb_asked in (1, 2))
            if done:
                greeting.balance_off(self._talk, self._is_nyboard)
                pose = self._talk.ask_pose(greeting.LONG_ANSWER_TIME)
                if pose is not None:
                    self._lies(pose)
                else:
                    self.resting = None  # it has lain down since it was last asked
        except LinkError:
            return list(self.ids)
        return [] if done else list(self.ids)

    def lost_power(self) -> str:
        """Return what the board has said of itself: a flat battery, a new start, a reflex of its own."""
        return self._talk.trouble

    def limit_torque(self, share: float) -> None:
        """Nothing: the servos have no such limit."""

    def silencer(self) -> bytes:
        """Return the command to lie down and let go."""
        return frames.REST

    def close(self) -> None:
        """Let go of the port."""
        self._talk.port.close()
