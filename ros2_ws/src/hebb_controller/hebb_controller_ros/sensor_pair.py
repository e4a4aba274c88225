"""Joint states and IMU messages, brought together into readings."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.robot import MEASURED, RobotSpec
from hebb_controller.signals import RobotState
from hebb_controller_ros.messages import JointIndex, joint_index, nanoseconds, state_from_messages


@dataclass(frozen=True)
class Reading:
    """A reading and when it came.

    Attributes:
        state: what was sensed.
        joints_heard: arrival of the joint state on the steady clock, in [s]; of the first one under its stamp.
        imu_heard: arrival of the IMU's message, likewise.
    """

    state: RobotState
    joints_heard: float
    imu_heard: float

    def age(self) -> float:
        """Return how long ago the older of its two parts came, in [s]."""
        return time.monotonic() - min(self.joints_heard, self.imu_heard)


class SensorPair:
    """Pairs the two streams.

    A source that stamps both alike, as our plants do, gets pairs of equal stamps; of any other, each joint state is
    paired with the newest IMU message. Alike are they as soon as two stamps are equal, and until a joint state is left
    without its twin; from then on it takes two in a row, for rates that have nothing to do with each other meet now and
    then. A message counts as heard when its stamp is another than the last: a plant
    whose IMU has fallen silent goes on publishing, under the stamp of the last that it knows.

    Args:
        robot: the robot.
        complain: called once for each kind of joint state that cannot be used.
    """

    def __init__(self, robot: RobotSpec, complain: Callable[[str], None]) -> None:
        self._robot, self._complain = robot, complain
        self._index: tuple[list[str], JointIndex] | None = None
        self._refused: set[tuple[str, ...]] = set()
        self.measured = True
        self.newest: Reading | None = None
        self._joints: Any = None
        self._imu: Any = None
        self._joints_stamp = self._imu_stamp = -1
        self._joints_heard = self._imu_heard = 0.0
        self._alike = self._parted = False
        self._matched, self._in_a_row = -1, 0
        self._paired: int | None = None

    def source(self, text: str) -> None:
        """Take what `joint_states_source` says."""
        self.measured = text == MEASURED

    def joints(self, message: Any) -> Reading | None:
        """Take a joint state; return the reading that it completes, if it does."""
        if self._index is None or self._index[0] != message.name:
            names = tuple(message.name)
            if names in self._refused:
                return None
            try:
                self._index = (list(names), joint_index(names, self._robot, "joint_states"))
            except BadInputError as error:
                self._refused.add(names)
                self._complain(str(error))
                return None
        self._joints, stamp = message, nanoseconds(message.header.stamp)
        if stamp != self._joints_stamp:
            if self._joints_stamp != self._matched:
                self._parted, self._alike, self._in_a_row = self._parted or self._alike, False, 0
            self._joints_stamp, self._joints_heard = stamp, time.monotonic()
        if self._imu is None:
            return None
        same = self._imu_stamp == stamp
        if same:
            self._match(stamp)
        # The IMU's half of this pair is still on its way.
        return None if self._alike and not same else self._pair()

    def _match(self, stamp: int) -> None:
        """Both halves bear one stamp."""
        if stamp != self._matched:
            self._matched, self._in_a_row = stamp, self._in_a_row + 1
            self._alike = self._in_a_row >= (2 if self._parted else 1)

    def imu(self, message: Any) -> Reading | None:
        """Take an IMU message; return the reading that it completes, if it does."""
        self._imu, stamp = message, nanoseconds(message.header.stamp)
        if stamp != self._imu_stamp or stamp == 0:  # how drivers without a clock fill the field: only coming tells
            self._imu_stamp, self._imu_heard = stamp, time.monotonic()
        same = self._joints is not None and self._joints_stamp == stamp
        if same:
            self._match(stamp)
        return self._pair() if same and self._paired != stamp else None

    def _pair(self) -> Reading | None:
        assert self._index is not None
        try:
            state = state_from_messages(self._joints, self._imu, self._index[1], self.measured)
        except BadInputError as error:
            self._complain(str(error))
            return None
        self._paired = self._joints_stamp
        self.newest = Reading(state, self._joints_heard, self._imu_heard)
        return self.newest
