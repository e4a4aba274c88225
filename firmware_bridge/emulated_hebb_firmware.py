"""The firmware of our own servo board once more, in Python: for a desk without AVR tools.

The C source (`firmware/board.c`, `firmware/frames.c`) is the original; one suite runs against both, and for the same
bytes both give the same replies (`tests/firmware/test_either_board.py`).
"""

from __future__ import annotations

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.frames import Frame
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_messages import NO_PULSE, Flag, Identity, ResetCause, Result, State, Status

FIRMWARE = (1, 1)
#: A frame that stops in the middle for so long will not go on, in [s].
FRAME_TIMEOUT = 0.005


class EmulatedHebbFirmware:
    """What the chip does between bytes and pulses. Times are those of the chip's own clock, in [s].

    Attributes:
        goals: in force, in counts, one per channel; `NO_PULSE` for one that gets none.
        supply: in [V]; 0 where it is not wired.
        state: what it does.
        nb_good: good frames since it started.
    """

    def __init__(self) -> None:
        self.supply = 0.0
        self._nb_resets = -1
        self.reset(ResetCause.POWER_ON, 0.0)

    def reset(self, cause: ResetCause, now: float) -> None:
        """Start anew: no pulses, nothing remembered but how often that happened since power came."""
        self._nb_resets = 0 if cause & ResetCause.POWER_ON else self._nb_resets + 1
        self._cause, self._booted = cause, now
        self._parser = hebb_frames.request_parser()
        self._last_byte = now
        self.state = State.DISARMED
        self._flags = Flag(0)
        self.goals: tuple[int, ...] = (hebb_messages.SCALE.centre,) * hebb_messages.NB_CHANNELS
        self._goals_sequence = self._longest_gap = self.nb_good = self._heard = 0
        self._watchdog = hebb_messages.WATCHDOG_DEFAULT

    @property
    def driving(self) -> bool:
        """True while pulses are on."""
        return self.state in (State.ARMED, State.HOLDING)

    def tick(self, now: float) -> list[bytes]:
        """Let time pass; return replies to what was hidden behind half a frame."""
        if self.driving:
            silence = self._uptime(now) - self._heard
            if silence >= 2 * self._watchdog:
                self._let_go(State.LAPSED)
            elif silence >= self._watchdog:
                self.state = State.HOLDING
                self._flags |= Flag.HELD
        if now - self._last_byte >= FRAME_TIMEOUT:
            return [self._obey(frame, now) for frame in self._parser.finish()]
        return []

    def hear(self, data: bytes, now: float) -> list[bytes]:
        """Take bytes; return the replies."""
        self._last_byte = now
        # One at a time, as the chip does: a reply tells the counters as they were when its request was whole.
        return [self._obey(frame, now) for byte in data for frame in self._parser.feed(bytes([byte]))]

    def _uptime(self, now: float) -> int:
        return int((now - self._booted) * 1000.0)

    def _let_go(self, state: State) -> None:
        self.state = state
        self._flags &= ~Flag.FRESH_GOALS

    def _obey(self, frame: Frame, now: float) -> bytes:
        sequence, body = hebb_frames.split(frame)
        uptime = self._uptime(now)
        if self.driving:
            self._longest_gap = max(self._longest_gap, uptime - self._heard)
            self.state = State.ARMED
        self._heard = uptime
        self.nb_good += 1
        if frame.code == Kind.IDENTIFY:
            return hebb_frames.encode(Kind.IDENTIFY | REPLY, sequence, self._identity(uptime))
        result = Result.DONE
        if frame.code == Kind.SET_GOALS:
            self._set_goals(hebb_messages.unpack_goals(body))
            self._goals_sequence = sequence
        elif frame.code == Kind.ARM:
            result = self._arm()
        elif frame.code == Kind.DISARM:
            self._let_go(State.DISARMED)
        elif frame.code == Kind.SET_WATCHDOG:
            result = self._set_watchdog(int.from_bytes(body, "little"))
        return hebb_frames.encode(frame.code | REPLY, sequence, self._status(result, uptime))

    def _set_goals(self, counts: tuple[int, ...]) -> None:
        scale = hebb_messages.SCALE
        self.goals = tuple(
            min(max(count, scale.lowest), scale.highest) if count != NO_PULSE else NO_PULSE for count in counts
        )
        self._flags = self._flags & ~Flag.CLAMPED | Flag.FRESH_GOALS
        if self.goals != counts:
            self._flags |= Flag.CLAMPED

    def _arm(self) -> Result:
        if self.state == State.ARMED:
            return Result.DONE
        if not self._flags & Flag.FRESH_GOALS:
            return Result.NO_GOALS
        self.state = State.ARMED
        self._flags &= ~Flag.HELD
        self._longest_gap = 0
        return Result.DONE

    def _set_watchdog(self, time: int) -> Result:
        least, most = hebb_messages.WATCHDOG_SPAN
        if not least <= time <= most:
            return Result.OUT_OF_RANGE
        self._watchdog = time
        return Result.DONE

    def _identity(self, uptime: int) -> bytes:
        scale = hebb_messages.SCALE
        return hebb_messages.pack_identity(
            Identity(
                hebb_messages.PROTOCOL_VERSION,
                *FIRMWARE,
                hebb_messages.NB_CHANNELS,
                hebb_messages.MODEL,
                scale.lowest,
                scale.highest,
                20_000,
                self._cause,
                self._nb_resets,
                uptime,
            )
        )

    def _status(self, result: Result, uptime: int) -> bytes:
        supply = round(self.supply * 1000.0)
        return hebb_messages.pack_status(
            Status(
                result,
                self.state,
                self._flags | (Flag.SUPPLY_TOLD if supply else Flag(0)),
                self._cause,
                self._nb_resets,
                self._goals_sequence,
                uptime,
                supply,
                self._watchdog,
                self._longest_gap,
                self.nb_good,
                self._parser.nb_corrupt,
                self._parser.nb_rubbish,
                0,
                self.goals,
            )
        )
