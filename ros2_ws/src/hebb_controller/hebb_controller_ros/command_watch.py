"""The plant's own guard: what the body does when commands stop coming. It runs on the steady clock."""

from __future__ import annotations

from dataclasses import dataclass

from hebb_controller.errors import BadInputError
from hebb_controller.safety import Mode


@dataclass(frozen=True)
class CommandWatch:
    """Ages of the last command and what they mean.

    Attributes:
        hold_after: in [s].
        limp_after: in [s].
    """

    hold_after: float
    limp_after: float

    def __post_init__(self) -> None:
        """Refuse a limp that comes before the hold.

        Raises:
            BadInputError: with both times.
        """
        if self.limp_after <= self.hold_after:
            raise BadInputError(
                f"limp_timeout {self.limp_after:g} s: must be above command_timeout {self.hold_after:g} s"
            )

    def mode(self, age: float | None) -> tuple[Mode, str]:
        """Return the mode for a command of `age` seconds and why; an age of None is no command yet."""
        if age is None:
            return Mode.HOLD, "no command yet"
        if age > self.limp_after:
            return Mode.LIMP, f"no command for more than {self.limp_after:g} s"
        if age > self.hold_after:
            return Mode.HOLD, f"no command for more than {self.hold_after:g} s"
        return Mode.NOMINAL, ""
