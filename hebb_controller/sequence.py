"""From standing to walking: the phases around the network, the same under ROS and without.

    IDLE    nothing leaves
    RAMP    from the measured pose to the neutral one, in a straight line; the network waits
    FADE    the network's command grows from nothing to all; it learns from here on
    RUN     the network's command
    STOP    the emergency stop, latched: hold or limp until `reset`

The safety gate comes after all of them. What becomes of the plastic weights: they change in FADE and RUN while the
gate is nominal, and in no other state; stop, fall and reset keep them, `reset_plasticity` alone draws new ones.
Both times at 0, the sequence is `loop.run_loop` command for command.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError
from hebb_controller.robot import POSITION
from hebb_controller.safety import Mode, SafetyGate, tilt
from hebb_controller.signals import JointTargets, RobotState


class Phase(Enum):
    """Where in the sequence a controller is."""

    IDLE = "idle"
    RAMP = "ramp"
    FADE = "fade"
    RUN = "run"
    STOP = "stop"


@dataclass(frozen=True)
class SequenceConfig:
    """How the phases go.

    Attributes:
        ramp_time: from the measured pose to the neutral one, in [s].
        fade_time: from no network to all of it, in [s].
        stop_limp: True: the actuators let go at an emergency stop; False: they hold the last command.
    """

    ramp_time: float = 1.0
    fade_time: float = 0.5
    stop_limp: bool = True

    def __post_init__(self) -> None:
        """Refuse times that cannot be.

        Raises:
            BadInputError: with the setting and its value.
        """
        for name in ("ramp_time", "fade_time"):
            if not 0.0 <= getattr(self, name) <= 60.0:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)} s: must lie within 0 and 60")


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
        stop_reason: why the emergency stop was pressed; empty when it is not.
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
        self._enter(Phase.IDLE, 0.0)
        self.reset_plasticity()

    def reset_plasticity(self) -> None:
        """Draw new weights and forget the last action: another life."""
        self.life += 1
        self.controller.reset(np.random.default_rng([self._seed, self.life]), self._start)

    def activate(self, state: RobotState) -> None:
        """Begin: ramp from the pose that `state` measures, whatever was before."""
        self.gate.reset()
        self.controller.reset(start=None)
        self._from = state.joint_position.copy()
        self._enter(Phase.RAMP, state.time)

    def idle(self) -> None:
        """Let nothing leave any more."""
        self._enter(Phase.IDLE, 0.0)

    def stop(self, reason: str) -> None:
        """Latch the emergency stop."""
        self.stop_reason = self.stop_reason or reason
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

        Raises:
            BadInputError: the cause still stands.
        """
        cause = self.cause_standing(state)
        if cause:
            raise BadInputError(f"not reset: {cause}")
        self.stop_reason = ""
        self.activate(state)

    def tick(self, state: RobotState, now: float) -> JointTargets | None:
        """Return the command that may leave, None in IDLE.

        Args:
            state: the newest reading.
            now: on the clock that stamps readings, in [s]; later than the stamp by the reading's age.
        """
        if self.phase in (Phase.IDLE, Phase.STOP):
            return self._unmoved(state)
        if self.heading:
            state = dataclasses.replace(state, yaw=state.yaw - self.heading)
        targets = self.gate(self._wanted(state), state, now)
        self._last = targets.value
        return targets

    def tick_old(self, state: RobotState, age: float) -> JointTargets | None:
        """Return what may leave while no new reading comes: the last command, as the gate judges it.

        Neither network nor filter takes note, so that a gap in the readings is no part of the life.

        Args:
            state: the last reading.
            age: how long ago it came, in [s].
        """
        if self.phase in (Phase.IDLE, Phase.STOP):
            return self._unmoved(state)
        return self.gate(JointTargets(state.time, self._last, POSITION), state, state.time + age)

    def adapt(self) -> None:
        """Let every synapse change, if the body hears the network; call it after the command has left."""
        if self.learning:
            self.controller.adapt()

    @property
    def learning(self) -> bool:
        """True if `adapt` changes the weights."""
        return self.phase in (Phase.FADE, Phase.RUN) and self.gate.mode is Mode.NOMINAL and not self.frozen

    def _unmoved(self, state: RobotState) -> JointTargets | None:
        # What leaves in the phases that ask neither network nor gate.
        if self.phase is Phase.IDLE:
            return None
        return JointTargets(state.time, self._last, POSITION, limp=self.config.stop_limp)

    def _wanted(self, state: RobotState) -> JointTargets:
        robot, config = self.controller.robot, self.config
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
        if phase is Phase.IDLE:
            self._last = self.controller.robot.neutral

    def _share(self, state: RobotState, duration: float) -> float:
        elapsed = state.time - self._since
        return min(max(elapsed / duration, 0.0), 1.0) if duration > 0.0 else 1.0
