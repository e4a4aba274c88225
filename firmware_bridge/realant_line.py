"""RealAnt's board as the owner of its line sees it: eight AX-12A that it reads by itself, about 40 times a second."""

from __future__ import annotations

import time
from collections.abc import Sequence

from firmware_bridge import realant_text as text
from firmware_bridge.board_line import Handshake, ImuReading, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.realant_talk import RealAntTalk
from firmware_bridge.serial_port import SerialPort

#: A board that starts because the port was opened waits a second before it talks to its servos.
PATIENCE = 4.0
#: A measurement is told until it is so old, in [s]: three of the board's periods.
_LIFE = 0.08
_TRIES = 3
#: A servo answers when so many measurements hold it: what the board could not read may come late after one of them.
_READINGS = 3
_ANSWER_TIME = 0.3


class RealAntLine:
    """A RealAnt; see `BoardLine`. Readings are stamped with the time at which the board measured.

    Args:
        port: the open port.
        ids: the servo of each joint, in joint order.
        patience: how long the board may take to tell its pose at all, in [s].
    """

    measured = True
    #: It holds its last goals for ever when the host falls silent.
    guards_itself = False
    scale = text.SCALE
    #: It has none.
    imu: ImuReading | None = None
    resting: tuple[int, ...] | None = None

    def __init__(self, port: SerialPort, ids: Sequence[int] = tuple(range(1, 9)), patience: float = PATIENCE) -> None:
        self._talk = RealAntTalk(port)
        self.path, self.baud, self.ids, self.counts = port.path, port.baud, tuple(ids), self._talk.counts
        self._patience = patience

    def greet(self) -> Handshake:
        """Listen until every servo has told its position."""
        talk = self._talk
        impossible = [i for i in self.ids if not 1 <= i <= text.NB_SERVOS]
        if impossible or len(set(self.ids)) != len(self.ids):
            raise LinkError(f"port {self.path}: servos {list(self.ids)}: RealAnt has 1 to {text.NB_SERVOS}, each once")
        deadline = time.monotonic() + self._patience
        nb_lines, last = 0, None
        nb_read = dict.fromkeys(self.ids, 0)
        silent = set(self.ids)
        while silent and time.monotonic() < deadline:
            talk.listen(min(deadline, time.monotonic() + 0.01))
            if talk.measured is not None and talk.measured is not last:
                nb_lines, last = nb_lines + 1, talk.measured
                if nb_lines > 1:  # the first line may have been cut by our opening the port
                    nb_read = {i: n + (i not in talk.unread) for i, n in nb_read.items()}
                silent = {i for i, n in nb_read.items() if n < _READINGS}
        if last is None:
            what = "says other things than RealAnt's" if talk.heard else "says nothing intelligible"
            raise LinkError(f"port {self.path}: the board {what} at {text.BAUD} baud: is it switched on?")
        if silent:
            names = ", ".join(map(str, sorted(silent)))
            raise LinkError(f"port {self.path}: the board cannot read servo {names}: is their supply on?")
        talk.restarted = False
        warnings = []
        if not any(last[0].temperatures or ()):
            warnings.append("the board's firmware (ant11) tells no temperatures: nothing derates hot servos")
        return Handshake("RealAnt", dict.fromkeys(self.ids, talk.date), warnings=tuple(warnings))

    def feedback(self) -> list[ServoReading]:
        """Return the newest measurement, as long as it is young."""
        self._talk.listen(0.0)
        now = time.monotonic()
        if self._talk.measured is None or now - self._talk.measured[1] > _LIFE:
            self.counts.missing += len(self.ids)
            return [ServoReading(i, now, 0, None) for i in self.ids]
        line, made = self._talk.measured
        return [self._reading(i, line, made) for i in self.ids]

    def _reading(self, servo: int, line: text.Measured, made: float) -> ServoReading:
        if servo in self._talk.unread:
            return ServoReading(servo, made, 0, None)  # the board tells its goal instead
        values = {"position": float(line.positions[servo - 1])}
        if line.temperatures is not None and line.temperatures[servo - 1] > 0:
            values["temperature"] = float(line.temperatures[servo - 1])
        return ServoReading(servo, made, 0, values)

    def put_goals(self, ticks: Sequence[int]) -> None:
        """Send goals as soon as the board is free; goals that it has not heard yet are forgotten."""
        self._talk.put(text.goals_line(dict(zip(self.ids, ticks, strict=True))))

    def power_on(self, ticks: Sequence[int]) -> None:
        """Send goals until the board tells them among its own, then switch torque on."""
        goals = dict(zip(self.ids, ticks, strict=True))
        wrong = self._send_until_told(goals)
        if wrong:
            raise LinkError(f"port {self.path}: torque stays off: servo {_names(wrong)} does not take its goal")
        self._talk.restarted = False
        failed = self._torque(text.ATTACH, on=True)
        if failed:
            self.power_off()
            raise LinkError(f"port {self.path}: torque stays off: servo {_names(failed)} does not switch on")

    def _send_until_told(self, goals: dict[int, int]) -> list[int]:
        wrong = list(goals)
        for _ in range(_TRIES):
            self._talk.tell(text.goals_line(goals), _ANSWER_TIME)
            before, deadline = self._talk.measured, time.monotonic() + _ANSWER_TIME
            while wrong and time.monotonic() < deadline:
                self._talk.listen(min(deadline, time.monotonic() + 0.01))
                now = self._talk.measured
                if now is not None and now is not before:
                    wrong = [i for i, goal in goals.items() if now[0].goals[i - 1] != goal]
            if not wrong:
                break
        return wrong

    def _torque(self, line: bytes, on: bool) -> list[int]:
        """Switch torque, and return the servos of ours that did not confirm."""
        left = set(self.ids)
        for _ in range(_TRIES):
            self._talk.tell(line, _ANSWER_TIME)
            done = self._talk.torque_changes(on, text.NB_SERVOS, _ANSWER_TIME)
            if len(done) == text.NB_SERVOS:  # a lost line would give its neighbour's answer to a servo
                left = {i for i in left if not done[i - 1]}
            if not left:
                break
        return sorted(left)

    def power_off(self) -> list[int]:
        """Switch torque off, and return the servos that did not confirm."""
        try:
            return self._torque(text.DETACH, on=False)
        except LinkError:
            return list(self.ids)

    def lost_power(self) -> str:
        """Return whether the board has started anew: its servos may have, too."""
        return "the board started anew" if self._talk.restarted else ""

    def limit_torque(self, share: float) -> None:
        """Nothing: the board sets the servos to half their torque when it starts, and takes no other."""

    def silencer(self) -> bytes:
        """Return the line that switches torque off."""
        return text.DETACH

    def close(self) -> None:
        """Let go of the port."""
        self._talk.port.close()


def _names(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))
