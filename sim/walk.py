"""The task of servo robots: walk forward, sensed and driven as the real one is.

Roll, pitch, heading and gyro come with the noise of an IMU; joint angles with that of encoders, or, where the servos
have none, as they were commanded; joint speeds are not sensed. Ground truth rides along for the reward and for
evaluation. A fall ends the life. With `task_plant.TaskPlant` around it the task is a plant, in either engine.
"""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.errors import RobotError
from hebb_controller.leg_kinematics import standing_height
from hebb_controller.robot import MEASURED, RobotSpec
from hebb_controller.signals import GroundTruth, JointTargets, RobotState, Vector, attitude_angle
from sim.board_ramp import servos_of
from sim.bodies import body_names, embody
from sim.ground import height_at
from sim.randomise import NOMINAL, Conditions, Ranges, draw_conditions, with_conditions
from sim.rotation import into_base, roll_pitch_yaw
from sim.task import Transition
from sim.walk_reward import RewardWeights, reward_terms
from sim.world import BULLET, make_world

#: The longest physics step, in [s]: with ten times as many steps a scripted trot covers the same distance within a few
#: per cent, and evolution lives half as many lives.
PHYSICS_STEP = 0.01
#: Beyond this the robot lies on its side: vertical part of the base's z axis.
FALLEN_UPRIGHT = 0.5
#: The robot starts this far above its standing height, in [m]: noise in the pose must not start it inside the ground.
CLEARANCE = 0.005


class WalkTask:
    """A servo robot that walks along x.

    Args:
        robot: a robot with servos and a body.
        randomise: draw body, ground, servos and sensors anew in every life; False: as the robot file says.
        ranges: how far they stray.
        weights: of the reward terms.
        max_steps: control steps in a whole life.
        physics_steps: per control step; None: as few as `PHYSICS_STEP` allows. More are closer to the equations.
        control_period: in [s]; None: as the robot's control rate says.
        contacts: look up which feet touch the ground, which takes a tenth of the time; otherwise that is NaN.
        gui: open PyBullet's window, which needs a display.
        engine: the physics, one of `world.ENGINES`.

    Raises:
        RobotError: a robot without servos or body.
        BadInputError, MissingExtraError: an engine that is unknown or has no window; one that is not installed.
    """

    def __init__(
        self,
        robot: RobotSpec,
        randomise: bool = True,
        ranges: Ranges | None = None,
        weights: RewardWeights | None = None,
        max_steps: int = 500,
        physics_steps: int | None = None,
        control_period: float | None = None,
        contacts: bool = False,
        gui: bool = False,
        engine: str = BULLET,
    ) -> None:
        if robot.servo is None or robot.body is None:
            raise RobotError(f"robot {robot.name!r} cannot walk in simulation: its file needs servo and body")
        self.robot = robot
        self.bodies = body_names(robot)
        self.max_steps = max_steps
        self.control_period = 1.0 / robot.control_rate if control_period is None else control_period
        self.weights = weights or RewardWeights()
        self.ranges = (ranges or Ranges()) if randomise else NOMINAL
        self._physics_steps = physics_steps or math.ceil(self.control_period / PHYSICS_STEP - 1e-6)
        self._contacts = contacts
        physics_step = self.control_period / self._physics_steps
        self._world = make_world(engine, physics_step, gui)
        longest_latency = robot.servo.latency + self.ranges.latency[1]
        self._servos = servos_of(robot, robot.servo, physics_step, longest_latency)
        self._measured = robot.feedback == MEASURED
        self._unsensed = np.full(robot.nb_joints, np.nan)
        self._resolution = robot.servo.resolution
        self._nb_segments, self._nb_feet = len(robot.body.segments), len(robot.body.legs)

    def reset(self, rng: np.random.Generator, body: str = "intact") -> RobotState:
        """Start a life on `body`, at rest near the neutral pose.

        Raises:
            BadInputError: unknown body; the message lists them.
        """
        robot, ground = embody(self.robot, body)
        self._conditions = drawn = draw_conditions(self.ranges, robot, self.max_steps + 1, rng)
        robot, self._ground = with_conditions(robot, ground, drawn)
        assert robot.body is not None and self.robot.servo is not None
        height = standing_height(robot.body, drawn.start_angles) + CLEARANCE
        self._world.build(robot, self._ground, drawn.ground_seed, (height, *drawn.start_tilt))
        self._world.place_joints(drawn.start_angles)
        self._servos.reset(drawn.start_angles, drawn.voltage, self.robot.servo.latency + drawn.latency)
        self._strength = np.ones(robot.nb_joints)
        self._commanded = self.robot.neutral
        self._fall_height = robot.body.fall_height
        self._step, self._fell = 0, False
        self._start_height = height
        return self._read(self._world.joints())

    def step(self, targets: JointTargets) -> Transition:
        """Apply joint targets for one control period."""
        world, servos = self._world, self._servos
        servos.set_strength(np.zeros(self.robot.nb_joints) if targets.limp else self._strength)
        servos.command(targets.value)
        self._commanded = targets.value
        effort = 0.0
        before = self._position[0]
        joints = self._joints
        for _ in range(self._physics_steps):
            world.drive(*servos.step(joints[0], joints[1]))
            joints = world.joints()
            effort += float(np.dot(servos.drive, servos.drive))
        self._step += 1
        state = self._read(joints)
        x, y, z = self._position
        finite = math.isfinite(x + y + z)
        height = z - height_at(self._ground, x, y)
        fallen = not finite or height < self._fall_height or self._upright < FALLEN_UPRIGHT
        terms = reward_terms(
            self.weights,
            self.control_period,
            x - before if finite else 0.0,
            abs(y) if finite else 0.0,
            self._yaw if finite else 0.0,
            self._upright if finite else 0.0,
            effort / (self._physics_steps * self.robot.nb_joints),
            fallen and not self._fell,
        )
        self._fell = self._fell or fallen
        return Transition(state, sum(terms.values()), terms, fallen or self._step >= self.max_steps, fallen)

    def set_strength(self, share: Vector) -> None:
        """Leave each servo this share of its torque until the next `reset`, shape `(nb_joints,)`."""
        self._strength = np.array(share, dtype=float)

    @property
    def drive(self) -> Vector:
        """Share of full drive of every servo in the last physics step; see `ServoBank.drive`."""
        return self._servos.drive.copy()

    @property
    def joint_angles(self) -> Vector:
        """Where the joints truly are, shape `(nb_joints,)`, in [rad]."""
        return np.array(self._joints[0])

    def picture(self, width: int = 480, height: int = 320) -> np.ndarray:
        """Return a view that follows the robot, shape `(height, width, 3)`, uint8."""
        return self._world.picture(width, height, distance=6.0 * self._start_height)

    def close(self) -> None:
        """Free the simulator; safe to call twice."""
        self._world.close()

    def _read(self, joints: Vector) -> RobotState:
        drawn: Conditions = self._conditions
        self._joints = joints
        self._position, turn, velocity, spin = self._world.base()
        roll, pitch, yaw = roll_pitch_yaw(turn)
        x, y, _, _ = turn
        self._upright = 1.0 - 2.0 * (x * x + y * y)
        self._yaw = yaw
        flaw = drawn.flaws[min(self._step, len(drawn.flaws) - 1)]
        time = round(self._step * self.control_period, 9)  # what a stamp in nanoseconds holds
        angles = self._encoders(joints[0] + flaw[5:]) if self._measured else self._commanded
        truth = GroundTruth(
            np.array(self._position),
            np.array(velocity),
            0.0,
            self._position[2] - self._start_height,
            self._foot_contact(),
        )
        return RobotState(
            time,
            angles,
            self._unsensed,
            attitude_angle(roll + float(flaw[0])),
            attitude_angle(pitch + float(flaw[1])),
            attitude_angle(yaw + drawn.yaw_drift * time),
            into_base(turn, spin) + flaw[2:5],
            self._measured,
            truth,
        )

    def _encoders(self, angles: Vector) -> Vector:
        return self._resolution * np.rint(angles / self._resolution) if self._resolution > 0.0 else angles

    def _foot_contact(self) -> Vector:
        if not self._contacts:
            return np.full(self._nb_feet, np.nan)
        touching = self._world.links_touching()
        last = self._nb_segments - 1
        return np.array([float(k * self._nb_segments + last in touching) for k in range(self._nb_feet)])
