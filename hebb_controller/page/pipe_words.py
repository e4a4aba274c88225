"""What the page's process says of itself through the pipe, beside commands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """The page answers.

    Attributes:
        port: that it listens on.
    """

    port: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The page has ended, or could not begin.

    Attributes:
        why: one line.
    """

    why: str
