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
import pybullet_data
from numba import njit

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import GroundTruth, JointTargets, RobotState, Vector
from sim.ant_body import DAMAGE, AntLeg, legs_of, load_lean, load_original
from sim.camera import follow
from sim.task import Transition

CONTROL_PERIOD = 0.0165  # [s], four substeps
SETTLING_STEPS = 40
GRACE_STEPS = 200
PATIENCE = 30
TARGET_X = 1e3  # [m]: the walker's target is a kilometre away
FALL_HEIGHT = 0.26  # [m]
POWER = 2.5 * 100.0  # [N m] at action 1
START_JITTER = 0.1  # [rad]
NB_PARTS = 22  # torso, 20 links and the floor


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
        self._worlds: dict[str, _World] = {}

    def reset(self, rng: np.random.Generator, body: str = "intact") -> RobotState:
        """Start an episode: joints at U(-0.1, 0.1) rad, 40 steps without torque."""
        if body not in self._worlds:
            self._worlds[body] = _World(body, self._lean, self._gui)
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
        torque = np.zeros(8) if targets.limp else np.minimum(np.maximum(targets.value, -POWER), POWER)
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
        x, y = _mean_of_parts(np.array(position), np.array(quaternion), joint_position, world.legs)
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
        gyro = rotate_into_base(quaternion, angular_velocity)
        return RobotState(time, joint_position, joint_velocity, roll, pitch, yaw, gyro, True, truth)

    def picture(self, width: int = 480, height: int = 320) -> np.ndarray:
        """Return a view that follows the torso, shape `(height, width, 3)`, uint8."""
        return follow(self._world.client, self._world.ant, width, height, distance=4.0)

    def close(self) -> None:
        """Free the simulators."""
        for world in self._worlds.values():
            pybullet.disconnect(world.client)
        self._worlds.clear()


class _World:
    """One physics client with one body, as PyBullet's stadium scene sets it up."""

    def __init__(self, body: str, lean: bool, gui: bool) -> None:
        self.client = client = pybullet.connect(pybullet.GUI if gui else pybullet.DIRECT)
        pybullet.setPhysicsEngineParameter(deterministicOverlappingPairs=1, physicsClientId=client)
        pybullet.setGravity(0, 0, -9.8, physicsClientId=client)
        pybullet.setDefaultContactERP(0.9, physicsClientId=client)
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=CONTROL_PERIOD, numSolverIterations=5, numSubSteps=4, physicsClientId=client
        )
        self.floor = _load_floor(client)
        self.ant = load_lean(client, body) if lean else load_original(client, body)
        indices = range(pybullet.getNumJoints(self.ant, physicsClientId=client))
        info = [pybullet.getJointInfo(self.ant, k, physicsClientId=client) for k in indices]
        self.joints = [k for k in indices if info[k][2] == pybullet.JOINT_REVOLUTE]
        self._feet = {(self.joints[n] if lean else self.joints[n] + 1): n // 2 for n in (1, 3, 5, 7)}
        for k in indices:
            pybullet.setJointMotorControl2(
                self.ant,
                k,
                pybullet.POSITION_CONTROL,
                positionGain=0.1,
                velocityGain=0.1,
                force=0,
                physicsClientId=client,
            )
        self.legs = np.array([_kinematics(leg) for leg in legs_of(body)])
        self._start = pybullet.saveState(physicsClientId=client)

    def restore(self, joint_position: Vector) -> None:
        """Put the body back to its start, bit for bit, with other joint angles."""
        pybullet.restoreState(self._start, physicsClientId=self.client)
        for k, angle in zip(self.joints, joint_position, strict=True):
            pybullet.resetJointState(self.ant, k, angle, 0.0, physicsClientId=self.client)

    def height(self) -> float:
        return float(pybullet.getBasePositionAndOrientation(self.ant, physicsClientId=self.client)[0][2])

    def advance(self, torque: Vector) -> None:
        pybullet.setJointMotorControlArray(
            self.ant, self.joints, pybullet.TORQUE_CONTROL, forces=torque, physicsClientId=self.client
        )
        pybullet.stepSimulation(physicsClientId=self.client)

    def read(self) -> tuple:  # type: ignore[type-arg]
        position, quaternion = pybullet.getBasePositionAndOrientation(self.ant, physicsClientId=self.client)
        velocity, angular = pybullet.getBaseVelocity(self.ant, physicsClientId=self.client)
        joints = pybullet.getJointStates(self.ant, self.joints, physicsClientId=self.client)
        return (
            position,
            quaternion,
            velocity,
            angular,
            np.array([j[0] for j in joints]),
            np.array([j[1] for j in joints]),
        )

    def foot_contact(self) -> Vector:
        contact = np.zeros(4)
        for point in pybullet.getContactPoints(self.ant, self.floor, physicsClientId=self.client):
            foot = self._feet.get(point[3])
            if foot is not None:
                contact[foot] = 1.0
        return contact


def _kinematics(leg: AntLeg) -> list[float]:
    sign_x, sign_y = np.sign(leg.reach[2])
    axis_x, axis_y, _ = (float(v) for v in leg.ankle_axis.split())
    lift = (axis_x * sign_y - axis_y * sign_x) / math.hypot(axis_x, axis_y)
    aux, upper, foot = (abs(end[0]) for end in leg.reach)
    return [sign_x, sign_y, aux, upper, 0.5 * foot, lift]


def _load_floor(client: int) -> int:
    floor = pybullet.loadSDF(f"{pybullet_data.getDataPath()}/plane_stadium.sdf", physicsClientId=client)[0]
    pybullet.changeDynamics(floor, -1, lateralFriction=0.8, restitution=0.5, physicsClientId=client)
    return int(floor)


def rotate_into_base(quaternion: tuple[float, ...], vector: tuple[float, ...]) -> Vector:
    """Return a world vector in base axes, shape `(3,)`; `quaternion` is base to world, `(x, y, z, w)`."""
    _, inverse = pybullet.invertTransform((0, 0, 0), quaternion)
    return np.array(pybullet.multiplyTransforms((0, 0, 0), inverse, vector, (0, 0, 0, 1))[0])


@njit(cache=True)  # type: ignore[untyped-decorator]
def _rotate(q, v):  # type: ignore[no-untyped-def]
    """Rotate `v` by the unit quaternion `q` = (x, y, z, w)."""
    tx = 2.0 * (q[1] * v[2] - q[2] * v[1])
    ty = 2.0 * (q[2] * v[0] - q[0] * v[2])
    tz = 2.0 * (q[0] * v[1] - q[1] * v[0])
    return (
        v[0] + q[3] * tx + q[1] * tz - q[2] * ty,
        v[1] + q[3] * ty + q[2] * tx - q[0] * tz,
        v[2] + q[3] * tz + q[0] * ty - q[1] * tx,
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _mean_of_parts(position, quaternion, angle, legs):  # type: ignore[no-untyped-def]
    """Return x and y of the mean over PyBullet's 22 parts: forward kinematics instead of 20 link look-ups.

    `legs` has a row per leg: signs of x and y, lengths of aux and upper segment along x, centre of the foot's capsule
    along x, and the vertical part of ankle axis x outward direction.
    """
    x, y, z = 0.0, 0.0, 0.0  # sum over the legs' parts, in base axes
    for leg in range(4):
        sign_x, sign_y, aux, upper, foot, lift = legs[leg]
        hip, ankle = angle[2 * leg], angle[2 * leg + 1]
        cos, sin = math.cos(hip), math.sin(hip)
        out_x, out_y = cos * sign_x - sin * sign_y, sin * sign_x + cos * sign_y
        # Five parts: aux at its middle, hip joint, upper at its middle, ankle joint, foot at its middle.
        inner = 0.5 * aux + 4.0 * aux
        outer = 0.5 * upper + 2.0 * upper + foot * math.cos(ankle)
        x += inner * sign_x + outer * out_x
        y += inner * sign_y + outer * out_y
        z += foot * lift * math.sin(ankle)
    dx, dy, _ = _rotate(quaternion, (x, y, z))
    return (21.0 * position[0] + dx) / NB_PARTS, (21.0 * position[1] + dy) / NB_PARTS
