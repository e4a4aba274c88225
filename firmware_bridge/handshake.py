"""Who is on the line: every expected servo, its model and firmware, and what the adapter does to our bytes.

All problems are told at once; a servo that answers with an alarm is told apart from one that does not answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from firmware_bridge.errors import LinkError
from firmware_bridge.serial_port import WORST_LATENCY_TIMER_MS, latency_timer
from firmware_bridge.servo_bus import ServoBus, silence

_TRIES = 3


@dataclass(frozen=True)
class Handshake:
    """What the line told.

    Attributes:
        firmware: firmware number by id.
        alarms: error byte by id, where it is not 0.
        warnings: what may be wrong, one line each.
    """

    firmware: dict[int, int]
    alarms: dict[int, int]
    warnings: tuple[str, ...]


def shake_hands(bus: ServoBus) -> Handshake:
    """Ask every servo who it is.

    Raises:
        LinkError: all that is wrong, in one line.
    """
    silence(bus, 0.02)  # a reply to whoever had the port before us
    bus.echo = _echoes(bus)
    problems, warnings = [], []
    firmware: dict[int, int] = {}
    alarms: dict[int, int] = {}
    silent = []
    for servo_id in bus.ids:
        model, reply = None, None
        for _ in range(_TRIES):
            reply = bus.ping(servo_id)
            model = None if reply is None else bus.get(servo_id, "model")
            if model is not None:
                break
        if reply is None or model is None:
            silent.append(servo_id)
            continue
        if model != bus.table.model_number:
            problems.append(f"servo {servo_id} is model {model}, not {bus.table.model_number} ({bus.table.name})")
        error = reply.error & bus.table.dialect.latched_errors
        if error:
            alarms[servo_id] = error
            warnings.append(f"servo {servo_id} answers, with an alarm: {bus.table.dialect.error_text(error)}")
        firmware[servo_id] = bus.get(servo_id, "firmware") or 0
    if len(silent) == len(bus.ids):
        problems.append(f"no servo answers at {bus.table.dialect.baud} baud: is the supply on, the rate right?")
    elif silent:
        clash = " (garbled: do two servos have that id?)" if bus.nb_corrupt else ""
        problems.append(f"no answer from servo {', '.join(map(str, silent))}{clash}")
    if problems:
        raise LinkError(f"port {bus.port.path}: {'; '.join(problems)}")
    timer = latency_timer(bus.port.path)
    if timer is not None and timer > WORST_LATENCY_TIMER_MS:
        warnings.append(f"the adapter's latency timer is {timer} ms: set it to 1, every read waits for it")
    if len(set(firmware.values())) > 1:
        warnings.append(f"servos have different firmware: {firmware}")
    return Handshake(firmware, alarms, tuple(warnings))


def _echoes(bus: ServoBus) -> bool:
    """Return whether our own bytes come back: half-duplex adapters without a switch do that."""
    request = bus.table.dialect.ping(bus.ids[0])
    bus.port.discard()
    bus.port.write(request)
    heard = b""
    deadline = time.monotonic() + 0.05
    while len(heard) < len(request):
        data = bus.port.read(deadline)
        if not data:
            break
        heard += data
    silence(bus, 0.01)
    return heard.startswith(request)
