"""What is on a serial port: every protocol is tried at its usual rates, with questions that change nothing.

Text boards come first: to them a servo's frame at another rate is rubbish, of which a byte may look like a command.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from firmware_bridge.board_probes import OPENCAT_RATES, TALKERS_RATES, ask_opencat, ask_own_board, listen
from firmware_bridge.bus_scan import scan
from firmware_bridge.errors import LinkError
from firmware_bridge.found_board import FoundBoard, FoundServo
from firmware_bridge.frames import MAX_ID
from firmware_bridge.serial_port import WORST_LATENCY_TIMER_MS, SerialPort
from firmware_bridge.serial_ports import PortInfo, describe_port
from firmware_bridge.servo_tables import TABLES
from hebb_controller.errors import BadInputError, unknown

Tell = Callable[[str], None]

#: Rates that each bus is tried at, the likeliest first: what the robot files use, what servos leave the factory with.
RATES = {
    "sts": (1_000_000, 500_000, 250_000, 128_000, 115_200, 76_800, 57_600, 38_400),
    "dxl1": (1_000_000, 57_600, 115_200, 2_000_000, 3_000_000, 4_000_000),
    "dxl2": (57_600, 1_000_000, 115_200, 2_000_000, 3_000_000, 4_000_000),
}
PROTOCOLS = ("imu", "realant", "opencat", "hebb", "sts", "dxl1", "dxl2")


@dataclass(frozen=True)
class PortFinding:
    """One port and what is on it.

    Attributes:
        port: the port.
        boards: what answered.
        notes: what stood in the way, or is worth a word.
    """

    port: PortInfo
    boards: tuple[FoundBoard, ...]
    notes: tuple[str, ...]


def check_search(protocol: str, highest: int) -> None:
    """Refuse what cannot be searched for, whether or not a port is there.

    Raises:
        BadInputError: unknown protocol, or an id that no servo has.
    """
    if protocol and protocol not in PROTOCOLS:
        raise unknown("protocol", protocol, PROTOCOLS)
    if not 0 <= highest <= MAX_ID:
        raise BadInputError(f"highest id {highest}: must lie within 0 and {MAX_ID}")


def find_boards(
    path: str, protocol: str = "", all_bauds: bool = False, highest: int = MAX_ID, tell: Tell = lambda _: None
) -> PortFinding:
    """Ask a port who is there; the first that answers ends the search.

    Args:
        path: the port.
        protocol: only this one; empty: all.
        all_bauds: go on to the end, and ask every id at every rate: servos scattered over rates are all found.
        highest: last id that is asked.
        tell: shows progress.

    Raises:
        BadInputError: unknown protocol, or an id that no servo has.
        MissingExtraError: pyserial is not there.
    """
    check_search(protocol, highest)
    info = describe_port(path)
    search = _Search(info.path, (protocol,) if protocol else PROTOCOLS, all_bauds, highest, tell)
    boards = []
    try:
        SerialPort(info.path, TABLES["sts"].dialect.baud).close()  # the reason why not is told once, not per rate
        for board in search.findings():
            boards.append(board)
            if not all_bauds:
                break
    except LinkError as error:
        search.notes.append(str(error).removeprefix(f"port {info.path}: "))
    if info.latency_timer is not None and info.latency_timer > WORST_LATENCY_TIMER_MS:
        search.notes.append(f"latency timer {info.latency_timer} ms: set it to 1, every read waits for it")
    if info.users:
        search.notes.append(f"open in {', '.join(info.users)} as well: answers may go there")
    return PortFinding(info, tuple(boards), tuple(dict.fromkeys(search.notes)))


class _Search:
    """One search on one port.

    Args:
        path: the port.
        protocols: which ones.
        thorough: ask every id at every rate.
        highest: last id that is asked.
        tell: shows progress.

    Attributes:
        notes: what stood in the way.
    """

    def __init__(self, path: str, protocols: Sequence[str], thorough: bool, highest: int, tell: Tell) -> None:
        self._path, self._protocols, self._thorough, self._tell = path, protocols, thorough, tell
        self._highest = highest
        self.notes: list[str] = []

    def findings(self) -> Iterator[FoundBoard]:
        """Yield what answers, in the order of the search."""
        chatty = False
        for baud in TALKERS_RATES if {"imu", "realant", "opencat"} & set(self._protocols) else ():
            self._tell(f"listening at {baud} baud")
            talker, nb_unasked = listen(self._path, baud)
            chatty |= nb_unasked > 0 and talker is None and baud == TALKERS_RATES[0]
            if talker is not None and talker.protocol in self._protocols:
                yield talker
        patient = chatty or self._protocols == ("opencat",)
        for baud in OPENCAT_RATES if "opencat" in self._protocols else ():
            self._tell(f"opencat at {baud} baud")
            board = ask_opencat(self._path, baud, patient and baud == OPENCAT_RATES[0])
            if board is not None:
                yield board
        if "hebb" in self._protocols:
            self._tell("hebb")
            own = ask_own_board(self._path)
            if own is not None:
                yield own
        if chatty:
            self.notes.append(f"something talks without being asked at {TALKERS_RATES[0]} baud")
        narrow = tuple(p for p in ("sts", "dxl1") if p in self._protocols)
        yield from self._buses(narrow)
        yield from self._buses(("dxl2",) if "dxl2" in self._protocols else ())

    def _buses(self, protocols: Sequence[str]) -> Iterator[FoundBoard]:
        rates = dict.fromkeys(rate for protocol in protocols for rate in RATES[protocol])
        usual = {TABLES[protocol].dialect.baud for protocol in protocols}
        for baud in rates:
            asking = f"{' and '.join(protocols)} at {baud} baud"
            self._tell(asking)
            try:
                port = SerialPort(self._path, baud)
            except LinkError:
                self.notes.append(f"the adapter does not take {baud} baud")
                continue
            try:
                every = self._thorough or (baud in usual and "dxl2" not in protocols)
                found = scan(port, protocols, every, self._highest, functools.partial(self._tell_more, asking))
            finally:
                port.close()
            if found.noisy:
                self.notes.append(f"rubbish at {baud} baud: another rate or protocol, or no common ground?")
            for protocol, servos in found.servos.items():
                yield FoundBoard(protocol, baud, _names(servos), tuple(servos), found.clashes)
            if found.clashes and not found.servos:
                yield FoundBoard(protocols[0], baud, "garbled answers", (), found.clashes)

    def _tell_more(self, asking: str, text: str) -> None:
        self._tell(f"{asking}, {text}")


def _names(servos: Sequence[FoundServo]) -> str:
    counts: dict[str, int] = {}
    for servo in servos:
        counts[servo.name] = counts.get(servo.name, 0) + 1
    return ", ".join(f"{count} x {name}" for name, count in counts.items())
