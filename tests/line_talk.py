"""How the tests of lines talk to one: as an owner does, at 50 Hz."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from firmware_bridge.board_line import BoardLine


def keep_sending(line: BoardLine, goals: Sequence[int], until: Callable[[], object], patience: float = 5.0) -> bool:
    """Be an owner at 50 Hz until something is true; return whether it became true."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        line.put_goals(goals)
        line.feedback()
        if until():
            return True
        time.sleep(0.02)
    return False


def positions(line: BoardLine) -> list[float | None]:
    """Return what a line tells of its joints, in counts."""
    return [None if r.values is None else r.values["position"] for r in line.feedback()]
