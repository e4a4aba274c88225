"""Torque on one line for as long as a block runs, with somebody who switches it off should this process die."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from firmware_bridge.board_line import BoardLine
from firmware_bridge.errors import LinkError
from firmware_bridge.torque_guard import PATIENT, Guard, TorqueGuard, unconfirmed_text
from hebb_controller.errors import RunFailedError


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
        self._torque = TorqueGuard(guard)

    def __enter__(self) -> Powered:
        self._torque.begin(self.line)
        try:
            with self._torque.beating():
                self.line.power_on(self._ticks)
        except BaseException as error:
            self._let_go(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go(error)

    def beat(self) -> None:
        """Tell the supervisor that we live.

        Raises:
            RunFailedError: it is gone, or has switched torque off because we were silent for too long.
        """
        if not self._torque.beat():
            raise RunFailedError("the supervisor has switched torque off: this program stood still for too long")

    def _let_go(self, error: BaseException | None) -> None:
        failed = self._torque.let_go(self.line, PATIENT)
        if failed and (error is None or isinstance(error, RunFailedError)):
            why = "" if error is None else f"{error}; "
            raise LinkError(f"{why}port {self.line.path}: {unconfirmed_text(failed)}") from error
