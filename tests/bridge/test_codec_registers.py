"""Register tables against the tables that two foreign libraries ship, and signs against their encoders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.registers import Register, ServoTable, Sign
from firmware_bridge.servo_tables import AX12A, STS3215, TABLES, XL430
from hebb_controller.errors import BadInputError

RUSTYPOT = {"sts3215": "Sts3215PyController", "xl430": "Xl430PyController", "ax12a": "AxPyController"}
#: Their names for our registers, where it is not ours with a prefix.
THEIRS = {
    "sts3215": {
        "firmware": "firmware_major_version",
        "model": "model_number",
        "baud": "baudrate",
        "return_delay": "return_delay_time",
        "answers": "response_status_level",
        "goal_min": "min_angle_limit",
        "goal_max": "max_angle_limit",
        "torque_max": "max_torque_limit",
        "torque": "torque_enable",
        "goal": "goal_position",
        "alarm": "status",
    },
    "xl430": {
        "firmware": "firmware_version",
        "model": "model_number",
        "baud": "baud_rate",
        "return_delay": "return_delay_time",
        "mode": "operating_mode",
        "offset": "homing_offset",
        "torque_max": "pwm_limit",
        "goal_max": "max_position_limit",
        "goal_min": "min_position_limit",
        "torque": "torque_enable",
        "answers": "status_return_level",
        "alarm": "hardware_error_status",
        "watchdog": "bus_watchdog",
        "torque_limit": "goal_pwm",
        "goal": "goal_position",
        "load": "present_current",
        "speed": "present_velocity",
        "voltage": "present_input_voltage",
    },
    "ax12a": {
        "firmware": "firmware_version",
        "model": "model_number",
        "baud": "baudrate",
        "return_delay": "return_delay_time",
        "goal_min": "cw_angle_limit",
        "goal_max": "ccw_angle_limit",
        "torque_max": "max_torque",
        "answers": "status_return_level",
        "torque": "torque_enable",
        "goal": "goal_position",
    },
}
ENCODINGS = {Sign.NONE: "unsigned", Sign.TWOS: "twos_complement"}
#: Where the makers' own words go against that library, and what they are.
MAKERS_SAY = {
    ("sts3215", "current"): "SMS_STS.cpp ReadCurrent takes bit 15 as the sign",
    ("xl430", "watchdog"): "e-manual, bus watchdog: -1 is the error status",
    ("ax12a", "speed"): "e-manual, present speed: 1024 and above turn clockwise, bit 10 is the direction",
    ("ax12a", "load"): "e-manual, present load: bit 10 is the direction",
}
#: Two registers of one byte that we read at once.
JOINED = {("sts3215", "firmware")}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_register_is_where_rustypot_has_it(table: ServoTable) -> None:
    rustypot = pytest.importorskip("rustypot")
    definition = getattr(rustypot, RUSTYPOT[table.name]).definition()
    theirs = {info.name: info for info in definition.registers()}
    assert table.model_number in definition.models.values()
    # Protocol 1.0 has no sync read (e-manual); what rustypot offers there is an adapter's own addition.
    assert definition.supports_sync_read
    assert (table.dialect.sync_read is None) == (table is AX12A)
    assert definition.word_order == "little"
    for name, ours in table.registers.items():
        info = theirs.get(THEIRS[table.name].get(name, name)) or theirs[f"present_{name}"]
        assert info.addr == ours.address, name
        if (table.name, name) not in JOINED:
            assert info.size == ours.size, name
        if (table.name, name) in MAKERS_SAY:
            continue
        if ours.sign in ENCODINGS:
            assert info.encoding == ENCODINGS[ours.sign], name
        else:
            assert info.encoding == "sign_magnitude" and ours.sign.value.endswith(f"bit {info.sign_bit}"), name
    if table is not AX12A:
        assert definition.resolution == table.ticks_per_turn
        servo = EmulatedServo(table, 1)
        servo.place(1000, 0.0, 0.0)
        servo.write(table.registers["offset"].address, table.registers["offset"].encode(100))
        servo.place(1000, 0.0, 0.0)
        assert servo.get("position") == 1000 + 100 * definition.homing_offset_sign


def test_feetech_addresses_are_the_sdks() -> None:
    sdk = pytest.importorskip("scservo_sdk.sms_sts")
    names = {
        "MODEL_L": "model",
        "ID": "id",
        "BAUD_RATE": "baud",
        "MIN_ANGLE_LIMIT_L": "goal_min",
        "MAX_ANGLE_LIMIT_L": "goal_max",
        "OFS_L": "offset",
        "MODE": "mode",
        "TORQUE_ENABLE": "torque",
        "ACC": "acceleration",
        "GOAL_POSITION_L": "goal",
        "LOCK": "lock",
        "PRESENT_POSITION_L": "position",
        "PRESENT_SPEED_L": "speed",
        "PRESENT_LOAD_L": "load",
        "PRESENT_VOLTAGE": "voltage",
        "PRESENT_TEMPERATURE": "temperature",
        "PRESENT_CURRENT_L": "current",
    }
    for theirs, ours in names.items():
        assert getattr(sdk, f"SMS_STS_{theirs}") == STS3215.registers[ours].address, ours


@given(st.integers(-32767, 32767), st.sampled_from([(Sign.BIT15, 15), (Sign.BIT11, 11), (Sign.BIT10, 10)]))
def test_signs_are_the_feetech_sdks(value: int, sign_bit: tuple[Sign, int]) -> None:
    sdk = pytest.importorskip("scservo_sdk")
    sign, bit = sign_bit
    register = Register(56, 2, sign)
    low, high = register.span
    value = max(low, min(high, value))
    packets = sdk.sms_sts(object())
    word = packets.scs_toscs(value, bit)
    assert register.encode(value) == bytes([packets.scs_lobyte(word), packets.scs_hibyte(word)])
    assert packets.scs_tohost(int.from_bytes(register.encode(value), "little"), bit) == register.decode(
        register.encode(value)
    )


REGISTERS = [(t.name, n, r) for t in TABLES.values() for n, r in t.registers.items()]


@given(st.sampled_from(REGISTERS), st.data())
def test_every_register_gives_back_what_it_was_given(named: tuple[str, str, Register], data) -> None:
    register = named[2]
    low, high = register.span
    value = data.draw(st.integers(low, high))
    stored = register.encode(value)
    assert len(stored) == register.size
    assert register.decode(stored) == value


@given(st.sampled_from(REGISTERS), st.data())
def test_what_a_register_cannot_hold_is_refused(named: tuple[str, str, Register], data) -> None:
    register = named[2]
    low, high = register.span
    value = data.draw(st.one_of(st.integers(high + 1, high + 10**9), st.integers(low - 10**9, low - 1)))
    with pytest.raises(BadInputError):
        register.encode(value)


@given(st.sampled_from(REGISTERS), st.data())
def test_any_bytes_decode_within_the_span(named: tuple[str, str, Register], data) -> None:
    register = named[2]
    value = register.decode(data.draw(st.binary(min_size=register.size, max_size=register.size)))
    low, high = register.span
    assert low <= value <= high


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_registers_do_not_overlap_and_feedback_lies_in_one_block(table: ServoTable) -> None:
    taken = [a for r in table.registers.values() for a in range(r.address, r.address + r.size)]
    assert len(set(taken)) == len(taken)
    start, size = table.feedback_block
    data = bytearray(size)
    for k, name in enumerate(table.feedback):
        register = table.registers[name]
        at = register.address - start
        data[at : at + register.size] = register.encode(k + 1)
    told = table.decode_feedback(bytes(data))
    assert told == {name: pytest.approx((k + 1) * table.registers[name].scale) for k, name in enumerate(table.feedback)}


def test_units_are_those_of_the_manuals() -> None:
    # X series: 1 count of velocity is 0.229 rev/min (e-manual). AX-12A: 300 deg over 1023 counts. STS: 0.1 V.
    assert XL430.registers["speed"].scale == pytest.approx(0.0239808, rel=1e-5)
    assert AX12A.ticks_per_turn * 300.0 / 360.0 == pytest.approx(1023.0)
    assert STS3215.registers["voltage"].scale == 0.1


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_what_no_servo_can_mean_is_told_apart(table: ServoTable) -> None:
    good = {"position": float(table.centre), "speed": 1.0, "load": -0.5, "voltage": 11.1, "temperature": 40.0}
    assert table.is_possible(good)
    assert table.is_possible({"position": float(table.max_tick)})
    for name, value in [("voltage", 0.0), ("voltage", 25.5 * 2), ("temperature", 255.0), ("position", 32767.0)]:
        assert not table.is_possible({**good, name: value})
