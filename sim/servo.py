"""Position servos as they are: latency, coarse steps, deadband, a saturating position loop, a DC motor, worn gears.

Per joint and physics step:

    goal       the command as it was `latency` ago, rounded to the servo's position step
    error      goal - encoder, nothing within the deadband
    drive      (position_gain * error - damping * speed) / motor's stall torque, within +-1, times the supply voltage as
               a share of the nominal one: beyond +-1 where that is above 1
    torque     drive * motor's stall torque - slope * speed, slope = stall torque / no-load speed, held within the
               motor's stall torque at this voltage: full torque at rest, none at no-load speed, brakes beyond it
    friction   dry friction of the gears: takes from a motor that drives, adds to one that brakes or holds. Datasheets
               give torque and speed at the output, friction taken off: the motor behind it is that much stronger
    backlash   rotor and joint touch only at the ends of the play; in between the joint is free

The result drives PyBullet's joint motor, which is a constraint: reach `target_speed`, with at most `max_torque`. The
solver treats it implicitly, so the stiff loop on light links cannot blow up at physics steps of 10 ms, where the same
law as an explicit torque does: it may never push the joint past the speed at which its torque vanishes. Under load the
joint settles where motor torque equals load, which is the torque-speed curve.

PyBullet has no rotor inertia. Here it bounds how fast the target speed may change: an unloaded joint accelerates as its
rotor does (time constant armature / slope), and a heavy link as its own inertia does. Where both matter the model is up
to twice too brisk, and an impact does not feel the rotor.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from hebb_controller.robot import ServoSpec
from hebb_controller.signals import Vector

#: Slower than this the gears stick, in [rad/s].
STICK_SPEED = 0.01


class ServoBank:
    """All servos of a robot, one model, each with its own voltage, latency and health.

    Args:
        servo: the model.
        nb_joints: number of servos.
        physics_step: in [s].
        max_latency: the longest latency that `reset` will ask for, in [s].
    """

    def __init__(self, servo: ServoSpec, nb_joints: int, physics_step: float, max_latency: float = 0.1) -> None:
        self.servo = servo
        self._figures = np.array(
            [
                servo.position_gain,
                servo.stall_torque,
                servo.no_load_speed,
                servo.damping,
                servo.deadband,
                servo.backlash,
                servo.resolution,
                servo.armature,
                servo.friction,
                physics_step,
            ]
        )
        self._step_length = physics_step
        self._history = np.zeros((math.ceil(max_latency / physics_step) + 2, nb_joints))
        self._gap = np.zeros(nb_joints)
        self._rotor_speed = np.full(nb_joints, np.nan)
        self._strength = np.ones(nb_joints)
        self._result = np.zeros((3, nb_joints))
        self.reset(np.zeros(nb_joints), np.ones(nb_joints), servo.latency)

    def reset(self, position: Vector, voltage: Vector, latency: float) -> None:
        """Start at rest at `position`, which is also the goal; every servo is healthy.

        Args:
            position: shape `(nb_joints,)`, in [rad].
            voltage: supply as a share of the nominal one, shape `(nb_joints,)`.
            latency: from command to response, in [s], at most `max_latency`.
        """
        self._history[:] = position
        self._goal = np.array(position, dtype=float)
        self._voltage = np.array(voltage, dtype=float)
        self._delay = min(latency / self._step_length, len(self._history) - 2.0)
        self._now = 0
        self._gap[:] = 0.0
        self._rotor_speed[:] = 0.0
        self._strength[:] = 1.0

    def command(self, goal: Vector) -> None:
        """Send new goal positions, shape `(nb_joints,)`, in [rad]."""
        self._goal[:] = goal

    def set_strength(self, share: Vector) -> None:
        """Leave each motor this share of its torque, shape `(nb_joints,)`: 0 is an unpowered servo."""
        self._strength[:] = share

    def step(self, position: Vector, speed: Vector) -> tuple[Vector, Vector]:
        """Advance by one physics step and return what drives the joint motors; call it before the physics.

        Args:
            position: joint angles, shape `(nb_joints,)`, in [rad].
            speed: joint speeds, shape `(nb_joints,)`, in [rad/s].

        Returns:
            Target speeds in [rad/s] and the most torque for reaching them in [N m], both of shape `(nb_joints,)`, both
            valid until the next call.
        """
        self._now += 1
        self._history[self._now % len(self._history)] = self._goal
        _step(
            self._figures,
            self._history,
            self._now,
            self._delay,
            self._voltage,
            self._strength,
            position,
            speed,
            self._gap,
            self._rotor_speed,
            self._result,
        )
        return self._result[0], self._result[1]

    @property
    def drive(self) -> Vector:
        """Share of full drive at nominal voltage in the last step: what heats a motor. Shape `(nb_joints,)`.

        Within +- the supply's share of the nominal one, which `Ranges` draws up to 1.05 * 1.05 = 1.1025.
        """
        return self._result[2]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _step(figures, history, now, delay, voltage, strength, position, speed, gap, rotor_speed, result):  # type: ignore[no-untyped-def]
    gain, stall, no_load, damping, deadband, backlash, resolution, armature, friction, dt = figures
    whole = int(delay)
    part = delay - whole
    newer, older = history[(now - whole) % len(history)], history[(now - whole - 1) % len(history)]
    motor_stall = stall + friction
    for j in range(position.size):
        v = speed[j]
        goal, encoder = (1.0 - part) * newer[j] + part * older[j], position[j]
        if resolution > 0.0:
            goal, encoder = resolution * np.rint(goal / resolution), resolution * np.rint(encoder / resolution)
        wish = gain * _beyond(goal - encoder, deadband)
        drive = voltage[j] * min(max((wish - damping * v) / motor_stall, -1.0), 1.0)
        slope = strength[j] * stall / no_load
        limit = strength[j] * voltage[j] * motor_stall
        pull = strength[j] * drive * motor_stall  # motor torque if the joint stood still
        torque = min(max(pull - slope * v, -limit), limit)
        sticks = abs(v) < STICK_SPEED and abs(torque) <= friction
        if sticks:
            torque = -friction if v > 0.0 else friction
        elif abs(v) < STICK_SPEED:
            torque = _beyond(torque, friction)
        else:
            torque -= math.copysign(friction, v)
        # The speed at which drive, back-EMF and friction balance: the motor never drives beyond it. Where the drive is
        # not at its limits it falls with speed too, by `damping`.
        loss = slope
        if abs(wish - damping * v) < motor_stall:
            lead = strength[j] * voltage[j]
            loss, pull = slope + lead * damping, lead * wish
        settled = _beyond(pull, friction) / loss if loss > 0.0 and not sticks else 0.0
        start = v if math.isnan(rotor_speed[j]) else rotor_speed[j]
        change = settled - start
        if armature > 0.0:
            if loss > 0.0 and not sticks:
                change *= 1.0 - math.exp(-dt * loss / armature)
            most = abs(torque) * dt / armature
            change = min(max(change, -most), most)
        rotor = start + change
        travel = (rotor - v) * dt
        play = gap[j] - travel
        if -backlash < play < backlash:  # no contact: the joint is free
            gap[j] = play
            rotor_speed[j] = rotor
            result[0, j], result[1, j] = v, 0.0
        else:
            share = 1.0
            if travel != 0.0:
                share = min((abs(play) - backlash) / abs(travel), 1.0)
            gap[j] = math.copysign(backlash, play)
            rotor_speed[j] = np.nan  # carried along by the joint
            result[0, j], result[1, j] = rotor, share * abs(torque)
        result[2, j] = drive * strength[j]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _beyond(value, width):  # type: ignore[no-untyped-def]
    """Return how far `value` lies beyond +-`width`."""
    if abs(value) <= width:
        return 0.0
    return value - math.copysign(width, value)
