"""Messages as others send them: rates that are not ours, an IMU without attitude, velocities that are no number."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("rclpy")
from geometry_msgs.msg import Twist
from sensor_msgs.msg import Imu

from hebb_controller.robot_file import load_robot
from hebb_controller.signals import RobotState
from hebb_controller_ros.encoding import ImuEncoder, JointStateEncoder
from hebb_controller_ros.messages import attitude_in, rates_in
from hebb_controller_ros.plant_trouble import trouble_in
from hebb_controller_ros.sensor_pair import SensorPair
from hebb_controller_ros.velocity_command import VelocityCommand

pytestmark = pytest.mark.ros
ROBOT = load_robot("realant")


class Streams:
    """Joint states and IMU messages by stamp, and the readings that they make."""

    def __init__(self) -> None:
        self._joints, self._imu = JointStateEncoder(ROBOT), ImuEncoder(0.02)
        self.pair = SensorPair(ROBOT, pytest.fail)
        self.stamps: list[tuple[float, float]] = []  # of joints and IMU in every reading
        self._newest_imu = math.nan

    def _state(self, stamp: float) -> RobotState:
        silent = np.full(ROBOT.nb_joints, np.nan)
        # The roll carries the stamp, to tell from a reading which IMU message it holds.
        return RobotState(stamp, ROBOT.neutral, silent, 0.01 * stamp, 0.0, 0.0, np.zeros(3))

    def joints(self, stamp: float) -> None:
        self._take(self.pair.joints(self._joints(self._state(stamp))))

    def imu(self, stamp: float) -> None:
        self._take(self.pair.imu(self._imu(self._state(stamp))))

    def _take(self, reading: object) -> None:
        if reading is not None:
            self.stamps.append((reading.state.time, reading.state.roll / 0.01))  # type: ignore[attr-defined]


@pytest.mark.parametrize("imu_rate", [40, 60, 75, 80, 100, 125, 200])
def test_every_joint_state_makes_a_reading_whatever_the_imus_rate(imu_rate: int) -> None:
    streams = Streams()
    events = [(k / 50, 0) for k in range(100)] + [(k / imu_rate, 1) for k in range(2 * imu_rate)]
    for stamp, which in sorted(events):
        (streams.imu if which else streams.joints)(round(stamp, 6))
    assert len(streams.stamps) >= 96  # the first ones, until it is known what the source is
    assert all(-1e-6 <= joints - imu <= 1.0 / imu_rate + 1e-6 for joints, imu in streams.stamps[4:])


def test_twins_are_waited_for_and_a_lost_one_costs_a_moment() -> None:
    streams = Streams()
    for k in range(50):
        streams.joints(k / 50)
        if k != 20:
            streams.imu(k / 50)
    apart = [round(50 * joints) for joints, imu in streams.stamps if abs(joints - imu) > 1e-3]
    assert apart == [
        21,
        22,
    ]  # the last one's twin never came: these do not wait for theirs, and show that they have some
    assert [round(50 * joints) for joints, _ in streams.stamps] == [k for k in range(50) if k != 20]


def test_an_imu_that_says_it_has_no_attitude_is_not_level() -> None:
    message = Imu()
    assert message.orientation.w == 1.0  # as ROS 2 makes it: a base that stands level
    assert attitude_in(message) == (0.0, 0.0, 0.0) and rates_in(message).tolist() == [0.0, 0.0, 0.0]
    message.orientation_covariance[0] = -1.0
    assert np.isnan(attitude_in(message)).all() and np.isfinite(rates_in(message)).all()
    message.angular_velocity_covariance[0] = -1.0
    assert np.isnan(rates_in(message)).all()


@pytest.mark.parametrize("linear, angular", [(math.nan, 0.0), (0.5, math.nan), (math.inf, 0.0), (0.0, -math.inf)])
def test_a_velocity_that_is_no_number_is_no_command(linear: float, angular: float) -> None:
    wrong, good = Twist(), Twist()
    wrong.linear.x, wrong.angular.z = linear, angular
    good.linear.x, good.angular.z = 0.25, 0.1
    velocity = VelocityCommand(0.5, 60.0)
    velocity.take(wrong)
    assert (velocity.scale(), velocity.turn()) == (0.0, 0.0)
    velocity.take(good)
    velocity.take(wrong)
    assert (velocity.scale(), velocity.turn()) == (0.5, 0.1)


@pytest.mark.parametrize(
    "text, trouble",
    [
        ('{"reason": "unconfirmed: torque off not confirmed"}', True),
        ('{"reason": "lost: the port is gone"}', True),
        ('{"reason": "disarmed: arm again"}', True),
        ('{"reason": "allowed: torque comes on"}', False),
        ('{"reason": "no command for more than 0.5 s"}', False),
        ('{"reason": 3}', False),
        ("[]", False),
        ("{", False),
    ],
)
def test_trouble_of_servos_is_told_from_all_else(text: str, trouble: bool) -> None:
    assert bool(trouble_in(text)) is trouble
