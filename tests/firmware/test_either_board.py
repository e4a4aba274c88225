"""What the board does, asked of the true firmware and of its emulation alike."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from either_board import EitherBoard, emulated
from raw_client import RawClient, client
from simulated_board import SimulatedBoard

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.errors import LinkError
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_line import HebbLine
from firmware_bridge.hebb_messages import Flag, ResetCause, Result, State
from firmware_bridge.serial_port import SerialPort

GOALS = [1500 + 250 * i for i in range(12)]
OTHERS = [4500 - 250 * i for i in range(12)]
PROTOCOL = Path(__file__).parents[2] / "firmware_bridge" / "firmware" / "PROTOCOL.md"


@pytest.fixture
def talker(either: EitherBoard) -> Iterator[RawClient]:
    with client(either.path, either.now) as found:
        yield found


def test_tells_who_it_is(talker: RawClient) -> None:
    identity = talker.identify()
    assert (identity.protocol, identity.model, identity.nb_channels) == (1, 0x480C, 12)
    assert (identity.lowest, identity.highest, identity.frame_time) == (1000, 5000, 20_000)
    assert (identity.cause, identity.nb_resets) == (ResetCause.POWER_ON, 0)


def test_documented_requests_get_the_documented_replies(either: EitherBoard, talker: RawClient) -> None:
    lines = re.findall(r"^([<>]) ([0-9A-F ]+)$", PROTOCOL.read_text(), re.M)
    assert len(lines) == 9
    either.set_supply(7.4)
    talker.wait(0.3)
    for k, (direction, text) in enumerate(lines):
        if direction == "<":
            continue
        told = talker.replies(bytes.fromhex(text))
        assert len(told) == 1
        if k + 1 < len(lines) and lines[k + 1][0] == "<":
            documented = bytes.fromhex(lines[k + 1][1])
            assert told[0][:2] == (documented[2], int.from_bytes(documented[3:5], "little"))
            ours, theirs = told[0][2], documented[6:-2]
            changing = range(15, 19) if told[0][0] == Kind.IDENTIFY | REPLY else range(8, 14)  # times, supply
            assert [b for i, b in enumerate(ours) if i not in changing] == [
                b for i, b in enumerate(theirs) if i not in changing
            ]


def test_goals_are_read_back_and_clamped(talker: RawClient) -> None:
    status = talker.set_goals(GOALS, 300)
    assert (list(status.goals), status.goals_sequence) == (GOALS, 300)
    assert not status.flags & Flag.CLAMPED
    wild = [0, 999, 1000, 5000, 5001, 65535] * 2
    status = talker.set_goals(wild)
    assert list(status.goals) == [min(max(count, 1000), 5000) if count else 0 for count in wild]  # 0: no pulse
    assert status.flags & Flag.CLAMPED
    assert not talker.set_goals([0] * 12).flags & Flag.CLAMPED
    assert not talker.set_goals(GOALS).flags & Flag.CLAMPED


def test_arms_only_with_fresh_goals(talker: RawClient) -> None:
    status = talker.ask(Kind.ARM)
    assert (status.result, status.state) == (Result.NO_GOALS, State.DISARMED)
    talker.arm(GOALS)
    assert talker.ask(Kind.ARM).result == Result.DONE  # once more does no harm
    assert talker.ask(Kind.DISARM).state == State.DISARMED
    status = talker.ask(Kind.ARM)
    assert (status.result, status.state) == (Result.NO_GOALS, State.DISARMED)
    talker.arm(OTHERS)


def test_watchdog_time_is_checked(talker: RawClient) -> None:
    for refused in (0, 19, 1001, 65535):
        status = talker.ask(Kind.SET_WATCHDOG, 5, refused.to_bytes(2, "little"))
        assert (status.result, status.watchdog) == (Result.OUT_OF_RANGE, 100)
    for taken in (20, 1000):
        status = talker.ask(Kind.SET_WATCHDOG, 5, taken.to_bytes(2, "little"))
        assert (status.result, status.watchdog) == (Result.DONE, taken)


def test_lets_go_when_nobody_talks(talker: RawClient) -> None:
    talker.arm(GOALS, watchdog=100)
    talker.wait(0.21)
    status = talker.ask(Kind.STATUS)
    assert status.state == State.LAPSED
    assert status.flags & Flag.HELD and not status.flags & Flag.FRESH_GOALS
    assert list(status.goals) == GOALS
    status = talker.ask(Kind.ARM)
    assert (status.result, status.state) == (Result.NO_GOALS, State.LAPSED)
    talker.arm(OTHERS)


def test_rubbish_does_not_feed_the_watchdog(talker: RawClient) -> None:
    talker.arm(GOALS, watchdog=100)
    rng = np.random.default_rng(1)
    for _ in range(25):
        talker.port.write(rng.bytes(100))
        talker.wait(0.01)
    talker.port.discard()
    assert talker.ask(Kind.STATUS).state == State.LAPSED


def test_holds_first_and_comes_back_by_itself(talker: RawClient) -> None:
    talker.arm(GOALS, watchdog=1000)
    talker.wait(1.1)  # more than N, less than 2 N
    status = talker.ask(Kind.STATUS)
    assert (status.state, status.flags & Flag.HELD) == (State.ARMED, Flag.HELD)
    assert status.longest_gap >= 1000


def test_no_flipped_byte_changes_a_goal(talker: RawClient) -> None:
    talker.set_goals(GOALS)
    rng = np.random.default_rng(2)
    request = hebb_frames.encode(Kind.SET_GOALS, 9, hebb_messages.pack_goals(OTHERS))
    for at in range(len(request)):
        broken = bytearray(request)
        broken[at] ^= int(rng.integers(1, 256))
        assert talker.replies(bytes(broken)) == []
        status = talker.ask(Kind.STATUS, at)
        assert list(status.goals) == GOALS
    assert status.nb_corrupt >= 24
    assert status.nb_good == len(request) + 1
    assert status.nb_lost == 0


@pytest.mark.parametrize("cut", [1, 2, 5, 6, 20, 31])
def test_half_a_frame_is_forgotten(talker: RawClient, cut: int) -> None:
    request = hebb_frames.encode(Kind.SET_GOALS, 9, hebb_messages.pack_goals(OTHERS))
    talker.set_goals(GOALS)
    assert talker.replies(request[:cut]) == []
    assert list(talker.ask(Kind.STATUS).goals) == GOALS
    # Without a pause the rest of another frame must not complete it either.
    assert talker.replies(request[:cut] + hebb_frames.encode(Kind.STATUS, 4))[-1][:2] == (0x82, 4)
    assert list(talker.ask(Kind.STATUS).goals) == GOALS
    assert talker.ask(Kind.STATUS).nb_rubbish == 2 * cut


def test_byte_at_a_time(talker: RawClient) -> None:
    request = hebb_frames.encode(Kind.STATUS, 500)
    for byte in request[:-1]:
        talker.port.write(bytes([byte]))
        time.sleep(0.0005)
    ((code, sequence, _),) = talker.replies(request[-1:])
    assert (code, sequence) == (Kind.STATUS | REPLY, 500)


def test_a_flood_loses_nothing_but_itself(talker: RawClient) -> None:
    talker.arm(GOALS)
    rng = np.random.default_rng(3)
    for _ in range(20):
        talker.port.write(rng.bytes(500))
        talker.wait(0.022)
    talker.wait(0.05)
    talker.port.discard()
    status = talker.ask(Kind.STATUS)
    assert (status.state, list(status.goals)) == (State.ARMED, GOALS)
    assert status.nb_rubbish >= 9900
    assert (status.nb_resets, status.nb_lost) == (0, 0)
    assert list(talker.set_goals(OTHERS).goals) == OTHERS


def test_a_flood_of_near_frames_is_survived(talker: RawClient) -> None:
    # The costliest rubbish: all that can be checked is right until the CRC.
    talker.set_goals(GOALS)
    near = hebb_frames.encode(Kind.SET_GOALS, 9, hebb_messages.pack_goals(OTHERS))[:-1] + b"\0"
    for _ in range(20):
        talker.port.write(near * 15)
        talker.wait(0.022)
    talker.wait(0.05)
    status = talker.ask(Kind.STATUS)
    assert list(status.goals) == GOALS
    assert (status.nb_resets, status.nb_lost, status.nb_corrupt) == (0, 0, 300)


def test_a_burst_is_obeyed_even_where_replies_find_no_room(talker: RawClient) -> None:
    talker.set_goals(GOALS)
    burst = b"".join(
        hebb_frames.encode(Kind.SET_GOALS, 100 + k, hebb_messages.pack_goals([2000 + k] * 12)) for k in range(10)
    )
    replies = talker.replies(burst)
    assert 4 <= len(replies) <= 10
    for _, sequence, body in replies:
        assert hebb_messages.unpack_status(body).goals == (2000 + sequence - 100,) * 12
    status = talker.ask(Kind.STATUS)
    assert (status.goals, status.goals_sequence, status.nb_good, status.nb_lost) == ((2009,) * 12, 109, 12, 0)


def test_an_echo_is_no_request(talker: RawClient) -> None:
    ((_, _, body),) = talker.replies(hebb_frames.encode(Kind.STATUS, 5))
    assert talker.replies(hebb_frames.encode(Kind.STATUS | REPLY, 5, body)) == []


def test_a_brown_out_is_told(either: EitherBoard, talker: RawClient) -> None:
    talker.arm(GOALS)
    uptime = talker.ask(Kind.STATUS).uptime
    either.brown_out()
    talker.wait(0.1)
    status = talker.ask(Kind.STATUS)
    assert (status.state, status.cause, status.nb_resets) == (State.DISARMED, ResetCause.BROWN_OUT, 1)
    assert status.goals == (3000,) * 12
    assert status.uptime < uptime + 2000
    assert talker.ask(Kind.ARM).result == Result.NO_GOALS


def test_the_supply_is_told_where_it_is_wired(either: EitherBoard, talker: RawClient) -> None:
    status = talker.ask(Kind.STATUS)
    assert (status.supply, status.flags & Flag.SUPPLY_TOLD) == (0, 0)
    either.set_supply(7.4)
    talker.wait(0.3)
    status = talker.ask(Kind.STATUS)
    assert status.flags & Flag.SUPPLY_TOLD
    assert status.supply == pytest.approx(7400, abs=40)  # 17 mV per count


def test_the_line_drives_it(either: EitherBoard) -> None:
    port = SerialPort(either.path, hebb_frames.BAUD)
    line = HebbLine(port, range(1, 13), watchdog=1.0, margin=0.5)
    try:
        hands = line.greet()
        assert (hands.model, hands.firmware[12], hands.warnings) == ("hebb12", 0x0101, ())
        line.power_on(GOALS)
        line.put_goals(OTHERS)
        assert [r.values and r.values["position"] for r in line.feedback()] == [float(goal) for goal in OTHERS]
        assert line.lost_power() == ""
        with pytest.raises(LinkError, match="read back as"):
            line.power_on([900] * 12)
        assert line.status is not None and line.status.state == State.DISARMED
        line.power_on(GOALS)
        either.brown_out()
        time.sleep(0.3)
        assert line.lost_power() == "the board started anew (brown-out): pulses are off"
        line.power_on(GOALS)
        assert line.power_off() == []
        assert (line.counts.missing, line.counts.corrupt, line.counts.foreign) == (0, 0, 0)
    finally:
        line.close()


def test_both_shapes_give_the_same_replies(chip: SimulatedBoard) -> None:
    rng = np.random.default_rng(4)
    with emulated() as twin, client(twin.path, twin.now) as theirs, client(chip.line_path, chip.seconds) as ours:
        for request in [hebb_frames.encode(Kind.SET_WATCHDOG, 0, b"\xe8\x03"), *_conversation(rng, 60)]:
            assert _timeless(ours.replies(request)) == _timeless(theirs.replies(request))


def _conversation(rng: np.random.Generator, nb: int) -> list[bytes]:
    """Return messages of all sorts: good, broken, cut, doubled, and rubbish."""
    messages = []
    for k in range(nb):
        kind = Kind(int(rng.choice([1, 2, 3, 3, 4, 4, 5, 6])))
        counts = [int(c) for c in rng.integers(0, 7000, 12)]
        body = {Kind.SET_GOALS: hebb_messages.pack_goals(counts), Kind.SET_WATCHDOG: b"\xe8\x03"}.get(kind, b"")
        message = bytearray(hebb_frames.encode(kind, int(rng.integers(65536)), body))
        sort = k % 6
        if sort == 1:
            message[int(rng.integers(len(message)))] ^= 1 << int(rng.integers(8))
        elif sort == 2:
            message = message[: int(rng.integers(1, len(message)))]
        elif sort == 3:
            message = bytearray(rng.bytes(9)) + message + rng.bytes(5)
        elif sort == 4:
            message = message * 2
        messages.append(bytes(message))
    return messages


def _timeless(replies: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Return replies without uptime and longest gap."""
    cleared = []
    for code, sequence, body in replies:
        blank = range(15, 19) if code == Kind.IDENTIFY | REPLY else (8, 9, 10, 11, 16, 17)
        cleared.append((code, sequence, bytes(0 if i in blank else b for i, b in enumerate(body))))
    return cleared
