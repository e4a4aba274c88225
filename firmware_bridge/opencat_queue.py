"""One command on the way to an OpenCat board at a time, the newest goals first.

The board says a command's token when it is done, which for a pose is when its own ramp has ended. What arrives
meanwhile is glued together: of two frames the first wins and the second is lost. So goals that come faster than the
board takes them replace each other, and the newest go out when they are put while the board is free. A ramp lasts as
long as its joint that moves furthest, so that one long way would keep the board deaf: no joint is asked for more than
`frames.FURTHEST` at once. A frame whose token does not come is sent once more, with the newest goals; after that the
board counts as silent until a token comes again.

No byte is protected: a frame that has lost one moves wrong joints and is answered like any other. Once a second the
board is asked what it thinks its pose is; where that is not what it was told, the goals go out again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from firmware_bridge import opencat_frames as frames
from firmware_bridge.opencat_talk import OpenCatTalk

Goals = tuple[int, ...]

#: Beyond the board's ramp, doubled for what it prints on the way, until its token counts as missing, in [s]: long
#: enough for a joint that is held back by 20 degrees and ramps towards its goal each time.
MARGIN = 0.1
#: Pose and battery are asked for in turn this often, in [s].
CHECK_PERIOD = 0.5


@dataclass
class _Sent:
    token: str
    deadline: float
    goals: Goals | None  # None: a question


class GoalQueue:
    """Goals in degrees on their way.

    Args:
        talk: with the board.
        ids: the board's joint of each goal.

    Attributes:
        taken: newest goals that the board has reached; None before any.
        newest: goals as they were last put, reached or not; None before any.
        asks_voltage: the board knows its battery.
    """

    def __init__(self, talk: OpenCatTalk, ids: Sequence[int]) -> None:
        self._talk, self._ids = talk, tuple(ids)
        self.asks_voltage = False
        self.start_from(None)

    @property
    def silent(self) -> bool:
        """True once a command and its repetition have stayed without answer."""
        return self._nb_unanswered > 1

    def start_from(self, taken: Goals | None) -> None:
        """Begin anew with what the board is known to have taken."""
        self.taken = self.newest = taken
        self._wanted: Goals | None = None  # newest goals that are not on the way
        self._sent: _Sent | None = None
        self._nb_unanswered = 0
        self._next_check = time.monotonic() + CHECK_PERIOD
        self._voltage_next = False
        self._kept: Goals | None = None  # the pose that the board told last, where it is not what it was told

    def put(self, goals: Sequence[int]) -> None:
        """Take goals, and send them if the board is free.

        Raises:
            LinkError: the port is gone.
        """
        self._wanted = self.newest = tuple(goals)
        self.work()
        self._send_next()

    def work(self, wait: bool = False) -> None:
        """Take in what the board says.

        Args:
            wait: until something comes, or the command on the way is overdue.

        Raises:
            LinkError: the port is gone.
        """
        sent = self._sent
        deadline = sent.deadline if wait and sent is not None else 0.0
        tokens = self._talk.listen(deadline, expected=sent.token if sent is not None else "")
        if sent is not None and tokens:
            self._sent, self._nb_unanswered = None, 0
            if sent.goals is not None:
                self.taken = sent.goals
            elif sent.token == "j":
                self._compare()

    def finish(self) -> None:
        """Forget goals that are not on the way, and wait until what is has been answered or is overdue.

        Raises:
            LinkError: the port is gone.
        """
        self._wanted = None
        while self._sent is not None and time.monotonic() < self._sent.deadline:
            self.work(wait=True)
        self._sent = None

    def _compare(self) -> None:
        pose = self._talk.commanded
        kept = None if pose is None else tuple(pose[i] for i in self._ids)
        if kept is None or self.taken is None or kept == self.taken:
            self._kept = None
            return
        self._talk.counts.corrupt += 1
        if self._kept is not None:
            self._talk.trouble = "the board keeps another pose than it was told"
        self._kept = kept
        self._wanted = self._wanted or self.taken

    def _send_next(self) -> None:
        now = time.monotonic()
        if self._sent is not None:
            if now < self._sent.deadline:
                return
            self._talk.counts.missing += 1
            self._nb_unanswered += 1
            self._wanted = self._wanted or self._sent.goals
            self._sent = None
        if self._wanted is None:
            return
        if now >= self._next_check and self.taken is not None:
            self._next_check = now + CHECK_PERIOD
            self._ask()
            return
        goals, self._wanted = self._within_reach(self._wanted), None
        # A joint that the board holds back ramps towards its goal every time: the token comes that much later.
        starts = [pose for pose in (self.taken, self._kept) if pose is not None] or [(0,) * len(goals)]
        furthest = max(abs(a - b) for pose in starts for a, b in zip(goals, pose, strict=True))
        frame = frames.indexed(dict(zip(self._ids, goals, strict=True)))
        self._send(frame, "I", 2.0 * frames.ramp_time(furthest) + MARGIN, goals)

    def _within_reach(self, goals: Goals) -> Goals:
        if self.taken is None:
            return goals
        most = frames.FURTHEST
        return tuple(start + min(max(goal - start, -most), most) for goal, start in zip(goals, self.taken, strict=True))

    def _ask(self) -> None:
        voltage, self._voltage_next = self._voltage_next, self.asks_voltage and not self._voltage_next
        if voltage:
            self._send(frames.VOLTAGE, "P", 2.0 * MARGIN, None)
        else:
            self._talk.commanded = None
            self._send(frames.JOINTS, "j", 2.0 * MARGIN, None)

    def _send(self, request: bytes, token: str, time_left: float, goals: Goals | None) -> None:
        self._talk.port.write(request)
        self._sent = _Sent(token, time.monotonic() + time_left, goals)
