"""What the dialogue needs of a person: keys, lines of text, a table that is drawn over itself.

Injected, so that a terminal, a test or a program can be on the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ENTER = "\n"


@dataclass(frozen=True)
class Talk:
    """The person at the robot.

    Attributes:
        key: return the next key that was pressed, waiting at most so many seconds; empty if there was none.
        tell: show a line that stays.
        live: show lines in place of those that were shown live before.
    """

    key: Callable[[float], str]
    tell: Callable[[str], None]
    live: Callable[[Sequence[str]], None]


def wait_for(talk: Talk, keys: str, meanwhile: Callable[[], None], pause: float = 0.03) -> str:
    """Return the first key among `keys` that is pressed.

    Args:
        talk: the person.
        keys: which keys count; others are ignored.
        meanwhile: called about every `pause` seconds.
        pause: in [s].
    """
    while True:
        key = talk.key(pause)
        if key and key in keys:
            return key
        meanwhile()
