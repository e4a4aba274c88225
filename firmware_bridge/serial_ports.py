"""The serial ports of this machine: what they are, what they are called for good, and who else has them open."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_bridge.serial_port import latency_timer, stable_name
from hebb_controller.errors import MissingExtraError

#: Ports with this prefix are pseudo-terminals: an emulated board hangs there, and has both ends open itself.
_PSEUDO = "/dev/pts/"


@dataclass(frozen=True)
class PortInfo:
    """One serial port.

    Attributes:
        path: the name that outlasts a pulled cable, or the device's where the system has none.
        device: such as `/dev/ttyUSB0`.
        adapter: what the adapter calls itself; empty if it says nothing.
        usb: whether it is a USB adapter, which can be asked unbidden; a soldered port may be anything.
        latency_timer: of an FTDI adapter, in [ms]; None where there is none.
        users: other programs that have it open, such as `python3 (pid 4711)`, as far as we may see.
    """

    path: str
    device: str
    adapter: str
    usb: bool
    latency_timer: int | None
    users: tuple[str, ...]


def list_ports() -> list[PortInfo]:
    """Return all serial ports, by device name.

    Raises:
        MissingExtraError: pyserial is not there.
    """
    return [describe_port(entry.device) for entry in sorted(_entries(), key=lambda entry: str(entry.device))]


def describe_port(path: str) -> PortInfo:
    """Return what is known of one port, listed or not.

    Raises:
        MissingExtraError: pyserial is not there.
    """
    device = os.path.realpath(path)
    entry = next((entry for entry in _entries() if os.path.realpath(entry.device) == device), None)
    names = [] if entry is None else [entry.manufacturer, entry.product]
    adapter = " ".join(name for name in names if name)
    if entry is not None and entry.vid is not None:
        adapter = f"{adapter} {entry.vid:04x}:{entry.pid:04x}".strip()
    if device.startswith(_PSEUDO):
        adapter = "a pseudo-terminal"
    return PortInfo(
        path=stable_name(path) if path == device else path,
        device=device,
        adapter=adapter,
        usb=entry is not None and entry.vid is not None,
        latency_timer=latency_timer(device),
        users=users_of(device),
    )


def users_of(device: str, processes: Path = Path("/proc")) -> tuple[str, ...]:
    """Return the other programs that have a device open; of other users' programs nothing is seen.

    A lock would not tell: pyserial takes one, a terminal program or an SDK does not.
    """
    if device.startswith(_PSEUDO) or not processes.is_dir():
        return ()
    found = []
    for process in sorted(processes.iterdir()):
        if not process.name.isdecimal() or int(process.name) == os.getpid():
            continue
        try:
            handles = list((process / "fd").iterdir())
            if any(_target(handle) == device for handle in handles):
                found.append(f"{(process / 'comm').read_text().strip()} (pid {process.name})")
        except OSError:  # it has ended meanwhile, or is not ours to look into
            continue
    return tuple(found)


def _target(handle: Path) -> str:
    try:
        return os.readlink(handle)
    except OSError:
        return ""


def _entries() -> list[Any]:
    try:
        from serial.tools.list_ports import comports
    except ImportError as error:
        raise MissingExtraError("pyserial", "robot") from error
    return list(comports())
