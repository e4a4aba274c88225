"""One robot in one MuJoCo world: the second engine, which most rules never saw in training.

What differs from `bullet`, because MuJoCo can or must:

    rotor     joints carry the rotor's inertia as armature. Bullet knows it only as a bound on the target speed of an
              unloaded joint; here a loaded joint is slowed by rotor and load together, and an impact feels the rotor.
              This is what matters most: with a tenth of it on the joints, realant and pwm12 walk as far as in Bullet.
              In the play of the gears, where a real joint is free of its rotor, it stays on: taken off there and put
              back at the end of the play, it would gain momentum from nothing.
    motor     Bullet's motor is a constraint. Here it is a speed loop, so stiff that it takes a joint to its speed
              within a step or two, of a force held within the servo's torque: a loaded servo is at that bound, and
              what it gives is the servo's own law.
    contact   hard, with an elliptic friction cone, see `mjcf`, and time steps of 1 ms: halved, they change realant's
              distance by 6 %.
"""

from __future__ import annotations

import mujoco
import numpy as np

from hebb_controller.errors import RunFailedError
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector
from sim.bodies import Ground
from sim.ground import bumps
from sim.mjcf import GROUND, robot_mjcf
from sim.rotation import quaternion

#: A fifth of the contact's time constant, in [s].
TIMESTEP = 0.001


class MujocoWorld:
    """A MuJoCo model that holds one robot at a time; a life starts from a model compiled anew.

    Args:
        physics_step: from one command of the servos to the next, in [s].
    """

    def __init__(self, physics_step: float) -> None:
        self._nb_steps = max(1, round(physics_step / TIMESTEP))
        self._timestep = physics_step / self._nb_steps
        self._renderer: mujoco.Renderer | None = None
        # MuJoCo tells of every blow-up on standard error and in a file MUJOCO_LOG.TXT; the task sees it as a fall.
        mujoco.set_mju_user_warning(_say_nothing)

    def build(self, robot: RobotSpec, ground: Ground, ground_seed: int, pose: tuple[float, float, float]) -> None:
        """Empty the world and put the ground and a robot at rest into it; arguments as in `world.World.build`."""
        self._drop_renderer()
        self.model = model = mujoco.MjModel.from_xml_string(robot_mjcf(robot, ground, self._timestep))
        if ground.roughness > 0.0:
            model.hfield_data[:] = (bumps(ground.roughness, ground_seed) / ground.roughness).T.ravel()
        self.data = data = mujoco.MjData(model)
        self._ground = model.geom(GROUND).id
        self._links = model.geom_bodyid - model.body("base").id - 1
        height, roll, pitch = pose
        x, y, z, w = quaternion(roll + ground.cross_slope, pitch - ground.slope, 0.0)
        data.qpos[:7] = (0.0, 0.0, height, w, x, y, z)

    def place_joints(self, angles: Vector) -> None:
        """Set all joint angles, shape `(nb_joints,)`, in [rad], at rest."""
        model, data = self.model, self.data
        data.qpos[7:] = angles
        data.qvel[:] = 0.0
        mujoco.mj_forward(model, data)
        # As stiff as can be without overshooting in a step in which the torque's bound does not yet hold.
        gain = self._inertias() / self._timestep
        model.actuator_gainprm[:, 0] = gain
        model.actuator_biasprm[:, 2] = -gain

    def _inertias(self) -> Vector:
        """Return what each joint turns while all others stand still, rotor included, `(nb_joints,)`, in [kg m^2]."""
        rows = np.eye(self.model.nv)
        product = np.zeros(self.model.nv)
        for row in rows:
            mujoco.mj_mulM(self.model, self.data, product, row)
            row[:] = product
        return np.diag(rows)[6:].copy()

    def joints(self) -> Vector:
        """Return angles [rad] and speeds [rad/s] of all joints, shape `(2, nb_joints)`."""
        return np.array([self.data.qpos[7:], self.data.qvel[6:]])

    def drive(self, target_speed: Vector, max_torque: Vector) -> None:
        """Set the joint motors and advance by one physics step, in steps of about 1 ms."""
        self.data.ctrl[:] = target_speed
        self.model.actuator_forcerange[:, 0] = -max_torque
        self.model.actuator_forcerange[:, 1] = max_torque
        mujoco.mj_step(self.model, self.data, self._nb_steps)

    def base(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Return the base's position, quaternion (x, y, z, w), velocity and angular velocity, all in the world."""
        px, py, pz, w, x, y, z = self.data.qpos[:7].tolist()
        spin = np.zeros(3)
        mujoco.mju_rotVecQuat(spin, self.data.qvel[3:6], self.data.qpos[3:7])  # MuJoCo has it in base axes
        return (px, py, pz), (x, y, z, w), tuple(self.data.qvel[:3].tolist()), tuple(spin.tolist())

    def links_touching(self) -> set[int]:
        """Return the links that touch the ground, -1 for the base."""
        pairs = self.data.contact.geom
        return {int(self._links[b if a == self._ground else a]) for a, b in pairs.tolist() if self._ground in (a, b)}

    def picture(self, width: int, height: int, distance: float) -> np.ndarray:
        """Return a view that follows the robot from `distance` [m], shape `(height, width, 3)`, uint8.

        Raises:
            RunFailedError: OpenGL cannot draw here.
        """
        try:
            if self._renderer is None or (self._renderer.width, self._renderer.height) != (width, height):
                self._drop_renderer()
                self._renderer = mujoco.Renderer(self.model, height, width)
        except Exception as error:  # each of the three OpenGL back ends fails in its own way
            raise RunFailedError(
                "MuJoCo cannot draw here: set MUJOCO_GL to egl or osmesa, or record in the engine bullet"
            ) from error
        camera = mujoco.MjvCamera()
        camera.lookat[:] = self.data.qpos[:3]
        camera.distance, camera.azimuth, camera.elevation = distance, 125.0, -22.0
        self._renderer.update_scene(self.data, camera)
        return np.array(self._renderer.render())

    def close(self) -> None:
        """Free the renderer; safe to call twice."""
        self._drop_renderer()

    def _drop_renderer(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
        self._renderer = None


def _say_nothing(message: str) -> None:
    """Drop a warning."""
