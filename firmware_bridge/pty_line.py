"""A pseudo-terminal that stands for a serial line: what an emulated board hangs on."""

from __future__ import annotations

import contextlib
import os
import termios
import tty


class PtyLine:
    """The board's end of a line. The other end is `name`, which a client opens like any serial port.

    A pty carries bytes whatever rate is set, so the emulator has to look whether the client set the right one.

    Attributes:
        name: such as `/dev/pts/3`.
    """

    def __init__(self) -> None:
        # Our own handle on the client's side stays open: without one a client that leaves would hang us up.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)

    def fileno(self) -> int:
        """Return the handle to wait on."""
        return self._master

    def rate_is(self, baud: int) -> bool:
        """Return whether the client set this rate."""
        code = getattr(termios, f"B{baud}", None)
        return bool(code is not None and termios.tcgetattr(self._slave)[5] == code)

    def read(self) -> bytes:
        """Return what has arrived."""
        try:
            return os.read(self._master, 4096)
        except (BlockingIOError, OSError):
            return b""

    def write(self, data: bytes) -> None:
        """Send; what a client that does not read leaves no room for is lost, as on a wire."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def close(self) -> None:
        """Hang up: clients get an input/output error, as when a cable is pulled. Safe to call twice."""
        for handle in (self._master, self._slave):
            if handle >= 0:
                os.close(handle)
        self._master = self._slave = -1
