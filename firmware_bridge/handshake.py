"""Who is on the line: every expected servo, its model and firmware, and what the adapter does to our bytes.

All problems are told at once; a servo that answers with an alarm is told apart from one that does not answer, one that
is garbled from one that is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware_bridge.board_line import Handshake
from firmware_bridge.errors import LinkError
from firmware_bridge.owed_replies import LATEST
from firmware_bridge.serial_port import WORST_LATENCY_TIMER_MS, latency_timer
from firmware_bridge.servo_bus import ServoBus, silence
from firmware_bridge.servo_settings import NAMES, ServoSettings, low_caps, wrong_modes

_TRIES = 3
#: How often a servo that is there is asked for what has to be known.
_PATIENT = 8
#: What all servos together may wait before they answer, in [s], until that is worth a word: a tenth of a 50 Hz cycle.
_DELAYS_ALLOWED = 0.002


@dataclass
class _Found:
    firmware: dict[int, int] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)
    alarms: dict[int, int] = field(default_factory=dict)
    delays: dict[int, int] = field(default_factory=dict)
    settings: dict[int, ServoSettings] = field(default_factory=dict)
    silent: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def shake_hands(bus: ServoBus) -> Handshake:
    """Ask every servo who it is.

    Raises:
        LinkError: all that is wrong, in one line.
    """
    silence(bus, LATEST)  # a reply to whoever had the port before us
    bus.echo = _echoes(bus)
    found = _Found()
    for servo_id in bus.ids:
        _greet(bus, servo_id, found)
    problems, warnings = found.problems, found.warnings
    baud = bus.port.baud
    if len(found.silent) == len(bus.ids):
        problems.append(f"no servo answers at {baud} baud: is the supply on, the rate right?")
    elif found.silent:
        problems.append(f"no answer from servo {_list(found.silent)}")
    if found.garbled:
        problems.append(f"servo {_list(found.garbled)} answers garbled: do two servos have that id?")
    problems += wrong_modes(bus.table, found.settings)
    if problems:
        raise LinkError(f"port {bus.port.path}: {'; '.join(problems)}")
    unit = bus.table.registers["return_delay"].scale
    bus.answer_delay = max(found.delays.values(), default=0) * unit
    waits = sum(found.delays.values()) * unit
    if waits > _DELAYS_ALLOWED:
        warnings.append(
            f"servos wait {1e3 * waits:.1f} ms in all before they answer: set their return delay (register "
            f"{bus.table.registers['return_delay'].address}) to 0"
        )
    timer = latency_timer(bus.port.path)
    if timer is not None and timer > WORST_LATENCY_TIMER_MS:
        warnings.append(f"the adapter's latency timer is {timer} ms: set it to 1, every read waits for it")
    if len(set(found.firmware.values())) > 1:
        warnings.append(f"servos have different firmware: {found.firmware}")
    warnings += low_caps(bus.table, found.settings)
    bus.caps = {i: own.torque_max for i, own in found.settings.items()}
    spans = {i: (own.goal_min, own.goal_max) for i, own in found.settings.items()}
    return Handshake(bus.table.name, found.firmware, found.offsets, found.alarms, spans, tuple(warnings))


def _greet(bus: ServoBus, servo_id: int, found: _Found) -> None:
    table = bus.table
    reply = model = None
    nb_garbled = 0  # questions that noise answered
    for _ in range(_TRIES):
        reply = bus.ping(servo_id) or reply
        nb_garbled += bus.nb_noise > 0
        model = bus.get(servo_id, "model")
        nb_garbled += bus.nb_noise > 0
        if reply is not None and model is not None:
            break
    if reply is None or model is None:
        if nb_garbled > 1:
            found.garbled.append(servo_id)
        elif reply is not None:
            found.problems.append(
                f"servo {servo_id} answers to its name but not to questions: write 1 or more into register "
                f"{table.registers['answers'].address}"
            )
        else:
            found.silent.append(servo_id)
        return
    if model != table.model_number:
        found.problems.append(f"servo {servo_id} is model {model}, not {table.model_number} ({table.name})")
        return
    error = reply.error & table.dialect.latched_errors
    if error:
        found.alarms[servo_id] = error
        found.warnings.append(f"servo {servo_id} answers, with an alarm: {table.dialect.error_text(error)}")
    names = ["firmware", "return_delay", "answers", "offset", *NAMES]
    told = {name: _asked(bus, servo_id, name) for name in names if name in table.registers}
    untold = [name.replace("_", " ") for name, value in told.items() if value is None]
    if untold:  # a guess would look like another servo to a calibration
        found.problems.append(f"servo {servo_id} answers, but does not tell its {', '.join(untold)}: try again")
        return
    known = {name: value or 0 for name, value in told.items()}
    found.settings[servo_id] = ServoSettings(
        known.get("mode"), known["goal_min"], known["goal_max"], known["torque_max"]
    )
    found.firmware[servo_id] = known["firmware"]
    found.delays[servo_id] = known["return_delay"]
    if "offset" in known:
        found.offsets[servo_id] = known["offset"]
    if told["answers"] == _answers_reads_only(bus):
        found.warnings.append(
            f"servo {servo_id} does not confirm what is written: set register {table.registers['answers'].address} "
            f"to {_answers_reads_only(bus) + 1}"
        )


def _answers_reads_only(bus: ServoBus) -> int:
    """Return the level at which writes are not acknowledged (Feetech register 8; Dynamixel status return level)."""
    return 0 if bus.table.dialect.name == "sts" else 1


def _asked(bus: ServoBus, servo_id: int, name: str) -> int | None:
    """Return a register's value, or None where no answer comes however often one asks."""
    return next((value for _ in range(_PATIENT) if (value := bus.get(servo_id, name)) is not None), None)


def _echoes(bus: ServoBus) -> bool:
    """Return whether our own bytes come back: half-duplex adapters without a switch do that.

    A ping would not do: a Feetech servo with a voltage alarm answers it with the very same bytes. This read asks for
    more bytes than its request carries, so that no answer looks like it.
    """
    request = bus.table.dialect.read(bus.ids[0], bus.table.registers["model"].address, 4)
    bus.port.discard()
    bus.port.write(request)
    heard = b""
    deadline = bus.port.now() + LATEST
    while len(heard) < len(request):
        data = bus.port.read(deadline)
        if not data:
            break
        heard += data
    silence(bus, 0.01)
    return heard.startswith(request)


def _list(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
