"""Torque on one line for as long as a block runs, with somebody who switches it off should this process die."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from firmware_bridge.board_line import BoardLine
from firmware_bridge.errors import LinkError
from firmware_bridge.supervisor import Supervisor
from hebb_controller.errors import RunFailedError

#: Starts the process that switches torque off if this one dies.
Guard = Callable[[BoardLine], Supervisor]
#: Between beats while the line is busy, in [s]: well below the supervisor's patience.
_BEAT = 0.04
#: So often torque is switched off until what does not confirm is believed.
_TRIES = 3


def let_go(line: BoardLine) -> list[int]:
    """Switch torque off, and return the ids that do not confirm however often they are told."""
    failed = line.power_off()
    for _ in range(_TRIES - 1):
        if failed:
            time.sleep(0.05)
            failed = line.power_off()
    return failed


class Powered:
    """Torque is on while the block runs, and off after it whatever happened in it.

    Args:
        line: the servos, greeted.
        ticks: their pose as it is, in counts.
        guard: see `Guard`; None, or a board that guards itself: nobody.

    Raises:
        LinkError: torque does not come on, or is not confirmed to be off.
    """

    def __init__(self, line: BoardLine, ticks: Sequence[int], guard: Guard | None) -> None:
        self.line, self._ticks = line, ticks
        self._guard = None if line.guards_itself else guard
        self._supervisor: Supervisor | None = None

    def __enter__(self) -> Powered:
        if self._guard is not None:
            self._supervisor = self._guard(self.line)
        try:
            with self._beating():
                self.line.power_on(self._ticks)
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failed = self._let_go()
        if failed and error is None:
            names = ", ".join(map(str, failed))
            raise LinkError(
                f"port {self.line.path}: servo {names} does not confirm that its torque is off: cut its power"
            )

    def beat(self) -> None:
        """Tell the supervisor that we live.

        Raises:
            RunFailedError: it is gone, or has switched torque off because we were silent for too long.
        """
        if self._supervisor is not None and not self._supervisor.beat():
            raise RunFailedError("the supervisor has switched torque off: this program stood still for too long")

    def _let_go(self) -> list[int]:
        with self._beating():
            failed = let_go(self.line)
        if self._supervisor is not None:
            if failed:
                self._supervisor.let_act()
            else:
                self._supervisor.dismiss()
            self._supervisor = None
        return failed

    @contextmanager
    def _beating(self) -> Iterator[None]:
        """Keep the supervisor patient while the line is busy: some boards take seconds to stand up or to lie down."""
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
