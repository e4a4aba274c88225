"""A late answer is never taken for the answer to the next question, whatever that is.

On a clock of the test's own: each request is heard or not, its answers come in time, late or never, and every register
has another value each time that it is asked for. So a value or an acknowledgement that belongs to another question is
seen at once.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_port import ScriptedFaults, VirtualPort, virtual_line

from firmware_bridge.emulated_wire import EmulatedWire
from firmware_bridge.owed_replies import LATEST, OwedReplies
from firmware_bridge.register_line import RegisterLine

PROTOCOLS = ["sts", "dxl2", "dxl1"]
#: One and two bytes wide, so that each has others of its own width.
ASKED = ["voltage", "temperature", "position", "goal", "torque"]


class Script:
    """Asks, and checks what it is told."""

    def __init__(self, protocol: str) -> None:
        self.faults = ScriptedFaults()
        made: tuple[RegisterLine, VirtualPort, EmulatedWire] = virtual_line(protocol, faults=self.faults)
        self.line, self.port, self.wire = made
        self.count = 0
        self.deaf = False
        hear = self.wire.hear
        self.wire.hear = lambda data, now: None if self.deaf else hear(data, now)  # type: ignore[method-assign]

    def change(self) -> None:
        """Give every register of every servo a value that it never had."""
        self.count += 1
        for servo in self.wire.servos.values():
            for name in ASKED:
                servo.set(name, self.value(name, self.count))
            servo.place = lambda *_: None  # type: ignore[method-assign]

    def value(self, name: str, count: int) -> int:
        low, high = self.line.bus.table.registers[name].span
        return 40 + count % min(high - 41, 200)

    def ask(self, name: str, servo_id: int) -> int | None:
        self.change()
        told = self.line.bus.get(servo_id, name)
        assert told in (None, self.value(name, self.count)), f"question {self.count}: {name} of servo {servo_id}"
        return told

    def feedback(self) -> list[float | None]:
        self.change()
        told = self.line.feedback()
        for reading in told:
            wanted = self.wire.servos[reading.servo_id].get("position")
            assert reading.values is None or reading.values["position"] == wanted, f"question {self.count}"
        return [None if r.values is None else r.values["position"] for r in told]

    def put(self, servo_id: int) -> bool:
        self.change()
        value = self.count % 40
        done = self.line.bus.put(servo_id, "torque_limit", value) is not None
        if done:
            assert self.wire.servos[servo_id].get("torque_limit") == value, f"question {self.count}: false yes"
        return done


QUESTION = st.tuples(
    st.sampled_from(["ask", "feedback", "put"]),
    st.integers(0, 4),  # which register
    st.integers(1, 3),  # which servo
    st.sampled_from(["heard", "deaf", "lost", "late"]),
    st.floats(0.001, 0.044),  # by how much late: together with the wire's time below `LATEST`
    st.floats(0.0, 0.02),  # pause behind it
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PROTOCOLS), st.lists(QUESTION, min_size=2, max_size=25))
def test_no_value_and_no_acknowledgement_belongs_to_another_question(protocol: str, questions) -> None:
    script = Script(protocol)
    for act, which, servo_id, fate, late, pause in questions:
        script.deaf = fate == "deaf"
        script.faults.lost = fate == "lost"
        script.faults.late = late if fate == "late" else 0.0
        if act == "ask":
            script.ask(ASKED[which], servo_id)
        elif act == "put":
            script.put(servo_id)
        else:
            script.feedback()
        script.port.sleep(pause)


#: Registers of one width: one is asked for in vain, then the other.
TWINS = [("sts", "voltage", "temperature"), ("dxl1", "voltage", "temperature"), ("dxl2", "temperature", "torque")]


@pytest.mark.parametrize(("protocol", "first", "second"), TWINS)
def test_without_the_ledger_one_register_becomes_another(protocol: str, first: str, second: str) -> None:
    # The fault that the ledger is for, and the proof that the test above would see it.
    script = Script(protocol)
    script.line.bus.owed = OwedReplies(latest=0.0)
    script.faults.late = 0.018
    assert script.ask(first, 1) is None
    script.faults.late = 0.0
    script.deaf = True
    with pytest.raises(AssertionError, match=f"question 2: {second} of servo 1"):
        script.ask(second, 1)


@pytest.mark.parametrize(("protocol", "first", "second"), TWINS)
def test_with_the_ledger_it_does_not(protocol: str, first: str, second: str) -> None:
    script = Script(protocol)
    script.faults.late = 0.018
    assert script.ask(first, 1) is None
    script.faults.late = 0.0
    script.deaf = True
    assert script.ask(second, 1) is None
    script.deaf = False
    assert script.ask(second, 1) == script.value(second, script.count)
    assert script.line.counts.foreign >= 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_late_acknowledgement_confirms_no_other_write(protocol: str) -> None:
    script = Script(protocol)
    script.faults.late = 0.018
    assert not script.put(1)
    script.faults.late = 0.0
    script.deaf = True
    assert not script.put(1)  # checks that the servo holds what it is said to have taken
    before = script.port.now()
    script.deaf = False
    assert script.put(1)
    assert script.port.now() - before <= LATEST + 0.01


def test_late_feedback_is_never_the_next_cycles() -> None:
    script = Script("sts")
    for late in (0.008, 0.015, 0.024, 0.033, 0.044):
        for _ in range(6):
            script.faults.late = late
            assert script.feedback() == [None] * 12
            script.port.sleep(0.010)
        script.faults.late = 0.0
        script.port.sleep(0.010)
        assert None not in script.feedback()


def test_a_servo_that_is_often_late_is_heard_again_as_soon_as_it_is_in_time() -> None:
    script = Script("sts")
    for cycle in range(60):  # at 200 cycles a second: all lengths are taken now and then
        script.faults.late = 0.02 if cycle < 40 else 0.0
        told = script.feedback()
        script.port.sleep(0.002)
    assert None not in told


def test_debts_are_forgotten_and_settled() -> None:
    owed = OwedReplies(latest=0.05)
    owed.note(3, 8, b"q", 0.0)
    assert not owed.is_free([3, 4], 8, 0.01) and owed.is_free([3, 4], 9, 0.01) and owed.is_free([4], 8, 0.01)
    assert not owed.is_free([3], None, 0.01)
    assert owed.wait_until([3], 8, b"other", 0.01) == pytest.approx(0.05)
    assert owed.wait_until([3], 8, b"q", 0.01) == 0.01  # the same write again: either answer will do
    owed.settle(3, 8)
    assert owed.is_free([3], 8, 0.01)
    owed.note(3, 8, b"q", 0.0)
    assert owed.is_free([3], 8, 0.051)
