"""What is on a port that is no servo bus: what talks by itself, and boards that are asked their name.

Questions only: a board's reflexes stay as they are, and nothing moves.
"""

from __future__ import annotations

import time

from firmware_bridge import hebb_frames, realant_text, wit_imu
from firmware_bridge.found_board import FoundBoard
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_messages import unpack_identity
from firmware_bridge.opencat_frames import QUERY
from firmware_bridge.opencat_replies import firmware_of
from firmware_bridge.opencat_talk import OpenCatTalk
from firmware_bridge.serial_port import SerialPort

#: WitMotion's factory rate comes second: the bridge wants 115200.
TALKERS_RATES = (wit_imu.BAUD, 9600)
#: An early NyBoard firmware runs at half the rate.
OPENCAT_RATES = (115_200, 57_600)
#: An IMU at its slowest useful setting speaks three times in this time, in [s].
_LISTENING = 0.3
#: A board that starts because the port was opened says so at once, and is ready after this long, in [s].
_STARTING = 8.0
_ANSWERING = 0.6
_OWN_BOARD_ANSWERS = 0.3
_ENOUGH = 3


def listen(path: str, baud: int) -> tuple[FoundBoard | None, int]:
    """Listen, without a word, and return what talks by itself, if we know it, and how many bytes came unasked.

    Raises:
        LinkError: the port cannot be opened, or is gone.
    """
    port = SerialPort(path, baud)
    try:
        imu, realant = wit_imu.WitParser(), realant_text.ReportParser()
        nb_bytes = nb_frames = nb_lines = 0
        deadline = port.now() + _LISTENING
        while port.now() < deadline:
            data = port.read(deadline)
            nb_bytes += len(data)
            nb_frames += len(imu.feed(data))
            nb_lines += sum(isinstance(report, realant_text.Measured) for report in realant.feed(data))
    finally:
        port.close()
    if nb_frames >= _ENOUGH:
        what = f"a WitMotion IMU, {nb_frames / _LISTENING:.0f} frames/s"
        if baud != wit_imu.BAUD:
            what += f": set it to {wit_imu.BAUD} baud"
        return FoundBoard("imu", baud, what), nb_bytes
    if nb_lines >= _ENOUGH and baud == realant_text.BAUD:
        what = f"RealAnt's board, {realant_text.NB_SERVOS} servos, {nb_lines / _LISTENING:.0f} readings/s"
        return FoundBoard("realant", baud, what), nb_bytes
    return None, nb_bytes


def ask_opencat(path: str, baud: int, starting: bool) -> FoundBoard | None:
    """Ask for the name of an OpenCat board.

    Args:
        path: the port.
        baud: its rate, in [bit/s].
        starting: bytes came when the port was opened, as from a board that starts anew: wait until it is ready.

    Raises:
        LinkError: the port cannot be opened, or is gone.
    """
    port = SerialPort(path, baud)
    try:
        talk = OpenCatTalk(port)
        deadline = time.monotonic() + (_STARTING if starting else _ANSWERING)
        while time.monotonic() < deadline:
            talk.ask(QUERY, "?", _ANSWERING / 2.0)
            for before, text in zip(["", *talk.remarks], talk.remarks, strict=False):
                firmware = firmware_of(text)
                if firmware is not None:
                    kind = {"B": "BiBoard", "N": "NyBoard"}.get(firmware[0], firmware[0])
                    return FoundBoard("opencat", baud, f"{before or 'OpenCat'}, {kind}, firmware {firmware[1]:06d}")
    finally:
        port.close()
    return None


def ask_own_board(path: str) -> FoundBoard | None:
    """Ask our own servo board who it is.

    Raises:
        LinkError: the port cannot be opened, or is gone.
    """
    port = SerialPort(path, hebb_frames.BAUD)
    try:
        parser = hebb_frames.reply_parser()
        port.write(hebb_frames.encode(Kind.IDENTIFY, 1))
        deadline = port.now() + _OWN_BOARD_ANSWERS
        while data := port.read(deadline):
            for frame in parser.feed(data):
                if frame.code == Kind.IDENTIFY | REPLY:
                    board = unpack_identity(hebb_frames.split(frame)[1])
                    what = f"Hebb servo board, {board.nb_channels} channels, firmware {board.major}.{board.minor}"
                    return FoundBoard("hebb", hebb_frames.BAUD, what)
    finally:
        port.close()
    return None
