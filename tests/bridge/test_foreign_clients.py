"""The vendors' own clients judge the emulated boards, and their request bytes judge ours."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from board_thread import bench_board, running

from firmware_bridge import dynamixel2_frames, ff_frames
from firmware_bridge.servo_tables import AX12A, STS3215, XL430

IDS = list(range(1, 13))


def judge(name: str) -> Any:
    """Return a vendor's client; where they have to be there (`make test`), one that is not fails the test."""
    return importlib.import_module(name) if os.environ.get("HEBB_JUDGES") else pytest.importorskip(name)


class Tap:
    """Stands where an SDK expects its port and keeps what it writes."""

    def __init__(self) -> None:
        self.sent = b""
        self.is_using = False
        self.baudrate = 1_000_000

    def clearPort(self) -> None: ...

    def setPacketTimeout(self, _length: int) -> None: ...

    def setPacketTimeoutMillis(self, _time: float) -> None: ...

    def isPacketTimeout(self) -> bool:
        return True

    def readPort(self, _length: int) -> bytes:
        return b""

    def writePort(self, packet: list[int]) -> int:
        self.sent += bytes(packet)
        return len(packet)


def in_time(ask: Callable[[], object], wanted: object) -> object:
    """Ask until the answer is the wanted one: SDKs give up after a few milliseconds, which a busy machine may need."""
    for _ in range(20):
        told = ask()
        if told == wanted:
            break
    return told


def test_feetech_sdk_pings_reads_and_writes_our_board() -> None:
    sdk = judge("scservo_sdk")
    with running(bench_board("sts")) as board:
        port = sdk.PortHandler(board.line.name)
        assert port.openPort()
        port.setBaudRate(1_000_000)
        packets = sdk.sms_sts(port)
        for servo_id in IDS:
            assert in_time(lambda i=servo_id: packets.ping(i), (777, sdk.COMM_SUCCESS, 0)) == (777, sdk.COMM_SUCCESS, 0)
        write = sdk.GroupSyncWrite(packets, 42, 2)
        goals = {i: 2048 + 20 * i for i in IDS}
        for i, goal in goals.items():
            assert write.addParam(i, [goal & 0xFF, goal >> 8])
        good = (sdk.COMM_SUCCESS, 0)
        for i in IDS:
            assert in_time(lambda i=i: packets.write1ByteTxRx(i, 40, 1), good) == good
        assert write.txPacket() == sdk.COMM_SUCCESS
        time.sleep(0.8)
        read = sdk.GroupSyncRead(packets, 56, 8)
        for i in IDS:
            assert read.addParam(i)
        assert in_time(read.txRxPacket, sdk.COMM_SUCCESS) == sdk.COMM_SUCCESS
        assert {i: read.getData(i, 56, 2) for i in IDS} == goals
        assert {read.getData(i, 62, 1) for i in IDS} == {120}
        port.closePort()


@pytest.mark.parametrize(("protocol", "version"), [("dxl2", 2.0), ("dxl1", 1.0)])
def test_dynamixel_sdk_pings_reads_and_writes_our_board(protocol: str, version: float) -> None:
    sdk = judge("dynamixel_sdk")
    table = {"dxl2": XL430, "dxl1": AX12A}[protocol]
    robot = {"dxl2": "sts12", "dxl1": "realant"}[protocol]
    with running(bench_board(protocol, robot)) as board:
        ids = list(board.servos)
        port = sdk.PortHandler(board.line.name)
        assert port.openPort() and port.setBaudRate(1_000_000)
        packets = sdk.PacketHandler(version)
        for i in ids:
            model = (table.model_number, sdk.COMM_SUCCESS, 0)
            assert in_time(lambda i=i: packets.ping(port, i), model) == model
            good, torque = (sdk.COMM_SUCCESS, 0), table.registers["torque"].address
            assert in_time(lambda i=i, at=torque: packets.write1ByteTxRx(port, i, at, 1), good) == good
        goal = table.registers["goal"]
        goals = {i: table.centre + 5 * i for i in ids}
        write = sdk.GroupSyncWrite(port, packets, goal.address, goal.size)
        for i in ids:
            assert write.addParam(i, goal.encode(goals[i]))
        assert write.txPacket() == sdk.COMM_SUCCESS
        time.sleep(0.8)
        position = table.registers["position"]
        if protocol == "dxl2":
            read = sdk.GroupSyncRead(port, packets, position.address, position.size)
            for i in ids:
                assert read.addParam(i)
            assert in_time(read.txRxPacket, sdk.COMM_SUCCESS) == sdk.COMM_SUCCESS
            assert {i: read.getData(i, position.address, position.size) for i in ids} == goals
        else:
            for i in ids:
                wanted = (goals[i], sdk.COMM_SUCCESS, 0)
                assert in_time(lambda i=i: packets.read2ByteTxRx(port, i, position.address), wanted) == wanted
        port.closePort()


@pytest.mark.parametrize(("protocol", "model"), [("sts", "Sts3215PyController"), ("dxl2", "Xl430PyController")])
def test_rustypot_reads_and_writes_our_board(protocol: str, model: str) -> None:
    rustypot = judge("rustypot")
    definition = getattr(rustypot, model).definition()
    models = dict.fromkeys(IDS, definition)
    with (
        running(bench_board(protocol)) as board,
        rustypot.Bus(board.line.name, 1_000_000, 0.1, models) as bus,
    ):
        found: dict[int, int] = {}
        in_time(lambda: found.update(bus.scan(definition, IDS)) or set(found), set(IDS))
        assert found == dict.fromkeys(IDS, {"sts": 777, "dxl2": 1060}[protocol])
        goals = [2048 + 10 * i for i in IDS]
        bus.sync_write_register(IDS, "torque_enable", [1] * len(IDS))
        bus.sync_write_register(IDS, "goal_position", goals)
        time.sleep(0.8)
        assert list(bus.sync_read_register(IDS, "present_position")) == goals


def test_our_feetech_requests_are_the_sdks_bytes() -> None:
    sdk = judge("scservo_sdk")
    data = {i: STS3215.registers["goal"].encode(2048 - 100 * i) for i in IDS}

    def sent(act: str) -> bytes:
        tap = Tap()
        packets = sdk.sms_sts(tap)
        if act == "ping":
            packets.ping(5)
        elif act == "read":
            packets.readTx(5, 56, 8)
        elif act == "write":
            packets.writeTxOnly(7, 42, 2, [0x34, 0x12])
        elif act == "sync_write":
            group = sdk.GroupSyncWrite(packets, 42, 2)
            for i in IDS:
                group.addParam(i, list(data[i]))
            group.txPacket()
        else:
            group = sdk.GroupSyncRead(packets, 56, 8)
            for i in IDS:
                group.addParam(i)
            group.txPacket()
        return tap.sent

    assert ff_frames.ping(5) == sent("ping")
    assert ff_frames.read(5, 56, 8) == sent("read")
    assert ff_frames.write(7, 42, b"\x34\x12") == sent("write")
    assert ff_frames.sync_write(42, data) == sent("sync_write")
    assert ff_frames.sync_read(56, 8, IDS) == sent("sync_read")


def test_our_dynamixel_requests_are_the_sdks_bytes() -> None:
    sdk = judge("dynamixel_sdk")
    data = {i: XL430.registers["goal"].encode(2048 - 100 * i) for i in IDS}

    def sent(act: str, version: float) -> bytes:
        tap = Tap()
        packets = sdk.PacketHandler(version)
        if act == "ping":
            packets.ping(tap, 5)
        elif act == "read":
            packets.readTx(tap, 5, 36, 8)
        elif act == "reboot":
            packets.reboot(tap, 5)
        elif act == "write":
            packets.writeTxOnly(tap, 7, 30, 2, [0x34, 0x02])
        elif act == "sync_write":
            group = sdk.GroupSyncWrite(tap, packets, 116, 4)
            for i in IDS:
                group.addParam(i, data[i])
            group.txPacket()
        else:
            group = sdk.GroupSyncRead(tap, packets, 126, 21)
            for i in IDS:
                group.addParam(i)
            group.txPacket()
        return tap.sent

    for codec, version in ((ff_frames, 1.0), (dynamixel2_frames, 2.0)):
        assert codec.ping(5) == sent("ping", version)
        assert codec.read(5, 36, 8) == sent("read", version)
        assert codec.write(7, 30, b"\x34\x02") == sent("write", version)
    assert dynamixel2_frames.reboot(5) == sent("reboot", 2.0)
    assert dynamixel2_frames.sync_write(116, data) == sent("sync_write", 2.0)
    assert dynamixel2_frames.sync_read(126, 21, IDS) == sent("sync_read", 2.0)


def test_stuffing_is_the_sdks() -> None:
    # dynamixel-sdk 4.1.0 stuffs a copy of the packet and sends the original: its function is the oracle, not its port.
    sdk = judge("dynamixel_sdk")
    packets = sdk.PacketHandler(2.0)
    body = b"\x74\x00\x04\x00\x03\xff\xff\xfd\x00\xff\xff\xfd"
    plain = [0xFF, 0xFF, 0xFD, 0, 254, len(body) + 3, 0, dynamixel2_frames.SYNC_WRITE, *body, 0, 0]
    stuffed = packets.addStuffing(plain)
    ours = dynamixel2_frames.encode(254, dynamixel2_frames.SYNC_WRITE, body)
    assert ours[:-2] == bytes(stuffed[:-2])
    assert int.from_bytes(ours[-2:], "little") == packets.updateCRC(0, stuffed, len(stuffed) - 2)
