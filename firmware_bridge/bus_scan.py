"""Which servos answer at one rate: asked one by one, by reading alone; nothing is ever written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firmware_bridge.bus_listener import PATIENCE, Answers, Listener
from firmware_bridge.found_board import FoundServo
from firmware_bridge.frames import BROADCAST, MAX_ID
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_models import MODELS, model_name
from firmware_bridge.servo_tables import TABLES

#: A servo is asked so often before its garbled answers count as two servos with one id.
_TRIES = 4
#: More garbled ids than this, and nobody who answers well, are noise on the line.
_MOST_GARBLED = 20
#: An X series servo waits up to 3 ms per id before it answers a ping to all (dynamixel-sdk, `broadcastPing`), in [s].
_ROLL_CALL = 0.003 * MAX_ID
#: The others answer a ping to all at once, and garble each other: a sign of life all the same, in [s].
_ALL_AT_ONCE = 0.05
#: Registers read of each servo, from address 0 on: model, firmware and id are among them.
_SIZES = {"sts": 5, "dxl1": 5, "dxl2": 8}
#: Bits of the hardware error register (e-manual, X series, address 70).
_HARDWARE = {1: "input voltage", 4: "overheating", 8: "encoder", 16: "electrical shock", 32: "overload"}


@dataclass(frozen=True)
class Scan:
    """What one rate brought to light.

    Attributes:
        servos: by protocol, in order of their ids.
        clashes: ids that answer garbled however often they are asked: two servos have them, most likely.
        noisy: rubbish all over: wrong protocol, wrong rate, no ground.
    """

    servos: dict[str, list[FoundServo]] = field(default_factory=dict)
    clashes: tuple[int, ...] = ()
    noisy: bool = False


def scan(
    port: SerialPort,
    protocols: Sequence[str],
    thorough: bool,
    highest: int = MAX_ID,
    tell: Callable[[str], None] = lambda _: None,
) -> Scan:
    """Return who answers on an open port, at its rate.

    Args:
        port: the open port.
        protocols: among `sts`, `dxl1`, which one question serves both, and `dxl2`; not mixed with the others.
        thorough: ask every id; otherwise only if a call to all brings any sign of life.
        highest: last id that is asked.
        tell: shows progress, now and then.

    Raises:
        LinkError: the port is gone.
    """
    dialect = TABLES[protocols[0]].dialect
    size = _SIZES[protocols[0]]
    listener = Listener(port, dialect)
    ids: Sequence[int] = range(highest + 1)
    if not thorough:
        wait = _ROLL_CALL if "dxl2" in protocols else _ALL_AT_ONCE
        called = listener.ask(dialect.ping(BROADCAST), dialect.ping_size, wait)
        if not called and not listener.nb_rubbish:
            return Scan()
        if "dxl2" in protocols and not listener.nb_rubbish:
            ids = sorted(called)  # they answered in turn, and none was garbled
    answers: Answers = {}
    garbled: set[int] = set()
    before = -1
    for servo_id in ids:
        if servo_id % 32 == 0:
            tell(f"id {servo_id} to {min(servo_id + 31, highest)}")
        rubbish = listener.nb_rubbish
        answers |= listener.ask(dialect.read(servo_id, 0, size), size, until=servo_id)
        if listener.nb_rubbish > rubbish:
            garbled |= {before, servo_id}  # it may have come late
        if len(garbled) > _MOST_GARBLED and not answers:
            return Scan(noisy=True)
        before = servo_id
    last = max(answers, default=-1)
    for servo_id in ids:  # an answer may have been lost: where some live, there may be more
        if servo_id < last and servo_id not in answers:
            answers |= listener.ask(dialect.read(servo_id, 0, size), size, until=servo_id)
    clashes = []
    for servo_id in sorted(garbled - set(answers) - {-1}):
        nb_garbled = 0
        for _ in range(_TRIES):
            rubbish = listener.nb_rubbish
            answers |= listener.ask(dialect.read(servo_id, 0, size), size, PATIENCE, until=servo_id)
            nb_garbled += listener.nb_rubbish > rubbish
        if servo_id not in answers and nb_garbled > 1:
            clashes.append(servo_id)
    return Scan(_sorted(listener, answers, protocols), tuple(clashes))


def _sorted(listener: Listener, answers: Answers, protocols: Sequence[str]) -> dict[str, list[FoundServo]]:
    found: dict[str, list[FoundServo]] = {}
    for servo_id, (error, data) in sorted(answers.items()):
        protocol = "dxl2" if "dxl2" in protocols else which_of_two(servo_id, data)
        if protocol not in protocols:
            continue
        table = TABLES[protocol]
        model = _value(table, "model", data)
        alarm = table.dialect.error_text(error & table.dialect.latched_errors)
        if alarm and protocol == "dxl2":
            alarm = _hardware_error(listener, table, servo_id) or alarm
        servo = FoundServo(servo_id, model, model_name(protocol, model), _value(table, "firmware", data), alarm)
        found.setdefault(protocol, []).append(servo)
    return found


def which_of_two(servo_id: int, data: bytes) -> str:
    """Return `sts` or `dxl1`: both protocols have the same frames, but other registers.

    Args:
        servo_id: who answered.
        data: its registers 0 to 4: an AX-12A holds its model in 0 and 1 and its id in 3, a Feetech its model in 3, 4.
    """
    if data[3] == servo_id and int.from_bytes(data[0:2], "little") in MODELS["dxl1"]:
        return "dxl1"
    known = int.from_bytes(data[3:5], "little") in MODELS["sts"]
    return "dxl1" if data[3] == servo_id and not known else "sts"


def _value(table: ServoTable, name: str, data: bytes) -> int:
    register = table.registers[name]
    return register.decode(data[register.address : register.address + register.size])


def _hardware_error(listener: Listener, table: ServoTable, servo_id: int) -> str:
    register = table.registers["alarm"]
    answers = listener.ask(table.dialect.read(servo_id, register.address, 1), 1, until=servo_id)
    bits = answers[servo_id][1][0] if servo_id in answers else 0
    return ", ".join(text for bit, text in _HARDWARE.items() if bits & bit)
