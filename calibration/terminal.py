"""The dialogue on a terminal: single keys, and a table that is drawn over itself."""

from __future__ import annotations

import os
import select
import shutil
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from calibration.talk import ENTER, Talk
from hebb_controller.errors import BadInputError


@contextmanager
def terminal_talk() -> Iterator[Talk]:
    """Take keys from standard input for as long as the block runs.

    A terminal gives keys as they are pressed, and is put back afterwards whatever happens. Anything else, such as a
    pipe, gives one key per character, and nothing is drawn live.
    """
    handle = sys.stdin.fileno()
    screen = _Screen(sys.stdout.isatty())
    talk = Talk(lambda timeout: _key(handle, timeout), screen.tell, screen.live)
    if not os.isatty(handle):
        yield talk
        return
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle)
        yield talk
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)


def _key(handle: int, timeout: float) -> str:
    ready, _, _ = select.select([handle], [], [], timeout)
    if not ready:
        return ""
    data = os.read(handle, 1)
    if not data:
        raise BadInputError("the input has ended: `hebb calibrate` needs somebody at the keyboard; it can be resumed")
    key = data.decode("latin-1")
    return ENTER if key == "\r" else key


class _Screen:
    """Remembers how many lines of the live table stand above the cursor."""

    def __init__(self, draws: bool) -> None:
        self._draws, self._nb_lines = draws, 0

    def tell(self, text: str) -> None:
        """Print a line in place of the live table."""
        self._wipe()
        print(text, flush=True)

    def live(self, lines: Sequence[str]) -> None:
        """Draw the table over the one before."""
        if not self._draws:
            return
        width = shutil.get_terminal_size().columns
        self._wipe()
        print("\n".join(line[: width - 1] for line in lines), flush=True)
        self._nb_lines = len(lines)

    def _wipe(self) -> None:
        if self._nb_lines:
            print(f"\x1b[{self._nb_lines}F\x1b[J", end="")
            self._nb_lines = 0
