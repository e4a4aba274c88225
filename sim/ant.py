"""The benchmark task: AntBulletEnv-v0 as Najarro & Risi 2020 use it (arXiv 2007.02686), without its per-joint calls.

Same 28 observations, same progress reward, same episode rules as the reference release: 40 settling steps without
torque, the first observation is the one from *before* settling, no end before control step 200, then an end on falling
or on more than 30 steps of negative progress in a row. The environment's limit of 1000 steps counts the settling
steps, so 960 are controlled.

The reward is a difference of potentials -distance / 0.0165 s: its sum is not metres. Distance is measured from the
mean of the body's parts, as in PyBullet, where the resting floor counts as one more part.
"""

from __future__ import annotations

import math

import numpy as np
import pybullet

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import GroundTruth, JointTargets, RobotState
from sim.ant_body import DAMAGE
from sim.ant_world import CONTROL_PERIOD, AntWorld, mean_of_parts
from sim.camera import follow
from sim.rotation import into_base
from sim.task import Transition

SETTLING_STEPS = 40
GRACE_STEPS = 200
PATIENCE = 30
TARGET_X = 1e3  # [m]: the walker's target is a kilometre away
FALL_HEIGHT = 0.26  # [m]
START_JITTER = 0.1  # [rad]


class AntTask:
    """The ant on flat ground, driven by torques.

    Args:
        robot: the `ant` robot.
        lean: use the 8-link twin; False loads PyBullet's own 20 links.
        gui: open PyBullet's window, which one simulator in a process can have.
    """

    bodies = tuple(DAMAGE)
    max_steps = 1000 - SETTLING_STEPS
    control_period = CONTROL_PERIOD

    def __init__(self, robot: RobotSpec, lean: bool = True, gui: bool = False) -> None:
        self.robot = robot
        self._lean = lean
        self._gui = gui
        self._worlds: dict[str, AntWorld] = {}

    def reset(self, rng: np.random.Generator, body: str = "intact") -> RobotState:
        """Start an episode: joints at U(-0.1, 0.1) rad, 40 steps without torque."""
        if body not in self._worlds:
            self._worlds[body] = AntWorld(body, self._lean, self._gui)
        self._world = world = self._worlds[body]
        world.restore(rng.uniform(-START_JITTER, START_JITTER, self.robot.nb_joints))
        self._step = -SETTLING_STEPS
        self._negative_steps = 0
        self._feet = np.zeros(4)
        self._start_height = world.height()
        first = self._read()
        self._potential = -self._target_distance / CONTROL_PERIOD
        no_torque = JointTargets(0.0, np.zeros(self.robot.nb_joints), "torque")
        for _ in range(SETTLING_STEPS):
            self.step(no_torque)
        return first

    def step(self, targets: JointTargets) -> Transition:
        """Apply torques for 0.0165 s; they are held within what action +-1 means."""
        bound = self.robot.action_scale
        torque = np.zeros(bound.size) if targets.limp else np.minimum(np.maximum(targets.value, -bound), bound)
        self._world.advance(torque)
        state = self._read()
        potential = -self._target_distance / CONTROL_PERIOD
        progress = potential - self._potential
        self._potential = potential
        # Contacts are looked up after the state, as in PyBullet's walkers: they reach the next observation.
        self._feet = self._world.foot_contact()
        fallen = not self._height > FALL_HEIGHT
        if self._step > GRACE_STEPS:
            self._negative_steps = self._negative_steps + 1 if progress < 0.0 else 0
        late = self._step > GRACE_STEPS and (fallen or self._negative_steps > PATIENCE)
        self._step += 1
        done = late or not math.isfinite(progress) or self._step >= self.max_steps
        return Transition(state, progress, {"progress": progress}, done, fallen)

    def _read(self) -> RobotState:
        world = self._world
        position, quaternion, velocity, angular_velocity, joint_position, joint_velocity = world.read()
        roll, pitch, yaw = pybullet.getEulerFromQuaternion(quaternion)
        x, y = mean_of_parts(np.array(position), np.array(quaternion), joint_position, world.legs)
        self._height = position[2]
        self._target_distance = math.hypot(TARGET_X - x, y)
        truth = GroundTruth(
            np.array(position),
            np.array(velocity),
            math.atan2(-y, TARGET_X - x),
            self._height - self._start_height,
            self._feet,
        )
        time = self._step * CONTROL_PERIOD
        gyro = into_base(quaternion, angular_velocity)
        return RobotState(time, joint_position, joint_velocity, roll, pitch, yaw, gyro, True, truth)

    def picture(self, width: int = 480, height: int = 320) -> np.ndarray:
        """Return a view that follows the torso, shape `(height, width, 3)`, uint8."""
        return follow(self._world.client, self._world.ant, width, height, distance=4.0)

    def close(self) -> None:
        """Free the simulators."""
        for world in self._worlds.values():
            pybullet.disconnect(world.client)
        self._worlds.clear()
