"""A servo board that approaches every pose at its own pace and is deaf until it is there: what OpenCat does.

Per command that is taken:

    target   the command in whole steps of the servo, no further from the last target than the host asks for at once
    steps    change of the joint that moves furthest / ramp step, rounded; all joints are on a cosine between last
             target and new one, and arrive together
    deaf     exchange + (steps + 1) * step time, from the command on

A command that finds the board deaf is forgotten, as by the bridge, whose next one is newer. Source: OpenCatEsp32
5022fb0, src/motion.h (transform), src/reaction.h; `firmware_bridge/opencat_queue.py` is the host.
"""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.robot import BoardSpec, RobotSpec, ServoSpec
from hebb_controller.signals import Vector
from sim.servo import ServoBank

#: Moments closer than this are one, in [s].
_INSTANT = 1e-9


class BoardRamp:
    """One board, between the commands and the servos.

    Args:
        board: its pace.
        resolution: position step of its servos, in [rad]; 0: none.
        physics_step: in [s].
    """

    def __init__(self, board: BoardSpec, resolution: float, physics_step: float) -> None:
        self._board, self._resolution, self._step_length = board, resolution, physics_step
        self.reset(np.zeros(1))

    def reset(self, pose: Vector) -> None:
        """Start at rest with servos commanded to `pose`, shape `(nb_joints,)`, in [rad]."""
        self._from = self._target = self._rounded(pose)
        self._now, self._nb_steps = 0, 0
        self._begins = self._free = 0.0

    def command(self, goal: Vector) -> None:
        """Take a pose, shape `(nb_joints,)`, in [rad], unless the board is deaf."""
        board = self._board
        if self._time < self._free - _INSTANT:
            return
        self._from = self._target
        self._target = self._from + np.clip(self._rounded(goal) - self._from, -board.furthest, board.furthest)
        change = float(np.abs(self._target - self._from).max())
        self._nb_steps = math.floor(change / board.ramp_step + 0.5 + 1e-6)
        self._begins = self._time + board.exchange
        self._free = self._begins + (self._nb_steps + 1) * board.step_time

    def step(self) -> Vector:
        """Return what the servos are commanded to now, in [rad], and let a physics step pass."""
        nb_gone = math.floor((self._time - self._begins + _INSTANT) / self._board.step_time)
        self._now += 1
        if nb_gone < 0:
            return self._from
        if nb_gone >= self._nb_steps:
            return self._target
        share = 0.5 * (1.0 + math.cos(math.pi * nb_gone / self._nb_steps))
        return self._target + share * (self._from - self._target)

    @property
    def _time(self) -> float:
        return self._now * self._step_length

    def _rounded(self, pose: Vector) -> Vector:
        return self._resolution * np.rint(pose / self._resolution) if self._resolution > 0.0 else np.array(pose)


class RampedServos:
    """Servos behind such a board; the face of a `ServoBank`.

    Args:
        servos: the servos.
        ramp: of the board.
        rest: what the board commands them to when a life starts, shape `(nb_joints,)`, in [rad].
    """

    def __init__(self, servos: ServoBank, ramp: BoardRamp, rest: Vector) -> None:
        self._servos, self._ramp, self._rest = servos, ramp, rest

    def reset(self, position: Vector, voltage: Vector, latency: float) -> None:
        """Start at rest; see `ServoBank.reset`."""
        self._servos.reset(position, voltage, latency)
        self._ramp.reset(self._rest)

    def command(self, goal: Vector) -> None:
        """Send goal positions to the board, shape `(nb_joints,)`, in [rad]."""
        self._ramp.command(goal)

    def set_strength(self, share: Vector) -> None:
        """Leave each motor this share of its torque, shape `(nb_joints,)`."""
        self._servos.set_strength(share)

    def step(self, position: Vector, speed: Vector) -> tuple[Vector, Vector]:
        """Advance by one physics step; see `ServoBank.step`."""
        self._servos.command(self._ramp.step())
        return self._servos.step(position, speed)

    @property
    def drive(self) -> Vector:
        """Share of full drive of every servo in the last physics step; see `ServoBank.drive`."""
        return self._servos.drive


def servos_of(robot: RobotSpec, servo: ServoSpec, physics_step: float, max_latency: float) -> ServoBank | RampedServos:
    """Return a robot's servos, behind its board where that has a pace of its own; arguments as of `ServoBank`."""
    servos = ServoBank(servo, robot.nb_joints, physics_step, max_latency)
    if robot.board is None:
        return servos
    return RampedServos(servos, BoardRamp(robot.board, servo.resolution, physics_step), robot.neutral)
