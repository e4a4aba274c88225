"""A pseudo-terminal that stands for a serial line: what an emulated board hangs on."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import tty

# Linux' struct termios2 and the request that reads it: clients may set a rate that has no termios code of its own, and
# then only this tells it (asm-generic/termbits.h; x86 and arm).
_TERMIOS2 = struct.Struct("4I20s2I")
_TCGETS2 = 0x802C542A


class PtyLine:
    """The board's end of a line. The other end is `name`, which a client opens like any serial port.

    A pty carries bytes whatever rate is set, so the emulator has to look whether the client set the right one.

    Attributes:
        name: such as `/dev/pts/3`.
    """

    def __init__(self) -> None:
        self._open()

    def _open(self) -> None:
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
        settings = fcntl.ioctl(self._slave, _TCGETS2, bytes(_TERMIOS2.size))
        return int(_TERMIOS2.unpack(settings)[-1]) == baud

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

    def replug(self) -> str:
        """Hang up and come back under another name, which is returned."""
        old = (self._master, self._slave)
        self._open()  # before the old one goes, or it would get the same name again
        for handle in old:
            os.close(handle)
        return self.name

    def close(self) -> None:
        """Hang up: clients get an input/output error, as when a cable is pulled. Safe to call twice."""
        for handle in (self._master, self._slave):
            if handle >= 0:
                os.close(handle)
        self._master = self._slave = -1
