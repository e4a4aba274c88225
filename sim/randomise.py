"""Domain randomisation: how far a life's body, ground, servos and sensors stray from the robot file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector
from sim.bodies import Ground


@dataclass(frozen=True)
class Ranges:
    """Uniform ranges and standard deviations.

    Attributes:
        base_mass: factor on the base's mass.
        leg_mass: factor on the mass of every leg segment.
        friction: factor on the friction coefficient.
        voltage: supply of all servos as a share of the nominal one: battery charge and sag.
        servo_spread: servos differ from each other by up to this share of the voltage.
        latency: added to the servo's own latency, in [s].
        start_angle: joints start within this of neutral, in [rad].
        start_tilt: standard deviation of roll and pitch at the start, in [rad].
        attitude_bias: standard deviation of the IMU's mounting error in roll and pitch, in [rad].
        attitude_noise: standard deviation of roll and pitch per reading, in [rad].
        gyro_bias: standard deviation of the gyro's offset, in [rad/s].
        gyro_noise: standard deviation of the gyro per reading, in [rad/s].
        encoder_noise: standard deviation of joint angles per reading, before rounding to the servo's step, in [rad].
        yaw_drift: standard deviation of the heading's drift, in [rad/s].
    """

    base_mass: tuple[float, float] = (0.9, 1.15)
    leg_mass: tuple[float, float] = (0.9, 1.1)
    friction: tuple[float, float] = (0.5, 1.1)
    voltage: tuple[float, float] = (0.85, 1.05)
    servo_spread: float = 0.05
    latency: tuple[float, float] = (0.0, 0.02)
    start_angle: float = 0.1
    start_tilt: float = 0.03
    attitude_bias: float = 0.02
    attitude_noise: float = 0.005
    gyro_bias: float = 0.01
    gyro_noise: float = 0.02
    encoder_noise: float = 0.003
    yaw_drift: float = 0.005


#: A life as the robot file says: perfect sensors, nominal servos, neutral start.
NOMINAL = Ranges(
    (1.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0), 0.0, (0.0, 0.0), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
)


@dataclass(frozen=True)
class Conditions:
    """What one life drew.

    Attributes:
        base_mass: factor.
        leg_mass: factor.
        friction: factor.
        voltage: shape `(nb_joints,)`, share of the nominal supply.
        latency: added to the servo's own, in [s].
        start_angles: shape `(nb_joints,)`, in [rad], within limits.
        start_tilt: roll and pitch at the start, in [rad].
        yaw_drift: in [rad/s].
        flaws: added to every reading, bias and noise: roll, pitch [rad], gyro [rad/s], joint angles [rad]; shape
            `(nb_readings, 5 + nb_joints)`.
        ground_seed: for the shape of rough ground.
    """

    base_mass: float
    leg_mass: float
    friction: float
    voltage: Vector
    latency: float
    start_angles: Vector
    start_tilt: tuple[float, float]
    yaw_drift: float
    flaws: Vector
    ground_seed: int


def draw_conditions(ranges: Ranges, robot: RobotSpec, nb_readings: int, rng: np.random.Generator) -> Conditions:
    """Draw one life's conditions; the number of draws does not depend on the ranges."""
    n = robot.nb_joints
    voltage = rng.uniform(*ranges.voltage) * (1.0 + rng.uniform(-ranges.servo_spread, ranges.servo_spread, n))
    angles = robot.neutral + rng.uniform(-ranges.start_angle, ranges.start_angle, n)
    tilt = ranges.start_tilt * rng.standard_normal(2)
    bias = np.array([ranges.attitude_bias] * 2 + [ranges.gyro_bias] * 3 + [0.0] * n)
    noise = np.array([ranges.attitude_noise] * 2 + [ranges.gyro_noise] * 3 + [ranges.encoder_noise] * n)
    return Conditions(
        base_mass=float(rng.uniform(*ranges.base_mass)),
        leg_mass=float(rng.uniform(*ranges.leg_mass)),
        friction=float(rng.uniform(*ranges.friction)),
        voltage=voltage,
        latency=float(rng.uniform(*ranges.latency)),
        start_angles=np.clip(angles, robot.lower, robot.upper),
        start_tilt=(float(tilt[0]), float(tilt[1])),
        yaw_drift=float(ranges.yaw_drift * rng.standard_normal()),
        flaws=bias * rng.standard_normal(5 + n) + noise * rng.standard_normal((nb_readings, 5 + n)),
        ground_seed=int(rng.integers(2**31)),
    )


def with_conditions(robot: RobotSpec, ground: Ground, conditions: Conditions) -> tuple[RobotSpec, Ground]:
    """Return the body and the ground as drawn."""
    body = robot.body
    assert body is not None
    segments = tuple(dataclasses.replace(s, mass=s.mass * conditions.leg_mass) for s in body.segments)
    body = dataclasses.replace(body, base_mass=body.base_mass * conditions.base_mass, segments=segments)
    ground = dataclasses.replace(ground, friction=ground.friction * conditions.friction)
    return dataclasses.replace(robot, body=body), ground
