"""One robot in one PyBullet world: built anew for every life, driven through its servos, read in one go.

A life starts from an empty world: Bullet keeps contact caches and solver seeds that neither saveState nor a reset of
poses clears, and the same seed has to give the same bits whatever lived in the process before.
"""

from __future__ import annotations

import tempfile

import numpy as np
import pybullet

from hebb_controller.leg_kinematics import GRAVITY
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector
from sim.bodies import Ground
from sim.camera import follow
from sim.ground import build_ground
from sim.urdf import robot_urdf

#: Motors and contacts share a chain and converge slowly: with 20 a standing 12-servo dog sags until it sits.
SOLVER_ITERATIONS = 50
FLAGS = (
    pybullet.URDF_USE_INERTIA_FROM_FILE
    | pybullet.URDF_USE_SELF_COLLISION
    | pybullet.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS
)


class BulletWorld:
    """A physics client that holds one robot at a time.

    Args:
        physics_step: in [s].
        gui: open a window, which needs a display.
    """

    def __init__(self, physics_step: float, gui: bool = False) -> None:
        self.client: int = pybullet.connect(pybullet.GUI if gui else pybullet.DIRECT)
        self._physics_step = physics_step
        self.robot = -1

    def build(self, robot: RobotSpec, ground: Ground, ground_seed: int, pose: tuple[float, float, float]) -> None:
        """Empty the world and put the ground and a robot at rest into it; arguments as in `world.World.build`."""
        client = self.client
        pybullet.resetSimulation(physicsClientId=client)
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=self._physics_step,
            numSolverIterations=SOLVER_ITERATIONS,
            numSubSteps=0,
            deterministicOverlappingPairs=1,
            enableFileCaching=0,  # by name and for the whole process: a changed body would load as the first one
            physicsClientId=client,
        )
        pybullet.setGravity(0.0, 0.0, -GRAVITY, physicsClientId=client)
        rise = build_ground(client, ground, ground_seed)
        height, roll, pitch = pose
        turn = pybullet.getQuaternionFromEuler([roll + ground.cross_slope, pitch - ground.slope, 0.0])
        place = [0.0, 0.0, height + rise]
        # Gone as soon as it is read: a worker is ended without a chance to tidy up.
        with tempfile.NamedTemporaryFile("w", prefix="hebb-", suffix=".urdf") as file:
            file.write(robot_urdf(robot))
            file.flush()
            self.robot = pybullet.loadURDF(file.name, place, turn, flags=FLAGS, physicsClientId=client)
        self._joints = list(range(robot.nb_joints))
        self._centre = np.array(robot.body.base_centre) if robot.body else np.zeros(3)
        for link in range(-1, robot.nb_joints):
            # Bullet's default drag on every link, 4 % per second, is no property of a robot.
            pybullet.changeDynamics(
                self.robot, link, linearDamping=0.0, angularDamping=0.0, jointDamping=0.0, physicsClientId=client
            )

    def place_joints(self, angles: Vector) -> None:
        """Set all joint angles, shape `(nb_joints,)`, in [rad], at rest."""
        for joint, angle in zip(self._joints, angles.tolist(), strict=True):
            pybullet.resetJointState(self.robot, joint, angle, 0.0, physicsClientId=self.client)

    def joints(self) -> Vector:
        """Return angles [rad] and speeds [rad/s] of all joints, shape `(2, nb_joints)`."""
        states = pybullet.getJointStates(self.robot, self._joints, physicsClientId=self.client)
        return np.array([[s[0] for s in states], [s[1] for s in states]])

    def drive(self, target_speed: Vector, max_torque: Vector) -> None:
        """Set the joint motors for the next steps and advance by one physics step."""
        pybullet.setJointMotorControlArray(
            self.robot,
            self._joints,
            pybullet.VELOCITY_CONTROL,
            targetVelocities=target_speed.tolist(),
            forces=max_torque.tolist(),
            physicsClientId=self.client,
        )
        pybullet.stepSimulation(physicsClientId=self.client)

    def base(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Return the base's position, quaternion (x, y, z, w), velocity and angular velocity, all in the world.

        Position and velocity are those of the base's middle; Bullet tells those of its centre of mass.
        """
        position, turn = pybullet.getBasePositionAndOrientation(self.robot, physicsClientId=self.client)
        velocity, spin = pybullet.getBaseVelocity(self.robot, physicsClientId=self.client)
        if self._centre.any():
            middle, _ = pybullet.multiplyTransforms(position, turn, (-self._centre).tolist(), (0.0, 0.0, 0.0, 1.0))
            velocity = tuple(np.add(velocity, np.cross(spin, np.subtract(middle, position))).tolist())
            position = middle
        return position, turn, velocity, spin

    def links_touching(self) -> set[int]:
        """Return the links that touch the ground, -1 for the base."""
        points = pybullet.getContactPoints(self.robot, 0, physicsClientId=self.client)
        return {point[3] for point in points}

    def picture(self, width: int, height: int, distance: float) -> np.ndarray:
        """Return a view that follows the robot from `distance` [m], shape `(height, width, 3)`, uint8."""
        return follow(self.client, self.robot, width, height, distance)

    def close(self) -> None:
        """Free the client; safe to call twice."""
        if self.client >= 0:
            pybullet.disconnect(self.client)
        self.client = -1
