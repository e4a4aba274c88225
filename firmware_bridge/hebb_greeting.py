"""What to think of our own servo board when it has told its name: all problems at once, and what may be wrong."""

from __future__ import annotations

from collections.abc import Sequence

from firmware_bridge.board_line import Handshake
from firmware_bridge.errors import LinkError
from firmware_bridge.hebb_messages import (
    MODEL,
    NB_CHANNELS,
    OLDEST_FIRMWARE,
    PROTOCOL_VERSION,
    SCALE,
    Identity,
    ResetCause,
    State,
    Status,
    cause_text,
)
from firmware_bridge.serial_port import WORST_LATENCY_TIMER_MS, latency_timer


def judge(path: str, ids: Sequence[int], identity: Identity, status: Status) -> Handshake:
    """Return what the board told of itself.

    Args:
        path: of the port.
        ids: the channels in use.
        identity: its answer to the question who it is.
        status: how it fares.

    Raises:
        LinkError: another board, or another protocol: all that is wrong, in one line.
    """
    problems = []
    if identity.model != MODEL:
        problems.append(f"this is model {identity.model:#06x}, not {MODEL:#06x}")
    if identity.protocol != PROTOCOL_VERSION:
        problems.append(
            f"its protocol is version {identity.protocol}, ours {PROTOCOL_VERSION}: flash its firmware anew"
        )
    elif (identity.major, identity.minor) < OLDEST_FIRMWARE:
        problems.append(
            f"its firmware is {identity.major}.{identity.minor}, which pulses channels that are to stay silent: flash "
            f"{OLDEST_FIRMWARE[0]}.{OLDEST_FIRMWARE[1]} or later"
        )
    if identity.nb_channels != NB_CHANNELS or (identity.lowest, identity.highest) != (SCALE.lowest, SCALE.highest):
        counts = f"counts {identity.lowest} to {identity.highest}"
        problems.append(f"it has {identity.nb_channels} channels of {counts}, not what its model number promises")
    if problems:
        raise LinkError(f"port {path}: {'; '.join(problems)}")
    firmware = identity.major << 8 | identity.minor
    return Handshake("hebb12", dict.fromkeys(ids, firmware), warnings=tuple(_warnings(path, identity, status)))


def _warnings(path: str, identity: Identity, status: Status) -> list[str]:
    warnings = []
    cause = identity.cause
    if cause & ResetCause.WATCHDOG or (cause & ResetCause.BROWN_OUT and not cause & ResetCause.POWER_ON):
        warnings.append(
            f"the board last started {identity.uptime / 1000:.0f} s ago: {cause_text(cause)}"
            f" ({identity.nb_resets} restarts since power came)"
        )
    if status.state in (State.ARMED, State.HOLDING):
        warnings.append("pulses are on already: another program has left them so")
    timer = latency_timer(path)
    if timer is not None and timer > WORST_LATENCY_TIMER_MS:
        warnings.append(f"the adapter's latency timer is {timer} ms: set it to 1, every reply waits for it")
    return warnings
