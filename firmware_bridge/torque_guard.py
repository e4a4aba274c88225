"""Torque off until every servo has confirmed it, and the process that sees to it should this one die first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from firmware_bridge.board_line import BoardLine
from firmware_bridge.supervisor import Supervisor

#: Starts the process that switches torque off if this one dies.
Guard = Callable[[BoardLine], Supervisor]
#: Between beats while the line is busy, in [s]: well below the supervisor's patience.
_BEAT = 0.04
#: Pauses before servos that did not confirm are told again, in [s]; the last one repeats. A servo that is gone for good
#: costs its patience every time, and others want the line meanwhile.
PAUSES = (0.05, 0.1, 0.25, 0.5, 1.0)
#: So often torque is switched off, by those who can wait, until what does not confirm is believed.
PATIENT = 3


def unconfirmed_text(ids: Sequence[int]) -> str:
    """Return what to tell an operator of servos that did not confirm."""
    return f"torque off not confirmed by servo {', '.join(map(str, ids))}: cut the supply"


def let_go(line: BoardLine, nb_tries: int = PATIENT) -> list[int]:
    """Switch torque off, and return the ids that do not confirm however often they are told."""
    failed = line.power_off()
    for pause in PAUSES[: nb_tries - 1]:
        if failed:
            time.sleep(pause)
            failed = line.power_off()
    return failed


class TorqueGuard:
    """Sees to it that torque goes off, and remembers who has not confirmed that it has.

    Args:
        start: starts the process that acts if this one dies; None: nobody.

    Attributes:
        unconfirmed: servos that may still drive although they were told to let go.
    """

    def __init__(self, start: Guard | None) -> None:
        self._start = start
        self._supervisor: Supervisor | None = None
        self.unconfirmed: list[int] = []
        self._nb_failed, self._again_at = 0, 0.0

    def begin(self, line: BoardLine) -> None:
        """Start the process, unless the board guards itself: it has to be there before torque is."""
        if self._start is not None and not line.guards_itself:
            self._supervisor = self._start(line)

    def beat(self) -> bool:
        """Tell the process that we live; return False if it is gone or has acted."""
        return self._supervisor is None or self._supervisor.beat()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Keep it patient while the line is busy: some boards take seconds to stand up or to lie down."""
        supervisor, done = self._supervisor, threading.Event()
        if supervisor is None:
            yield
            return

        def work() -> None:
            while not done.wait(_BEAT):
                supervisor.beat()

        thread = threading.Thread(target=work, name="beats")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def let_go(self, line: BoardLine, nb_tries: int = 1) -> list[int]:
        """Switch torque off and return the ids that did not confirm; then the process acts, or is sent home.

        Args:
            line: the servos.
            nb_tries: how often, by a caller who can wait; `due` says when to call again.
        """
        began = time.monotonic()
        with self.beating():
            self.unconfirmed = let_go(line, nb_tries)
        now = time.monotonic()
        self._nb_failed = self._nb_failed + 1 if self.unconfirmed else 0
        # A silent OpenCat board takes seconds to fail: two thirds of the time are for those who read.
        self._again_at = now + max(PAUSES[min(self._nb_failed, len(PAUSES)) - 1], 2.0 * (now - began))
        if self._supervisor is not None:
            if self.unconfirmed:  # through a port of its own: our handle may be what is wrong
                self._supervisor.let_act()
            else:
                self._supervisor.dismiss()
            self._supervisor = None
        return list(self.unconfirmed)

    def found(self, ids: Sequence[int]) -> None:
        """Take note of servos that drive although nobody here told them to: they are to be told to let go."""
        self.unconfirmed = list(ids)

    def hand_over(self, ids: Sequence[int]) -> None:
        """Our handle of the port is broken, the port may not be: have the process switch torque off.

        Args:
            ids: servos that drive, and that nobody has told to let go if the process could not either.
        """
        acted = False
        if self._supervisor is not None:
            acted = self._supervisor.let_act()
            self._supervisor = None
        self.unconfirmed = [] if acted else list(ids)

    @property
    def due(self) -> bool:
        """True when servos that did not confirm are to be told again."""
        return bool(self.unconfirmed) and time.monotonic() >= self._again_at
