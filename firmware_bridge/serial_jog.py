"""A robot under torque for as long as a block runs, and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.errors import LinkError
from firmware_bridge.serial_plant import SerialConfig, open_owner, wired
from firmware_bridge.serial_port import stable_name
from firmware_bridge.torque_guard import unconfirmed_text
from hebb_controller.robot import RobotSpec


@contextmanager
def armed_owner(robot: RobotSpec, config: SerialConfig, tell: Callable[[str], None]) -> Iterator[BusOwner]:
    """Open the line, shake hands, switch torque on where the joints are, and off when the block ends, however it does.

    Args:
        robot: the robot.
        config: how it is wired.
        tell: shows warnings.

    Raises:
        BadInputError: settings that cannot work.
        LinkError: the board cannot be reached, refuses torque, or does not confirm that torque is off.
    """
    kind, joint_map = wired(robot, config)
    joint_map.check(robot, kind.scale)
    owner = open_owner(robot, config, kind, joint_map)
    try:
        for warning in (*config.notes, *owner.warnings):
            tell(f"warning: {warning}")
        owner.arm()
        yield owner
    except BaseException:
        failed = owner.close()
        if failed:
            tell(f"warning: {unconfirmed_text(failed)}")
        raise
    failed = owner.close()
    if failed:
        raise LinkError(f"port {stable_name(config.port)}: {unconfirmed_text(failed)}")
