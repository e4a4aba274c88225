"""The one transport: a serial port, read against deadlines."""

from __future__ import annotations

import contextlib
import os
import select
import time
from pathlib import Path

from firmware_bridge.errors import LinkError
from hebb_controller.errors import BadInputError, MissingExtraError

#: FTDI adapters gather input for this long before they hand it on; 16 by default, which is one read per 16 ms.
WORST_LATENCY_TIMER_MS = 2
#: A port whose buffer stays full for so long takes nothing any more, in [s].
WRITE_TIMEOUT = 0.05
#: Reads of up to 4096 bytes.
_MOST_DISCARDED = 16


class SerialPort:
    """An open serial port, ours alone.

    Args:
        path: such as `/dev/serial/by-id/usb-...`: a name that stays the same when the cable is pulled and put back.
        baud: in [bit/s].

    Raises:
        BadInputError: an impossible path or rate.
        LinkError: there is no such port, or another program has it.
    """

    def __init__(self, path: str, baud: int) -> None:
        try:
            import serial
        except ImportError as error:
            raise MissingExtraError("pyserial", "robot") from error
        if not path or "\0" in path:
            raise BadInputError("no serial port given: `hebb board find` lists them")
        self.path, self.baud = path, baud
        self._gone = (OSError, serial.SerialException, TypeError)
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=WRITE_TIMEOUT, exclusive=True)
        except (*self._gone, ValueError) as error:
            raise LinkError(f"port {path}: {_reason(error)}") from error

    def now(self) -> float:
        """Return the time on the monotonic clock, which all deadlines are told on, in [s]."""
        return time.monotonic()

    def write(self, data: bytes) -> None:
        """Send.

        Raises:
            LinkError: the port is gone or takes nothing more.
        """
        # Not pyserial's own write: that calls it a timeout when it was merely slow to be given time by the system.
        left, deadline = memoryview(data), time.monotonic() + WRITE_TIMEOUT
        try:
            handle = self._serial.fileno()
            while True:
                with contextlib.suppress(BlockingIOError):
                    left = left[os.write(handle, left) :]
                if not left:
                    return
                _, ready, _ = select.select([], [handle], [], max(deadline - time.monotonic(), 0.0))
                if not ready:
                    raise LinkError(f"port {self.path}: takes nothing more")
        except LinkError:
            raise
        except (*self._gone, ValueError) as error:
            raise LinkError(f"port {self.path}: {_reason(error)}") from error

    def read(self, deadline: float) -> bytes:
        """Return what has come, waiting for the first byte until `deadline` on the monotonic clock [s].

        Raises:
            LinkError: the port is gone.
        """
        try:
            wait = max(deadline - time.monotonic(), 0.0)
            handle = self._serial.fileno()
            ready, _, _ = select.select([handle], [], [], wait)
            # Straight from the handle, which pyserial has made non-blocking: its own read would wait a second time.
            data = os.read(handle, 4096) if ready else b""
        except BlockingIOError:
            return b""
        except (*self._gone, ValueError) as error:
            raise LinkError(f"port {self.path}: {_reason(error)}") from error
        if ready and not data:
            raise LinkError(f"port {self.path}: hung up")
        return data

    def wait(self, until: float) -> None:
        """Let time pass until `until` on the monotonic clock [s], while input gathers."""
        time.sleep(max(until - time.monotonic(), 0.0))

    def discard(self) -> int:
        """Throw away what has come unasked, and return how many bytes that was.

        Raises:
            LinkError: the port is gone.
        """
        nb = 0
        for _ in range(_MOST_DISCARDED):  # a line that never falls silent must not hold us here
            data = self.read(0.0)
            if not data:
                break
            nb += len(data)
        return nb

    def close(self) -> None:
        """Let go of the port; safe to call twice."""
        self._serial.close()


def stable_name(path: str, links: Path = Path("/dev/serial/by-id")) -> str:
    """Return the name that outlasts a pulled cable, or `path` where the system has none."""
    if links.is_dir():
        for link in sorted(links.iterdir()):
            if link.resolve() == Path(path).resolve():
                return str(link)
    return path


def latency_timer(path: str, system: Path = Path("/sys/bus/usb-serial/devices")) -> int | None:
    """Return the adapter's latency timer in [ms], or None where it has none."""
    setting = system / Path(path).resolve().name / "latency_timer"
    try:
        return int(setting.read_text())
    except (OSError, ValueError):
        return None


def _reason(error: BaseException) -> str:
    text = str(error)
    if "exclusive" in text or "lock" in text:
        return "another program has it open"
    return getattr(error, "strerror", None) or text or "it is gone"
