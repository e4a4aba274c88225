"""Torque that is to go off and is not confirmed to be: who goes on telling, who acts, and what is refused meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from board_thread import bench_board, running
from owned_board import ROBOT, disarmed, owned, stop_guard, torques, walk_until

from firmware_bridge import driven_line, serial_run
from firmware_bridge.board_report import Power
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.errors import LinkError
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.serial_jog import armed_owner
from firmware_bridge.serial_plant import SerialConfig, open_plant


def silently_nobody(line: RegisterLine) -> list[int]:
    """Stand for `power_off` on a handle that lets nothing out: nobody hears, nobody confirms."""
    return list(line.ids)


def driving(board: EmulatedBoard) -> set[int]:
    return {servo_id for servo_id, servo in board.servos.items() if servo.get("torque")}


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 5.0
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_torque_off_tries_every_servo_and_names_those_that_do_not_confirm() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.faults.missing = {1, 12}
        assert owner.disarm("told to") == [1, 12]
        report = owner.report()
        assert report.power is Power.UNCONFIRMED
        assert report.reason == "told to; torque off not confirmed by servo 1, 12: cut the supply"
        assert driving(board) == {1, 12}  # they do drive: nothing here may call it off
        board.faults.missing = set()
        wait_for(disarmed(owner))  # nobody told it again: the guard did
        assert owner.report().reason == "told to: arm again"
        assert driving(board) == set()


def test_arming_is_refused_until_torque_off_is_confirmed() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.faults.missing = {1, 12}
        owner.disarm("told to")
        with pytest.raises(LinkError, match="cannot arm: torque off not confirmed by servo 1, 12"):
            owner.arm()
        board.faults.missing = {12}
        with pytest.raises(LinkError, match="cannot arm: torque off not confirmed by servo 12: cut the supply"):
            owner.arm()
        board.faults.missing = set()
        owner.arm()
        assert torques(board) == {1}


def test_limp_commands_tell_them_again() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        stop_guard(owner)
        board.faults.missing = {3}
        assert owner.disarm("told to let go") == [3]
        board.faults.missing = set()
        wait_for(lambda: owner.disarm("told to let go") == [])
        assert owner.report().power is Power.DISARMED and driving(board) == set()


def test_limp_commands_that_come_fast_do_not_keep_the_line_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    board = bench_board("sts")
    calls = []
    with owned(board) as owner:
        owner.arm()
        stop_guard(owner)
        with monkeypatch.context() as patch:
            patch.setattr(RegisterLine, "power_off", lambda line: calls.append(time.monotonic()) or [3])
            end = time.monotonic() + 0.6
            while time.monotonic() < end:
                assert owner.disarm("told to let go") == [3]
    assert 2 <= len(calls) <= 5  # at once, then after 0.05, 0.1, 0.25 s
    assert driving(board) == set()


def test_closing_tells_them_once_more_and_names_those_that_are_left() -> None:
    for missing in (set(), {12}):
        board = bench_board("sts")
        with owned(board) as owner:
            owner.arm()
            stop_guard(owner)
            board.faults.missing = {1, 12}
            owner.disarm("told to")
            board.faults.missing = missing
            assert owner.close() == sorted(missing)
            assert driving(board) == missing
            assert owner.close() == sorted(missing)  # twice is as once
            assert owner.report().power is (Power.UNCONFIRMED if missing else Power.DISARMED)
            board.faults.missing = set()


def test_the_supervisor_acts_where_we_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    board = bench_board("sts")
    with owned(board, supervise=True) as owner:
        owner.arm()
        assert torques(board) == {1}
        with monkeypatch.context() as patch:
            patch.setattr(RegisterLine, "power_off", silently_nobody)
            assert owner.disarm("told to") == list(board.servos)
            assert driving(board) == set()  # through a port of its own
        wait_for(disarmed(owner))


def test_a_supervisor_that_is_not_needed_goes_home() -> None:
    board = bench_board("sts")
    with owned(board, supervise=True) as owner:
        owner.arm()
        supervisor = owner._driven.torque._supervisor
        assert supervisor is not None and supervisor.beat()
        assert owner.disarm("told to") == []
        assert supervisor._process.returncode == 0


@pytest.mark.parametrize("error", [LinkError("port x: not as told"), KeyboardInterrupt()])
def test_an_arming_that_fails_half_way_is_not_taken_for_torque_off(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = bench_board("sts")
    on = driven_line.torque_on

    def half_way(*args) -> None:
        on(*args)
        board.faults.missing = {4}
        raise error

    with owned(board) as owner:
        with monkeypatch.context() as patch:
            patch.setattr(driven_line, "torque_on", half_way)
            words = "port x: not as told; torque off not confirmed by servo 4" if isinstance(error, LinkError) else None
            with pytest.raises(type(error), match=words):
                owner.arm()
        assert owner.report().power is Power.UNCONFIRMED and driving(board) == {4}
        board.faults.missing = set()
        wait_for(disarmed(owner))
        assert driving(board) == set()


def test_whoever_walks_or_jogs_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    board = bench_board("sts")
    with running(board):
        config = SerialConfig(board.line.name, "sts", "level", supervise=False)
        with pytest.raises(KeyboardInterrupt), armed_owner(ROBOT, config, told.append):
            board.faults.missing = {3}
            raise KeyboardInterrupt
        assert told[-1] == "warning: torque off not confirmed by servo 3: cut the supply"
        board.faults.missing = set()
        plant = open_plant(ROBOT, config)
        plant.arm()
        board.faults.missing = {5}
        assert serial_run._close(plant)
        assert capsys.readouterr().err == "hebb: error: closed; torque off not confirmed by servo 5: cut the supply\n"


def test_servos_that_drive_already_are_told_to_let_go_and_said_so() -> None:
    board = bench_board("sts")
    for servo_id in (2, 7):  # what a program that died has left behind
        board.servos[servo_id].set("torque", 1)
    with owned(board) as owner:
        assert owner.warnings == ("torque was on already when the port was opened, at servo 2, 7: it goes off",)
        wait_for(disarmed(owner))
        assert driving(board) == set()
        assert owner.report().reason == "torque was on already when the port was opened: arm again"
        owner.arm()
        assert torques(board) == {1}


@pytest.mark.parametrize("supervise", [False, True])
def test_a_cable_that_is_out_for_good_leaves_servos_that_nobody_has_stopped(supervise: bool) -> None:
    board = bench_board("sts")
    with owned(board, supervise=supervise) as owner:
        owner.arm()
        board.replug()  # under another name, which nobody tells: to us it is gone
        walk_until(owner, lambda: owner.report().power is Power.LOST)
        assert "torque off not confirmed by servo 1, 2" in owner.report().reason
        assert owner.close() == list(range(1, 13))
        assert driving(board) == set(range(1, 13))  # they do


def test_a_broken_handle_whose_supervisor_reached_the_port_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    board = bench_board("sts")
    with owned(board, supervise=True) as owner:
        owner.arm()
        stop_guard(owner)
        owner._lose("the handle broke")  # the port is there: the process opens it for itself
        wait_for(lambda: driving(board) == set())
        assert owner.close() == []


def test_a_link_that_is_back_is_not_taken_for_torque_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = bench_board("sts")
    link = tmp_path / "by-id"
    link.symlink_to(board.line.name)
    with owned(board, lambda: str(link)) as owner:
        owner.arm()
        with monkeypatch.context() as patch:
            patch.setattr(RegisterLine, "power_off", silently_nobody)  # the plug wobbles
            new = board.replug()
            walk_until(owner, lambda: owner.report().power is Power.LOST)
            link.unlink()
            link.symlink_to(new)
            walk_until(owner, lambda: owner.report().power is Power.UNCONFIRMED)
            assert "the link is back; torque off not confirmed by servo 1, 2" in owner.report().reason
            with pytest.raises(LinkError, match="cannot arm: torque off not confirmed"):
                owner.arm()
            assert torques(board) == {1}
        wait_for(disarmed(owner))
        assert torques(board) == {0} and owner.report().reason == "the link is back: arm again"
