"""Talk with an OpenCat board: what it says is taken in, and a command is done when its token comes back."""

from __future__ import annotations

import time

from firmware_bridge.board_line import LineCounts
from firmware_bridge.opencat_attitude import AttitudeTrack
from firmware_bridge.opencat_frames import JOINTS
from firmware_bridge.opencat_replies import Attitude, CommandedAngles, Echo, Remark, Reply, ReplyParser, Voltage
from firmware_bridge.serial_port import SerialPort

#: What the board says when it moves, or refuses to move, of its own accord.
_TROUBLE = {
    "OVF": "the board overflowed and stands up by itself",
    "Low power": "the battery is low: the board does not move its servos",
    "EXCEPTION": "the board reacts to its IMU by itself",
    "* Start *": "the board started anew",
    "Ready!": "the board started anew",
}
#: A command that the board could not read: a byte was lost or changed on the way.
_GARBLED = "Undefined token!"
#: Tokens that come along with others: balance on or off, a pause that ended.
_ASIDE = "Ggp"


class OpenCatTalk:
    """The board's side of the conversation, as far as it has been heard.

    Args:
        port: the open port.

    Attributes:
        port: the open port.
        counts: what went wrong.
        track: of the IMU.
        commanded: angles of the board's 16 joints as it last told them, in [deg]; None before.
        voltage: of the battery, in [V], and when it was told; None before.
        remarks: what it said in words since the last question.
        trouble: what the board does of its own accord; empty while it does nothing.
        heard: when anything intelligible came last, on the monotonic clock, in [s].
    """

    def __init__(self, port: SerialPort) -> None:
        self.port = port
        self.counts = LineCounts()
        self.track = AttitudeTrack()
        self.commanded: tuple[int, ...] | None = None
        self.voltage: tuple[float, float] | None = None
        self.remarks: list[str] = []
        self.trouble = ""
        self.heard = 0.0
        self._parser = ReplyParser()

    def ask(self, request: bytes, tokens: str, timeout: float) -> str:
        """Say something and return the token that came back, or nothing if none of `tokens` did within `timeout` [s].

        Raises:
            LinkError: the port is gone.
        """
        self.listen(0.0)
        self.remarks.clear()
        self.port.write(request)
        deadline = time.monotonic() + timeout
        found = ""
        while not found and time.monotonic() < deadline:
            # An aside may come first: wait for the token itself, but take what the last of them was.
            for token in self.listen(deadline, expected=tokens):
                found = token
        if not found:
            self.counts.missing += 1
        return found

    def ask_pose(self, timeout: float) -> tuple[int, ...] | None:
        """Return the angles that the board's 16 joints are commanded to, in [deg], or None if it does not tell.

        Raises:
            LinkError: the port is gone.
        """
        self.commanded = None
        self.ask(JOINTS, "j", timeout)
        return self.commanded

    def listen(self, deadline: float, expected: str = "") -> list[str]:
        """Take in what has come, waiting for the first byte until `deadline`; return the tokens among `expected`.

        Args:
            deadline: on the monotonic clock, in [s].
            expected: tokens that somebody waits for; others count as unasked.

        Raises:
            LinkError: the port is gone.
        """
        data = self.port.read(deadline)
        now = time.monotonic()
        tokens = []
        for reply in self._parser.feed(data):
            self.heard = now
            if isinstance(reply, Echo) and reply.token in expected:
                tokens.append(reply.token)
            else:
                self._take(reply, now)
        self.counts.corrupt += self._parser.nb_rubbish + self.track.nb_implausible
        self._parser.nb_rubbish = self.track.nb_implausible = 0
        return tokens

    def _take(self, reply: Reply, now: float) -> None:
        if isinstance(reply, Attitude):
            self.track.take(reply, now)
        elif isinstance(reply, CommandedAngles):
            self.commanded = reply.angles
        elif isinstance(reply, Voltage):
            self.voltage = (reply.volts, now)
        elif isinstance(reply, Remark):
            self.remarks.append(reply.text)
            del self.remarks[:-20]
            self.counts.corrupt += reply.text == _GARBLED
            self.trouble = next((why for sign, why in _TROUBLE.items() if sign in reply.text), self.trouble)
        elif reply.token not in _ASIDE:
            self.counts.foreign += 1
            if reply.token in "dk":
                self.trouble = f"the board did {reply.token!r}, which nobody asked for"
