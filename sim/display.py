"""Whether a simulator's window could open: PyBullet ends the whole process when it cannot."""

from __future__ import annotations

import os
import re
import socket
import sys


def display_reachable() -> bool:
    """Return True if there is a display that answers; on macOS, where no X server is needed, always."""
    if sys.platform == "darwin":
        return True
    match = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", os.environ.get("DISPLAY", ""))
    if match is None:
        return False
    host, number = match["host"], int(match["number"])
    try:
        if host in ("", "unix"):
            return _answers(socket.AF_UNIX, f"/tmp/.X11-unix/X{number}")
        return _answers(socket.AF_INET, (host, 6000 + number))
    except OSError:
        return False


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        probe.connect(address)
    return True
