"""The headlines once more, in a text that quotes them between two marks: the README."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hebb_controller.rulebook import write_atomically

BEGIN, END = "<!-- results -->\n", "<!-- /results -->"


def quotes(text: Path) -> bool:
    """Return True for a text that has the two marks, in order."""
    if not text.is_file():
        return False
    _, begin, rest = text.read_text(encoding="utf-8").partition(BEGIN)
    return bool(begin) and END in rest


def quote(text: Path, lines: Sequence[str]) -> Path:
    """Write lines between the marks of a text that has them, in the place of what was there, and return its path."""
    before, begin, rest = text.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return write_atomically(text, "".join([before, begin, *(f"{line}\n" for line in lines), END, after]).encode())
