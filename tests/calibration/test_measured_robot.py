"""Real-to-sim: the written robot file is the old robot with the measured servo, and nothing else changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from planted_board import crab
from sample_calibration import calibration_of

from calibration.measured_robot import measured_servo, write_measured_robot
from calibration.record import Measured
from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot, shipped_robots


@pytest.mark.parametrize("name", [n for n in shipped_robots() if load_robot(n).servo is not None])
def test_shipped_robots_get_the_measured_servo_and_stay_the_same(name: str, tmp_path: Path) -> None:
    robot = load_robot(name)
    calibration = calibration_of(robot)
    out = tmp_path / "mine.yaml"
    written = write_measured_robot(name, calibration, out)
    again = load_robot(out)
    assert again == written
    assert dataclasses.replace(again, servo=robot.servo) == robot
    assert again.contract_hash == robot.contract_hash  # rulebooks fit both
    latencies = sorted(0.007 + 0.001 * k for k in range(robot.nb_joints))
    middle = len(latencies) // 2
    assert again.servo is not None and robot.servo is not None
    assert again.servo.latency == pytest.approx(0.5 * (latencies[middle - 1] + latencies[middle]))
    assert again.servo.no_load_speed == pytest.approx(4.6)
    assert again.servo.backlash == pytest.approx(0.004)
    assert "measured by hebb calibrate on 2026-11-24" in again.servo.source and "11.9 V" in again.servo.source
    kept = ("stall_torque", "position_gain", "damping", "deadband", "resolution", "armature", "friction")
    assert [getattr(again.servo, k) for k in kept] == [getattr(robot.servo, k) for k in kept]
    comments = [line for line in shipped_robots()[name].read_text().splitlines() if line.startswith("#")]
    assert all(line in out.read_text() for line in comments)


def test_a_servo_section_is_replaced_as_well_as_a_name(tmp_path: Path) -> None:
    crab(folder=tmp_path)
    robot = load_robot(tmp_path / "crab4.yaml")
    once = write_measured_robot(tmp_path / "crab4.yaml", calibration_of(robot), tmp_path / "once.yaml")
    twice = write_measured_robot(tmp_path / "once.yaml", calibration_of(once), tmp_path / "twice.yaml")
    assert (tmp_path / "twice.yaml").read_text().count("servo:") == 1
    assert twice.servo is not None and once.servo is not None
    assert twice.servo.latency == once.servo.latency


def test_what_nobody_measured_stays(tmp_path: Path) -> None:
    robot = crab()
    assert robot.servo is not None
    only = calibration_of(robot)
    bare = tuple(dataclasses.replace(j, measured=Measured(latency=0.02)) for j in only.joints)
    servo = measured_servo(robot.servo, dataclasses.replace(only, joints=bare))
    assert (servo.latency, servo.no_load_speed, servo.backlash) == (
        0.02,
        robot.servo.no_load_speed,
        robot.servo.backlash,
    )
    nothing = tuple(dataclasses.replace(j, measured=Measured()) for j in only.joints)
    with pytest.raises(BadInputError, match="no measured"):
        measured_servo(robot.servo, dataclasses.replace(only, joints=nothing))


def test_the_robot_file_itself_is_never_written_over(tmp_path: Path) -> None:
    crab(folder=tmp_path)
    path = tmp_path / "crab4.yaml"
    with pytest.raises(BadInputError, match="another name"):
        write_measured_robot(path, calibration_of(load_robot(path)), path)
    with pytest.raises(BadInputError, match="not made for"):
        write_measured_robot("sts12", calibration_of(load_robot(path)), tmp_path / "out.yaml")
