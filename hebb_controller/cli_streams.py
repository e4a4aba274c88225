"""Standard output and error as a verb finds them: closed, read by somebody who leaves, or unable to show a letter.

None of that may end work that is under way: what nobody reads is dropped, what cannot be shown becomes a question mark.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO


class ReaderLeftError(BrokenPipeError):
    """Raised in a verb that ends when nobody reads it any more."""


def steady_streams() -> None:
    """Put streams in the place of standard output and error that outlive their readers."""
    sys.stdout = _steady(sys.stdout, 1, "replace")
    sys.stderr = _steady(sys.stderr, 2, "backslashreplace")


def end_with_reader() -> None:
    """Have `ReaderLeftError` end a verb that only shows things, without an end of its own."""
    for stream in (sys.stdout, sys.stderr):
        file = getattr(getattr(stream, "buffer", None), "raw", None)
        if isinstance(file, _Outliving):
            file.goes_on = False


def _steady(stream: TextIO | None, descriptor: int, errors: str) -> TextIO:
    if stream is None:  # closed by the shell; the next file that is opened would take its place
        _into_nothing(descriptor)
    else:
        stream.flush()
    encoding = "utf-8" if stream is None else stream.encoding
    at_once = descriptor == 2 or (
        stream is not None
        and (bool(getattr(stream, "line_buffering", False)) or bool(getattr(stream, "write_through", False)))
    )
    raw = io.BufferedWriter(_Outliving(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding=encoding, errors=errors, line_buffering=at_once)


class _Outliving(io.FileIO):
    """A file that goes on into nothing when its reader has left, as `head` does."""

    goes_on = True

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            _into_nothing(self.fileno())
            if not isinstance(error, BrokenPipeError):  # a full disk is a failure, told once
                raise
            if not self.goes_on:
                raise ReaderLeftError(*error.args) from error
            return super().write(data)


def _into_nothing(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
