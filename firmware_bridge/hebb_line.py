"""Our own servo board as its owner sees it.

One round trip per cycle: the reply to the goals carries the status that the next `feedback` hands out. Positions are
what the firmware has in force, not what the joints do: hobby servos tell nothing. Channels that are none of the robot's
joints get no pulses, nor do its other joints while one is calibrated.
"""

from __future__ import annotations

from collections.abc import Sequence

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.board_line import Handshake, ImuReading, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.hebb_frames import Kind
from firmware_bridge.hebb_greeting import judge
from firmware_bridge.hebb_messages import NB_CHANNELS, NO_PULSE, WATCHDOG_SPAN, Flag, Result, State, Status
from firmware_bridge.hebb_talk import HebbTalk
from firmware_bridge.serial_port import SerialPort
from hebb_controller.errors import BadInputError

_TRIES = 3
#: A status younger than this spares a question, in [s]: a little more than a control period of 20 ms.
_FRESH = 0.03
#: `lost_power` asks anew only where the newest status is older, in [s]: goals and feedback wait 9.4 ms each for a board
#: that is silent, and a cycle has 20.
_OLD = 0.1
#: A chip that resets when the port is opened needs this long until it hears, in [s]; ours has no bootloader.
_BOOT_TIME = 0.3


class HebbLine:
    """The board, with one channel per joint; see `BoardLine`.

    Args:
        port: the open port.
        ids: channel of each joint, 1 to 12, in joint order.
        watchdog: the firmware holds after so long without a frame, and lets go after twice that, in [s].
        margin: time beyond one and a half times the wire's until a reply counts as missing, in [s].

    Attributes:
        status: the newest that the board told, or None.

    Raises:
        BadInputError: channels that the board does not have, or a watchdog time that it does not take.
    """

    measured = False
    guards_itself = True
    scale = hebb_messages.SCALE
    imu: ImuReading | None = None
    #: Goals that it remembers are no pose: they are what somebody wanted, or mid-travel since it started.
    resting: tuple[int, ...] | None = None

    def __init__(self, port: SerialPort, ids: Sequence[int], watchdog: float = 0.1, margin: float = 0.004) -> None:
        if not ids or len(set(ids)) != len(ids) or not set(ids) <= set(range(1, NB_CHANNELS + 1)):
            raise BadInputError(f"channels {list(ids)}: must lie within 1 and {NB_CHANNELS}, each once")
        self._watchdog = round(watchdog * 1000.0)
        least, most = WATCHDOG_SPAN
        if not least <= self._watchdog <= most:
            raise BadInputError(f"watchdog {watchdog:g} s: must lie within {least / 1000:g} and {most / 1000:g} s")
        self._port, self._talk = port, HebbTalk(port, margin)
        self.path, self.baud, self.ids, self.counts = port.path, port.baud, tuple(ids), self._talk.counts
        self.status: Status | None = None
        self._told = 0.0
        self._used = True
        self._armed_as: tuple[int, int] | None = None

    def greet(self) -> Handshake:
        """Ask the board who it is and how it fares."""
        self._talk.wait_for_silence()
        deadline = self._port.now() + _BOOT_TIME
        while (body := self._talk.ask(Kind.IDENTIFY)) is None:
            if self._port.now() > deadline:
                hint = "is it powered, the firmware in it, the rate right?"
                raise LinkError(f"port {self.path}: no board answers at {hebb_frames.BAUD} baud: {hint}")
        status = self._sure(Kind.STATUS)
        if status is None:
            raise LinkError(f"port {self.path}: the board tells its name but no status")
        return judge(self.path, self.ids, hebb_messages.unpack_identity(body), status)

    def feedback(self) -> list[ServoReading]:
        """Return the goals in force and the supply, in joint order; nothing where the board did not answer."""
        status: Status | None = self.status
        if self._used or self._port.now() - self._told > _FRESH:
            status = self._ask_status(Kind.STATUS)
        self._used = True
        if status is None:
            return [ServoReading(channel, self._port.now(), 0, None) for channel in self.ids]
        supply = {"voltage": status.supply / 1000.0} if status.flags & Flag.SUPPLY_TOLD else {}
        return [
            ServoReading(channel, self._told, 0, {"position": float(goal or self.scale.centre), **supply})
            for channel, goal in ((channel, status.goals[channel - 1]) for channel in self.ids)
        ]

    def put_goals(self, ticks: Sequence[int]) -> None:
        """Send goals to all channels in one frame, and take the status that comes back."""
        self._used = self._ask_status(Kind.SET_GOALS, self._goals(ticks)) is None

    def power_on(self, ticks: Sequence[int]) -> None:
        """Set watchdog and goals, read them back, then let pulses begin."""
        goals = self._goals(ticks)
        wanted = hebb_messages.unpack_goals(goals)
        status = self._sure(Kind.SET_WATCHDOG, self._watchdog.to_bytes(2, "little"))
        problem = ""
        if status is None or status.watchdog != self._watchdog:
            problem = "it does not take its watchdog time"
        elif (status := self._sure(Kind.SET_GOALS, goals)) is None or status.goals != wanted:
            problem = f"goals {list(wanted)} read back as {'nothing' if status is None else list(status.goals)}"
        elif (status := self._sure(Kind.ARM)) is None or (status.result, status.state) != (Result.DONE, State.ARMED):
            problem = "it does not arm"
        if status is None or problem:
            failed = self.power_off()
            left = "whether pulses are off is not known" if failed else "pulses are off"
            raise LinkError(f"port {self.path}: the board does not do as told: {problem}; {left}")
        self._armed_as = (status.nb_resets, status.uptime)

    def power_off(self) -> list[int]:
        """Stop pulses; return all channels if the board does not confirm."""
        self._armed_as = None
        try:
            status = self._sure(Kind.DISARM)
        except LinkError:
            return list(self.ids)
        return list(self.ids) if status is None or status.state != State.DISARMED else []

    def lost_power(self) -> str:
        """Judge the newest status: whether the chip started anew, or let go by itself."""
        if self._armed_as is None:
            return ""
        status = self.status
        if self._port.now() - self._told > _OLD:
            status = self._ask_status(Kind.STATUS)
        if status is None:
            return ""  # a reply that is missing is the owner's to count
        nb_resets, uptime = self._armed_as
        if status.nb_resets != nb_resets or status.uptime < uptime:
            return f"the board started anew ({hebb_messages.cause_text(status.cause)}): pulses are off"
        if status.state == State.LAPSED:
            return f"the board let go: it heard nothing good for {2 * status.watchdog} ms"
        return "the board is disarmed" if status.state == State.DISARMED else ""

    def limit_torque(self, share: float) -> None:
        """Nothing: a pulse says where to go, not how hard."""

    def silencer(self) -> bytes:
        """Return the frame that stops pulses."""
        return hebb_frames.encode(Kind.DISARM, 0)

    def close(self) -> None:
        """Let go of the port; the board's watchdog does the rest."""
        self._port.close()

    def _goals(self, ticks: Sequence[int]) -> bytes:
        counts = [NO_PULSE] * NB_CHANNELS  # what hangs on channels of nobody's stays limp
        for channel, tick in zip(self.ids, ticks, strict=True):
            counts[channel - 1] = min(
                max(int(tick), NO_PULSE + 1), 0xFFFF
            )  # the firmware clamps, and tells that it did
        return hebb_messages.pack_goals(counts)

    def _sure(self, kind: Kind, body: bytes = b"") -> Status | None:
        """Ask until an answer comes, a few times: every request may be sent twice without harm."""
        for _ in range(_TRIES):
            if (status := self._ask_status(kind, body)) is not None:
                return status
        return None

    def _ask_status(self, kind: Kind, body: bytes = b"") -> Status | None:
        reply = self._talk.ask(kind, body)
        if reply is None:
            return None
        self.status, self._told = hebb_messages.unpack_status(reply), self._port.now()
        return self.status
