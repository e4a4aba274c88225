"""The ant in its physics client, set up as PyBullet's stadium scene is, and where the middle of its parts is."""

from __future__ import annotations

import math

import numpy as np
import pybullet
import pybullet_data
from numba import njit

from hebb_controller.signals import Vector
from sim.ant_body import AntLeg, legs_of, load_lean, load_original

CONTROL_PERIOD = 0.0165  # [s], four substeps
NB_PARTS = 22  # torso, 20 links and the floor


class AntWorld:
    """One physics client with one body."""

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
        """Return the height of the torso, in [m]."""
        return float(pybullet.getBasePositionAndOrientation(self.ant, physicsClientId=self.client)[0][2])

    def advance(self, torque: Vector) -> None:
        """Apply torques, shape `(8,)`, in [N m], for one control period."""
        pybullet.setJointMotorControlArray(
            self.ant, self.joints, pybullet.TORQUE_CONTROL, forces=torque, physicsClientId=self.client
        )
        pybullet.stepSimulation(physicsClientId=self.client)

    def read(self) -> tuple:  # type: ignore[type-arg]
        """Return position, quaternion, velocity and angular velocity of the torso, angles and speeds of the joints."""
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
        """Return 1.0 for every foot that touches the floor, shape `(4,)`."""
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
def mean_of_parts(position, quaternion, angle, legs):  # type: ignore[no-untyped-def]
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
