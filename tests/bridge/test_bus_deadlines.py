"""No reading outlasts its budget, whatever the line does: told on a clock of the test's own, so it holds exactly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_port import CALL, ScriptedFaults, virtual_line

from firmware_bridge.feedback_cycle import BUDGET
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.servo_bus import ServoBus
from firmware_bridge.servo_tables import find_table

PROTOCOLS = [("sts", "sts12"), ("dxl2", "sts12"), ("dxl1", "realant")]
#: A reading makes a few dozen calls of the port at most; each costs the host `CALL`.
HOST = 100 * CALL


def positions(line: RegisterLine) -> list[float | None]:
    return [None if r.values is None else r.values["position"] for r in line.feedback()]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(PROTOCOLS),
    st.lists(st.tuples(st.sets(st.integers(1, 12)), st.floats(0.0, 0.03), st.sampled_from([0.004, 0.006, BUDGET]))),
)
def test_a_reading_ends_within_its_budget(protocol: tuple[str, str], cycles) -> None:
    faults = ScriptedFaults()
    line, port, _ = virtual_line(*protocol, faults=faults)
    for lost, late, budget in cycles:
        faults.lost_ids, faults.late, line.cycle.budget = lost, late, budget
        before = port.now()
        line.feedback()
        assert port.now() - before <= budget + HOST
        assert max(port.deadlines) <= before + budget
        port.deadlines.clear()
        port.sleep(max(0.02 - (port.now() - before), 0.0))


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p[0])
def test_every_question_has_an_end_even_if_nobody_answers(protocol: tuple[str, str]) -> None:
    line, port, wire = virtual_line(*protocol)
    wire.faults.missing = set(wire.servos)
    bus = line.bus
    asks = [
        lambda: bus.get(1, "position"),
        lambda: bus.put(1, "torque", 0),
        lambda: bus.ping(1),
        lambda: line.lost_power(),
    ]
    for ask in asks:
        before = port.now()
        ask()
        # 50 ms at most until nothing is owed any more, then the patience of one question.
        assert port.now() - before <= 0.05 + bus.patience(40, len(bus.ids), 40) + HOST
    before = port.now()
    assert line.power_off() == list(bus.ids)
    assert port.now() - before < 1.0


class Babble:
    """A line on which somebody talks all the time."""

    path, baud = "babble", 1_000_000

    def __init__(self, stream: bytes) -> None:
        self.time, self.stream = 0.0, stream
        self.nb_reads = 0

    def now(self) -> float:
        return self.time

    def write(self, data: bytes) -> None:
        self.time += CALL

    def read(self, deadline: float) -> bytes:
        self.nb_reads += 1
        assert self.nb_reads < 10_000, "held by a line that never falls silent"
        self.time += 1e-4
        return self.stream

    def wait(self, until: float) -> None:
        self.time = max(self.time, until)

    def discard(self) -> int:
        return len(self.read(0.0))

    def close(self) -> None: ...


@pytest.mark.parametrize("stream", [b"\x00" * 10, b"\xff" * 10, b"\xff\xff\x05\x02\x00\xf8"], ids=["0", "ff", "frames"])
@pytest.mark.parametrize("protocol", ["sts", "dxl2", "dxl1"])
def test_a_line_that_never_falls_silent_holds_nobody(protocol: str, stream: bytes) -> None:
    port = Babble(stream)
    line = RegisterLine(port, find_table(protocol), range(1, 13))  # type: ignore[arg-type]
    for _ in range(5):
        before = port.now()
        assert positions(line) == [None] * 12
        assert port.now() - before <= BUDGET + 0.002  # reads of 0.1 ms


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p[0])
def test_one_servo_that_misses_is_asked_again_if_there_is_time(protocol: tuple[str, str]) -> None:
    faults = ScriptedFaults()
    line, port, wire = virtual_line(*protocol, faults=faults)
    spoil = faults.spoil
    nb = iter(range(1000))
    faults.spoil = lambda reply: b"" if next(nb) == 2 else spoil(reply)  # type: ignore[method-assign]
    assert None not in positions(line)
    assert line.cycle.nb_retries == 1
    assert line.counts.missing == 1
    # With no time for a second question it stays unasked.
    port.sleep(0.1)
    before = port.now()
    assert None not in positions(line)
    line.cycle.budget = port.now() - before + 0.002
    nb = iter(range(1000))
    port.sleep(0.1)
    assert None in positions(line)
    assert line.cycle.nb_retries == 1


def test_without_sync_read_no_servo_is_always_the_last() -> None:
    line, port, wire = virtual_line("dxl1", "realant")
    wire.faults.missing = {3, 4}
    line.cycle.budget = 0.006
    heard: set[int] = set()
    for _ in range(8):
        heard |= {r.servo_id for r in line.feedback() if r.values is not None}
        port.sleep(0.014)
    assert heard == {1, 2, 5, 6, 7, 8}


def test_a_dead_servo_does_not_silence_those_behind_it() -> None:
    # The gloomy reading of "each waits for the one before": servos behind a dead one never answer a sync read.
    line, port, wire = virtual_line("sts")
    wire.faults.chained = True
    wire.faults.missing = {4}
    told = []
    for _ in range(6):
        told.append([r.servo_id for r in line.feedback() if r.values is None])
        port.sleep(0.012)
    assert told[-1] == told[-2] == [4]
    wire.faults.missing = set()
    for _ in range(2):
        port.sleep(0.012)
        line.feedback()
    assert None not in positions(line)


def test_a_reading_carries_the_time_at_which_its_answer_was_there() -> None:
    line, port, wire = virtual_line("sts")
    wire.faults.missing = {5}
    before = port.now()
    readings = line.feedback()
    times = [r.time for r in readings if r.values is not None]
    assert len(times) == 11
    assert all(before < time <= port.now() for time in times)
    assert readings[4].values is None and readings[4].error == 0


def test_an_owner_that_is_busy_while_torque_comes_on_does_not_run_the_watchdog_out() -> None:
    # Starting a supervisor process takes longer than the watchdog waits.
    line, port, wire = virtual_line("dxl2")
    ticks = [servo.get("position") for servo in wire.servos.values()]
    line.power_on(ticks)
    port.sleep(0.4)
    line.put_goals(ticks)
    port.sleep(0.05)
    assert line.bus.get_all("watchdog") == dict.fromkeys(line.ids, 5)
    assert not any(servo.lapsed for servo in wire.servos.values())
    port.sleep(0.2)
    assert all(servo.lapsed for servo in wire.servos.values())  # and from then on it watches


def test_cycle_time_is_the_wires() -> None:
    # servo_boards.md: sync write 8 + 3n bytes, sync read 8 + n + 14n at 1 Mbaud.
    bus: ServoBus = virtual_line("sts")[0].bus
    assert bus.cycle_time() == pytest.approx(10e-6 * (8 + 36 + 8 + 12 + 168))
