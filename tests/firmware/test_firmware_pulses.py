"""Pulses measured at the simulated chip's pins: how exact they are, and that they end when they must."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from avr_build import build, missing_tools
from raw_client import PATIENCE, client
from simulated_board import FirmwareBody, Pulse, SimulatedBoard

from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.hebb_frames import Kind
from firmware_bridge.hebb_messages import NO_PULSE, SCALE, ResetCause, State
from firmware_bridge.joint_map import JointMap
from hebb_controller.robot_file import load_robot

ROOT = Path(__file__).parents[2]
CHANNELS = range(1, 13)
#: How far a pulse may be off, in [us]; a servo's own dead band is 2 to 8 us.
EXACT = 1.5
GOALS = [1500 + 250 * i for i in range(12)]


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def by_channel(pulses: list[Pulse]) -> dict[int, np.ndarray]:
    """Return begin and width of the pulses of each channel, shape `(nb, 2)`, in [us]."""
    return {c: np.array([(p.time, p.width) for p in pulses if p.channel == c]) for c in CHANNELS}


def test_builds_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    if reason := missing_tools():
        pytest.skip(reason)
    _, _, sizes = build()
    text, data, bss = (int(word) for word in sizes.splitlines()[1].split()[:3])
    with capsys.disabled():
        print(f"\nfirmware: {text + data} of 32768 bytes flash, {data + bss} of 2048 bytes RAM", end=" ")
    assert text + data < 32768
    assert data + bss < 1536  # the rest is stack


def test_no_pulse_before_it_is_armed(chip: SimulatedBoard) -> None:
    with client(chip.line_path, chip.seconds) as talker:
        talker.set_goals(GOALS)
        talker.wait(0.1)
        assert talker.ask(Kind.STATUS).state == State.DISARMED
    assert not chip.pulses
    assert [level for _, level in chip.events.drive] == [1]
    assert chip.pulse_widths() == [None] * 12


# In the second row edges of both banks fall together: channel 7 begins 1600 us after channel 1, and so on.
@pytest.mark.parametrize(
    "goals",
    [GOALS, [3200 + d for d in (0, 1, -1, 5, -5, 12, 0, 2, -2, 9, -9, 24)], [1000] * 12, [5000] * 12],
    ids=["spread", "together", "shortest", "longest"],
)
def test_pulses_are_exact_under_traffic(chip: SimulatedBoard, goals: list[int]) -> None:
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm(goals)
        talker.wait(0.05)
        begin = chip.now
        for k in range(150):  # as fast as the line allows: round trips of 90 bytes, back to back
            talker.set_goals(goals, k)
        wait_for(lambda: chip.now - begin > 500_000)
        status = talker.ask(Kind.STATUS)
        assert (status.nb_lost, status.nb_corrupt) == (0, 0)
    seen = by_channel([p for p in chip.pulses if p.time > begin])
    for channel in CHANNELS:
        begins, widths = seen[channel].T
        assert len(widths) >= 20
        assert np.abs(widths - 0.5 * goals[channel - 1]).max() < EXACT
        assert np.abs(np.diff(begins) - 20_000.0).max() < EXACT


def test_pulses_are_exact_under_a_flood(chip: SimulatedBoard) -> None:
    rng = np.random.default_rng(0)
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm(GOALS)
        begin = chip.now
        for _ in range(30):
            talker.port.write(rng.bytes(500))
            talker.wait(0.022)
        talker.port.discard()
        assert talker.ask(Kind.STATUS).state == State.ARMED
    for channel, pulses in by_channel([p for p in chip.pulses if p.time > begin + 20_000]).items():
        assert len(pulses) >= 10
        assert np.abs(pulses[:, 1] - 0.5 * GOALS[channel - 1]).max() < EXACT


def test_a_silent_channel_gets_no_pulses_and_its_neighbours_exact_ones(chip: SimulatedBoard) -> None:
    silent = (1, 6, 9)
    goals = [NO_PULSE if c in silent else GOALS[c - 1] for c in CHANNELS]
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm(goals)
        wait_for(lambda: len(chip.pulses) > 100)
        assert {p.channel for p in chip.pulses} == set(CHANNELS) - set(silent)
        for pulse in chip.pulses:
            assert abs(pulse.width - 0.5 * goals[pulse.channel - 1]) < EXACT
        talker.set_goals(GOALS)
        wait_for(lambda: None not in chip.pulse_widths())
        talker.set_goals([NO_PULSE] * 12)
        wait_for(lambda: chip.pulse_widths() == [None] * 12)
        assert talker.ask(Kind.STATUS).state == State.ARMED
        assert chip.events.drive[-1][1] == 0  # armed is armed, whoever has a pulse
        talker.ask(Kind.DISARM)
        wait_for(lambda: chip.events.drive[-1][1] == 1)


def test_every_pulse_is_one_that_was_asked_for(chip: SimulatedBoard) -> None:
    # Goals that change and go silent all the time: no pulse may be a mixture of two, or cut short.
    rng = np.random.default_rng(5)
    asked = {c: {3000} for c in CHANNELS}
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm([3000] * 12)
        for _ in range(100):
            goals = [int(g) for g in rng.integers(1000, 5001, 12) * (rng.random(12) < 0.7)]
            for channel in CHANNELS:
                asked[channel] |= {goals[channel - 1]} - {NO_PULSE}
            talker.set_goals(goals)
        talker.ask(Kind.DISARM)
        wait_for(lambda: chip.events.drive[-1][1] == 1)
    assert len(chip.pulses) > 100
    for pulse in chip.pulses:
        nearest = min(abs(pulse.width - 0.5 * goal) for goal in asked[pulse.channel])
        assert nearest < EXACT


@pytest.mark.parametrize("watchdog", [40, 100])
def test_silence_ends_pulses_in_time(chip: SimulatedBoard, watchdog: int) -> None:
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm([5000] * 12, watchdog)
        nb_messages = len(chip.events.quiet)
        wait_for(lambda: chip.events.drive[-1][1] == 1)
        last = chip.events.quiet[-1]
        assert len(chip.events.quiet) >= nb_messages
        off, _ = chip.events.drive[-1]
        end = max(p.time + p.width for p in chip.pulses)
        assert 2 * watchdog - 1.5 <= (off - last) / 1000.0 <= 2 * watchdog + 4.0  # a millisecond's grain, a pulse's end
        assert end <= off
        # It held meanwhile: pulses went on beyond the first half.
        assert sum(p.time > last + 1000.0 * watchdog for p in chip.pulses) >= 12
        wait_for(lambda: chip.pulse_widths() == [None] * 12)
        assert talker.ask(Kind.STATUS).state == State.LAPSED


def test_a_killed_host_ends_pulses(chip: SimulatedBoard) -> None:
    program = f"""
import sys, time
from firmware_bridge.hebb_line import HebbLine
from firmware_bridge.serial_port import SerialPort
line = HebbLine(SerialPort({chip.line_path!r}, 250_000), range(1, 13), margin=0.2)
line.greet()
line.power_on([3000] * 12)
print("walking", flush=True)
while True:
    line.put_goals([3000] * 12)
    time.sleep(0.02)
"""
    host = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert host.stdout is not None
        assert host.stdout.readline() == "walking\n"
        wait_for(lambda: len(chip.pulses) > 60)
        assert None not in chip.pulse_widths()
        host.kill()  # signal 9
        host.wait()
        wait_for(lambda: chip.events.drive[-1][1] == 1)
        off, last = chip.events.drive[-1][0], chip.events.quiet[-1]
        assert off - last <= 300_000.0
        wait_for(lambda: chip.pulse_widths() == [None] * 12)
    finally:
        host.kill()
        host.wait()
        assert host.stdout is not None
        host.stdout.close()


@pytest.mark.parametrize("cause", ["brownout", "external", "power"])
def test_a_reset_ends_pulses(chip: SimulatedBoard, cause: str) -> None:
    flag = {"brownout": ResetCause.BROWN_OUT, "external": ResetCause.EXTERNAL, "power": ResetCause.POWER_ON}[cause]
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm(GOALS)
        wait_for(lambda: None not in chip.pulse_widths())
        chip.reset(cause)
        wait_for(lambda: bool(chip.events.resets))
        at = chip.events.resets[-1]
        wait_for(lambda: chip.now > at + 100_000)
        status = talker.ask(Kind.STATUS)
        assert (status.state, status.cause) == (State.DISARMED, flag)
        assert status.nb_resets == (0 if cause == "power" else 1)
    assert not [p for p in chip.pulses if p.time > at]
    assert [level for t, level in chip.events.drive if t >= at] == [1]


def test_a_hung_program_is_reset_by_the_chip(chip: SimulatedBoard) -> None:
    with client(chip.line_path, chip.seconds) as talker:
        talker.arm(GOALS)
        wait_for(lambda: None not in chip.pulse_widths())
        began = chip.now
        chip.hang()
        wait_for(lambda: bool(chip.events.resets))
        assert chip.events.resets[-1] - began < 50_000.0
        wait_for(lambda: chip.pulse_widths() == [None] * 12)
        status = talker.ask(Kind.STATUS)
        assert (status.state, status.cause, status.nb_resets) == (State.DISARMED, ResetCause.WATCHDOG, 1)


def test_another_rate_is_not_heard(chip: SimulatedBoard) -> None:
    import serial

    with serial.Serial(chip.line_path, 115_200, timeout=0.1) as line:
        line.write(bytes.fromhex("A5 5A 01 01 00 00 44 C5"))
        assert line.read(1) == b""
    with client(chip.line_path, chip.seconds) as talker:
        assert talker.identify().nb_resets == 0


def test_joints_follow_the_pins(chip: SimulatedBoard) -> None:
    robot = load_robot("sts12")
    direction = np.where(np.arange(12) % 2 == 0, 1.0, -1.0)
    per_radian = SCALE.per_turn / (2.0 * np.pi)
    joint_map = JointMap(tuple(range(12, 0, -1)), np.full(12, 3000.0), direction, np.full(12, per_radian))
    wanted = robot.neutral + 0.1
    ticks = joint_map.to_ticks(wanted)
    body = FirmwareBody(chip, joint_map, SlewJoints(robot))
    with client(chip.line_path, chip.seconds) as talker:
        counts = [3000] * 12
        for channel, tick in zip(joint_map.servo_ids, ticks, strict=True):
            counts[channel - 1] = int(tick)
        begin = body.body.position.copy()
        for _ in range(50):
            body.poll()
        assert np.array_equal(body.body.position, begin)  # nothing drives it yet
        talker.arm(counts)
        deadline = time.monotonic() + PATIENCE
        while np.abs(body.body.position - wanted).max() > 2e-3 and time.monotonic() < deadline:
            body.poll()
        assert np.abs(body.body.position - wanted).max() <= 2e-3
