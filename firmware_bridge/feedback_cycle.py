"""One reading of all servos, within a budget of time: whom to ask together, whom alone, and whom twice.

Servos that have been silent for some cycles are asked by themselves, one per cycle: where each answer of a sync read
waits for the one before, a dead servo would silence those behind it, and it would cost its whole patience every time.
"""

from __future__ import annotations

from firmware_bridge.board_line import ServoReading
from firmware_bridge.frames import Reply
from firmware_bridge.servo_bus import ServoBus

#: A servo that has missed so many cycles is asked by itself.
_SILENT_AFTER = 3
#: Half of a cycle at 50 Hz, in [s].
BUDGET = 0.010


class FeedbackCycle:
    """Remembers who has been silent.

    Args:
        bus: the line.
        budget: what one reading may take, a second question included, in [s].

    Attributes:
        budget: as above; may be changed.
        undisturbed: the last reading had every answer at once.
        nb_retries: second questions so far.
        nb_nonsense: answers with a good checksum that no servo can mean.
    """

    def __init__(self, bus: ServoBus, budget: float = BUDGET) -> None:
        self._bus, self.budget = bus, budget
        self._missed = dict.fromkeys(bus.ids, 0)
        self._turn = 0
        self.undisturbed = True
        self.nb_retries = self.nb_nonsense = 0

    def read(self) -> list[ServoReading]:
        """Return what every servo tells now, in joint order: an answer that did not come has no values.

        Raises:
            LinkError: the port is gone.
        """
        bus = self._bus
        self._turn += 1
        give_up = bus.port.now() + self.budget
        address, size = bus.table.feedback_block
        silent = [i for i in bus.ids if self._missed[i] >= _SILENT_AFTER]
        if len(silent) > len(bus.ids) // 2:
            silent = []  # the line was gone, not a servo: all may be back at once
        first = self._turn % len(bus.ids)  # where answers come one by one and time runs out, not always at the same
        lively = [i for i in bus.ids[first:] + bus.ids[:first] if i not in silent]
        replies = bus.read(lively, address, size, give_up, ahead=True)
        again = [i for i in lively if replies.get(i) is None]
        self.undisturbed = not again
        again = again[1:] + again[:1]  # the first that is missing may be why the others are
        if not again and silent:
            again = [silent[self._turn % len(silent)]]
        if again and bus.port.now() + bus.time_to_read(again, size) <= give_up:
            self.nb_retries += 1
            replies |= bus.read(again, address, size, give_up, ahead=True)
        for servo_id, reply in replies.items():
            self._missed[servo_id] = self._missed[servo_id] + 1 if reply is None else 0
        now = bus.port.now()
        return [self._reading(servo_id, replies.get(servo_id), now) for servo_id in bus.ids]

    def _reading(self, servo_id: int, reply: Reply | None, now: float) -> ServoReading:
        if reply is None:
            return ServoReading(servo_id, now, 0, None)
        values = self._bus.table.decode_feedback(reply.data)
        if not self._bus.table.is_possible(values):
            self.nb_nonsense += 1
            self._bus.counts.corrupt += 1
            return ServoReading(servo_id, now, 0, None)
        dialect = self._bus.table.dialect
        alarm = dialect.error_text(reply.error & dialect.serious_errors)
        return ServoReading(servo_id, self._bus.heard_at[servo_id], reply.error, values, alarm)
