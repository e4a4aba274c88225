"""From standing to walking: the phases around the network, the same under ROS and without.

The safety gate comes after all of them. The stop is latched: `reset` alone releases it, whatever phases come and go,
and nothing activates before. What becomes of the plastic weights: they change in FADE and RUN while the gate is
nominal, and in no other state; stop, fall and reset keep them, `reset_plasticity` alone draws new ones.
Both times at 0, the sequence is `loop.run_loop` command for command.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError
from hebb_controller.phases import Phase, SequenceConfig
from hebb_controller.robot import POSITION
from hebb_controller.safety import Mode, SafetyGate, tilt
from hebb_controller.signals import JointTargets, RobotState


class Sequencer:
    """Drives one controller and its gate through the phases, one tick per control period.

    Args:
        controller: the controller; its weights are whatever `reset_plasticity` last made them.
        gate: the safety gate.
        config: times and policy.
        seed: life `n` draws its weights from `default_rng([seed, n])`.
        start: as in `PlasticNetwork.reset`.

    Attributes:
        phase: the phase.
        stop_reason: why the emergency stop is latched; empty when it is not.
        speed_scale: share of the way from the neutral pose to the network's command, 0 to 1: 0 stands.
        heading: what the network takes for straight ahead, in [rad].
        frozen: True while the user has frozen plasticity.
        life: how many times weights were drawn before these.
    """

    def __init__(
        self,
        controller: Controller,
        gate: SafetyGate,
        config: SequenceConfig | None = None,
        seed: int = 0,
        start: str | Sequence[npt.ArrayLike] = "uniform",
    ) -> None:
        if controller.robot.actuation != POSITION:
            raise BadInputError(
                f"robot {controller.robot.name} is driven by torque: ramps and holds need a position-driven one"
            )
        self.controller, self.gate = controller, gate
        self.config = SequenceConfig() if config is None else config
        self._seed, self._start = seed, start
        self.life = -1
        self.frozen = False
        self.speed_scale, self.heading = 1.0, 0.0
        self.stop_reason = ""
        self._from = self._last = controller.robot.neutral
        self._time, self._leaving = 0.0, False
        self._enter(Phase.IDLE, 0.0)
        self.reset_plasticity()

    def reset_plasticity(self) -> None:
        """Draw new weights and forget the last action: another life."""
        self.life += 1
        self.controller.reset(np.random.default_rng([self._seed, self.life]), self._start)

    @property
    def stopped(self) -> bool:
        """True while the emergency stop is latched."""
        return bool(self.stop_reason)

    def activate(self, state: RobotState) -> None:
        """Begin: ramp from the pose that `state` measures, whatever was before.

        Raises:
            BadInputError: the emergency stop is latched.
        """
        if self.stopped:
            raise BadInputError(f"not activated: stopped ({self.stop_reason}): look at the robot, then reset the stop")
        self.gate.reset()
        self.controller.reset(start=None)
        self._from = self._last = state.joint_position.copy()
        self._time, self._leaving = state.time, False
        self._enter(Phase.RAMP, state.time)

    def rest(self) -> None:
        """Begin to come to rest; where the gate is not nominal, or all is stopped, nothing leaves any more at once."""
        if self.phase is Phase.REST:
            return
        if self.phase in (Phase.IDLE, Phase.STOP) or self.gate.mode is not Mode.NOMINAL:
            self.idle()
            return
        self._from, self._leaving = self._last, True
        self._enter(Phase.REST, self._time)

    def idle(self) -> None:
        """Let nothing leave any more."""
        self._enter(Phase.IDLE, 0.0)

    def stop(self, reason: str) -> None:
        """Latch the emergency stop."""
        self.stop_reason = self.stop_reason or reason or "no reason given"
        if self.phase is not Phase.IDLE:
            self._enter(Phase.STOP, 0.0)

    def cause_standing(self, state: RobotState | None) -> str:
        """Return why a reset has to be refused now, or nothing."""
        if state is None:
            return "no reading of the body has come"
        config = self.gate.config
        if not (np.isfinite(state.joint_position).all() and np.isfinite([state.roll, state.pitch]).all()):
            return "the reading is not finite"
        if config.max_tilt is not None and tilt(state) > config.max_tilt:
            return f"the body is tilted by {np.degrees(tilt(state)):.0f} degrees"
        return ""

    def reset(self, state: RobotState) -> None:
        """Release the stop or a limp gate and ramp again from the measured pose; the weights stay.

        In IDLE and REST nothing begins to move: that is `activate`'s.

        Raises:
            BadInputError: the cause still stands.
        """
        cause = self.cause_standing(state)
        if cause:
            raise BadInputError(f"not reset: {cause}")
        self.stop_reason = ""
        if self.phase is Phase.STOP and self._leaving:
            self.idle()
        if self.phase is Phase.IDLE:
            self.gate.reset()
        elif self.phase is not Phase.REST:
            self.activate(state)

    def tick(self, state: RobotState, now: float) -> JointTargets | None:
        """Return the command that may leave, None in IDLE.

        Args:
            state: the newest reading.
            now: on the clock that stamps readings, in [s]; later than the stamp by the reading's age.
        """
        if self.phase is Phase.IDLE:
            return None
        self._time = state.time
        if self.heading:
            state = dataclasses.replace(state, yaw=state.yaw - self.heading)
        return self._passed(self._wanted(state), state, now)

    def tick_old(self, state: RobotState, age: float) -> JointTargets | None:
        """Return what may leave while no new reading comes: the last command, as the gate judges it.

        Neither network nor filter takes note, so that a gap in the readings is no part of the life.

        Args:
            state: the last reading.
            age: how long ago it came, in [s].
        """
        return None if self.phase is Phase.IDLE else self._passed(self._again(state), state, state.time + age)

    def adapt(self) -> None:
        """Let every synapse change, if the body hears the network; call it after the command has left."""
        if self.learning:
            self.controller.adapt()

    @property
    def learning(self) -> bool:
        """True if `adapt` changes the weights."""
        return self.phase in (Phase.FADE, Phase.RUN) and self.gate.mode is Mode.NOMINAL and not self.frozen

    def _passed(self, wanted: JointTargets, state: RobotState, now: float) -> JointTargets:
        targets = self.gate(wanted, state, now)
        self._last = targets.value
        there = self.phase is Phase.REST and np.array_equal(targets.value, self.controller.robot.neutral)
        # Somebody wants it silent: it is as soon as the body is at rest, let go, or stopped on the way.
        if self._leaving and (there or targets.limp or self.phase is Phase.STOP):
            self.idle()
        return targets

    def _again(self, state: RobotState) -> JointTargets:
        limp = self.phase is Phase.STOP and self.config.stop_limp
        return JointTargets(state.time, self._last, POSITION, limp=limp)

    def _wanted(self, state: RobotState) -> JointTargets:
        robot, config = self.controller.robot, self.config
        if self.phase is Phase.STOP:
            return self._again(state)
        if self.phase is Phase.REST:
            share = self._share(state, config.ramp_time)
            value = self._from + share * (robot.neutral - self._from) if share < 1.0 else robot.neutral
            return JointTargets(state.time, value, POSITION)
        if self.phase is Phase.RAMP:
            share = self._share(state, config.ramp_time)
            if share < 1.0:
                return JointTargets(state.time, self._from + share * (robot.neutral - self._from), POSITION)
            self._enter(Phase.FADE, state.time)
        targets = self.controller.act(state)
        scale = self.speed_scale
        if self.phase is Phase.FADE:
            share = self._share(state, config.fade_time)
            if share >= 1.0:
                self._enter(Phase.RUN, state.time)
            scale *= share
        if scale < 1.0:
            targets = dataclasses.replace(targets, value=robot.neutral + scale * (targets.value - robot.neutral))
        return targets

    def _enter(self, phase: Phase, time: float) -> None:
        self.phase, self._since = phase, time

    def _share(self, state: RobotState, duration: float) -> float:
        elapsed = state.time - self._since
        return min(max(elapsed / duration, 0.0), 1.0) if duration > 0.0 else 1.0
