"""The seam between the walking task and a physics engine."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from hebb_controller.errors import BadInputError, MissingExtraError, unknown
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector
from sim.bodies import Ground

#: The engine that rules evolve in unless their settings say otherwise, and the second one.
BULLET, MUJOCO = "bullet", "mujoco"
ENGINES = (BULLET, MUJOCO)


class World(Protocol):
    """One robot at a time on one ground. Implemented by `bullet.BulletWorld` and `mujoco.MujocoWorld`."""

    def build(self, robot: RobotSpec, ground: Ground, ground_seed: int, pose: tuple[float, float, float]) -> None:
        """Empty the world and put the ground and a robot at rest into it.

        Args:
            robot: the robot, in its body.
            ground: what it stands on.
            ground_seed: for the shape of rough ground.
            pose: height of the base above the ground, roll and pitch, in [m] and [rad].
        """

    def place_joints(self, angles: Vector) -> None:
        """Set all joint angles, shape `(nb_joints,)`, in [rad], at rest."""

    def joints(self) -> Vector:
        """Return angles [rad] and speeds [rad/s] of all joints, shape `(2, nb_joints)`."""

    def drive(self, target_speed: Vector, max_torque: Vector) -> None:
        """Advance by one physics step, each joint motor pulling towards its speed with at most its torque.

        Args:
            target_speed: shape `(nb_joints,)`, in [rad/s].
            max_torque: shape `(nb_joints,)`, in [N m].
        """

    def base(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Return the base's position, quaternion (x, y, z, w), velocity and angular velocity, all in the world."""

    def links_touching(self) -> set[int]:
        """Return the links that touch the ground, -1 for the base."""

    def picture(self, width: int, height: int, distance: float) -> np.ndarray:
        """Return a view that follows the robot from `distance` [m], shape `(height, width, 3)`, uint8."""

    def close(self) -> None:
        """Free the engine; safe to call twice."""


def make_world(engine: str, physics_step: float, gui: bool = False) -> World:
    """Return an empty world of an engine.

    Args:
        engine: one of `ENGINES`.
        physics_step: in [s].
        gui: open a window, which needs a display.

    Raises:
        BadInputError: unknown engine, or one that has no window.
        MissingExtraError: the engine is not installed.
    """
    if engine == BULLET:
        try:
            from sim.bullet import BulletWorld
        except ModuleNotFoundError as error:
            raise MissingExtraError("pybullet", "sim") from error
        return BulletWorld(physics_step, gui)
    if engine != MUJOCO:
        raise unknown("engine", engine, ENGINES)
    if gui:
        raise BadInputError("the window is PyBullet's: leave gui out, or choose the engine bullet")
    try:
        from sim.mujoco import MujocoWorld
    except ModuleNotFoundError as error:
        raise MissingExtraError("mujoco", "mujoco") from error
    return MujocoWorld(physics_step)
