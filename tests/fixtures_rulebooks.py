"""Small robots and random rulebooks for tests: nothing here walks."""

from __future__ import annotations

import numpy as np

from hebb_controller.observation import LAYOUTS, observation_size
from hebb_controller.robot import JointSpec, RobotSpec, ServoSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import Rule, weight_shapes
from hebb_controller.signals import RobotState

SERVO = ServoSpec("toy", 1.5, 6.0, 20.0, 0.01, 0.0, 0.0, 0.0, 0.0, 0.001)


def servo_robot(nb_joints: int = 2) -> RobotSpec:
    """Return a position-driven robot: joints `j0`, `j1`, ... within -1 and 1 rad, neutral 0.2, action 1 is 0.5 rad."""
    joints = tuple(JointSpec(f"j{k}", -1.0, 1.0, 0.2, 0.5) for k in range(nb_joints))
    return RobotSpec("toy", "a toy", "position", 50.0, "servo", 1.0, joints, SERVO)


def torque_robot(nb_joints: int = 2) -> RobotSpec:
    """Return a torque-driven robot: action 1 is 3 N m."""
    joints = tuple(JointSpec(f"j{k}", -1.0, 1.0, 0.0, 0.0, 3.0) for k in range(nb_joints))
    return RobotSpec("toy_torque", "a toy", "torque", 50.0, "servo", 1.0, joints)


def state_at(robot: RobotSpec, time: float = 0.0, position: float = 0.0, **changes: object) -> RobotState:
    """Return a reading of a robot that stands still with all joints at `position`."""
    n = robot.nb_joints
    values = {
        "time": time,
        "joint_position": np.full(n, position),
        "joint_velocity": np.full(n, np.nan),
        "roll": 0.0,
        "pitch": 0.0,
        "yaw": np.nan,
        "angular_velocity_base_in_base": np.zeros(3),
    }
    return RobotState(**(values | changes))  # type: ignore[arg-type]


def random_rulebook(
    robot: RobotSpec, seed: int = 0, hidden: tuple[int, ...] = (8,), normalisation: str = "max", static: bool = False
) -> Rulebook:
    """Return a rulebook for `robot` with random coefficients, or with random weights that never change."""
    rng = np.random.default_rng(seed)
    sizes = (observation_size(robot.observation, robot), *hidden, robot.nb_joints)
    rule = Rule.named("ABCD_lr")
    coefficients = tuple(rng.normal(0.0, 0.3, s).astype(np.float32) for s in rule.coefficient_shapes(sizes))
    weights = tuple(rng.normal(0.0, 0.3, s).astype(np.float32) for s in weight_shapes(sizes))
    return Rulebook(
        rule="static" if static else "ABCD_lr",
        layer_sizes=sizes,
        normalisation=normalisation,
        robot=robot.name,
        robot_hash=robot.contract_hash,
        layout=robot.observation,
        layout_version=LAYOUTS[robot.observation].version,
        action_filter=robot.action_filter,
        control_rate=robot.control_rate,
        coefficients=() if static else coefficients,
        start_weights=weights if static else (),
        provenance={"command": "made up by a test", "generations": 0},
    )
