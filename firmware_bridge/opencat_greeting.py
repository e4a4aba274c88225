"""Who an OpenCat board is, and the peace of mind that it will not move by itself."""

from __future__ import annotations

import time
from collections.abc import Sequence

from firmware_bridge import opencat_frames as frames
from firmware_bridge.board_line import Handshake
from firmware_bridge.errors import LinkError
from firmware_bridge.opencat_replies import firmware_of
from firmware_bridge.opencat_talk import OpenCatTalk

#: A board that starts because the port was opened (BiBoard V0: its USB chip resets it) takes a few seconds.
PATIENCE = 8.0
_ANSWER_TIME = 0.3
#: Of a table, and of anything that waits for the board to finish a pose.
LONG_ANSWER_TIME = 1.0
#: What belongs to one answer comes within this, in [s]: a line takes 0.3 ms at 115200 baud.
_SECOND_WORD = 0.05
_TRIES = 3


def greet(talk: OpenCatTalk, ids: Sequence[int], patience: float) -> tuple[Handshake, bool]:
    """Ask who is there, switch off what moves by itself, and have the IMU told.

    Args:
        talk: with the board.
        ids: its joints that the robot has.
        patience: how long a board may take to answer at all, in [s].

    Returns:
        What it told, and whether it is a NyBoard.

    Raises:
        LinkError: nobody answers, or somebody else; all that is wrong, in one line.
    """
    path = talk.port.path
    impossible = [i for i in ids if not 0 <= i < frames.NB_JOINTS]
    if impossible or len(set(ids)) != len(ids):
        raise LinkError(f"port {path}: joints {list(ids)}: an OpenCat board has 0 to {frames.NB_JOINTS - 1}, each once")
    model, board, date = _who(talk, patience)
    is_nyboard = board == "N"
    problems = _calm(talk, is_nyboard)
    if all(talk.ask_pose(LONG_ANSWER_TIME) is None for _ in range(_TRIES)):
        problems.append("does not tell its joints")
    if problems:
        raise LinkError(f"port {path}: {model} ({board}_{date:06d}): {'; '.join(problems)}")
    warnings = [] if is_nyboard else _instruments(talk)
    if is_nyboard:
        warnings.append("a NyBoard tells neither battery nor attitude over the line: fit an IMU of its own")
    return Handshake(model, dict.fromkeys(ids, date), warnings=tuple(warnings)), is_nyboard


def balance_off(talk: OpenCatTalk, is_nyboard: bool) -> bool:
    """Switch the board's own balancing off; return whether it said so.

    It comes on again by itself with the first token after `d` (reaction.h): this is to be that token.

    Raises:
        LinkError: the port is gone.
    """
    if not is_nyboard:
        return any(talk.ask(frames.BALANCE_OFF, "g", LONG_ANSWER_TIME) for _ in range(_TRIES))
    return any(_toggled(talk) == "g" for _ in range(_TRIES))


def _toggled(talk: OpenCatTalk) -> str:
    """Toggle a NyBoard's balancing, and return the last that it says of it.

    After `d` it says two things: that balancing has come back, then what the toggle has made of that.
    """
    told = talk.ask(frames.NYBOARD_BALANCE, "gG", LONG_ANSWER_TIME)
    if told == "G":
        told = [told, *talk.listen(time.monotonic() + _SECOND_WORD, expected="gG")][-1]
    return told


def _who(talk: OpenCatTalk, patience: float) -> tuple[str, str, int]:
    deadline = time.monotonic() + patience
    heard = talk.heard
    while True:
        talk.listen(time.monotonic() + 0.02)  # a half frame of whoever spoke before us ends by silence
        if talk.ask(frames.QUERY, "?", min(_ANSWER_TIME, patience)):
            for before, text in zip(["", *talk.remarks], talk.remarks, strict=False):
                firmware = firmware_of(text)
                if firmware is not None:
                    return before or "OpenCat", *firmware
        if time.monotonic() > deadline:
            break
    what = "answers, but not as an OpenCat board" if talk.heard > heard else "says nothing intelligible"
    raise LinkError(
        f"port {talk.port.path}: the board {what} at {frames.BAUD} baud: is it switched on? (an early NyBoard runs at "
        "57600: update its firmware)"
    )


def _calm(talk: OpenCatTalk, is_nyboard: bool) -> list[str]:
    problems = []
    if not any(talk.ask(frames.RANDOM_MIND, "zZ", LONG_ANSWER_TIME) == "z" for _ in range(_TRIES)):
        problems.append("its random behaviours do not go off")
    if not balance_off(talk, is_nyboard):
        problems.append("its gyro balancing does not go off")
    return problems


def _instruments(talk: OpenCatTalk) -> list[str]:
    warnings = []
    talk.ask(frames.VOLTAGE, "P", _ANSWER_TIME)
    if talk.voltage is None:
        warnings.append("the board does not tell its battery's voltage")
    talk.ask(frames.IMU_STREAM, "gG", _ANSWER_TIME)
    deadline = time.monotonic() + _ANSWER_TIME
    while talk.track.reading is None and time.monotonic() < deadline:
        talk.listen(deadline)
    if talk.track.reading is None:
        warnings.append("the board tells no attitude: fit an IMU of its own")
    return warnings
