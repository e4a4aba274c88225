"""One control tick, and what may happen between ticks: the part of the controller node that decides.

newest reading -> weights wiped? -> act -> safety -> publish -> adapt -> what is looked at
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.fault_schedule import Ablation, zero_weights
from hebb_controller.live_faults import Marker, fault_text
from hebb_controller.safety import Mode
from hebb_controller.sequence import Phase
from hebb_controller.signals import JointTargets
from hebb_controller_ros.controller_setup import ControllerSetup
from hebb_controller_ros.controller_topics import ControllerTopics, PlasticityReport
from hebb_controller_ros.sensor_pair import Reading
from hebb_controller_ros.velocity_command import VelocityCommand


class ControlTick:
    """Answers readings.

    Args:
        setup: what was configured.
        topics: where commands go.
        velocity: what cmd_vel asks for; None: nobody listens to it.
        given: the node's parameters.
        log: takes one line for whoever watches.

    Attributes:
        step: ticks since the activation.
        ticks: ticks since the configuration.
        compute: time from reading to published command of the last tick, in [s].
        mode_entry: what `~/mode` says.
    """

    def __init__(
        self,
        setup: ControllerSetup,
        topics: ControllerTopics,
        velocity: VelocityCommand | None,
        given: Mapping[str, Any],
        log: Callable[[str], None],
    ) -> None:
        self.setup, self.topics, self._velocity, self._log = setup, topics, velocity, log
        self.sequencer = setup.sequencer
        self._lockstep, self._time_jump = given["lockstep"], given["time_jump"]
        self._plasticity_stop = given["plasticity_stop"]
        self._wipes = list(setup.wipes)
        self._wipe_rng = np.random.default_rng([given["seed"], 0, 1])
        self._report = PlasticityReport()
        self._period = 1.0 / setup.robot.control_rate
        self._report_every = max(round(setup.robot.control_rate / given["report_rate"]), 1)
        self._weights_every = max(round(setup.robot.control_rate / given["weights_rate"]), 1)
        self._last: tuple[float, JointTargets] | None = None
        self.step, self.ticks, self.compute, self._begun_at = 0, 0, 0.0, 0.0
        self.mode_entry: dict[str, Any] = {}

    def answer(self, reading: Reading) -> None:
        """Answer a new reading; one that was answered before gets the same answer again and moves no weight."""
        time_of = reading.state.time
        if self._last is not None and time_of == self._last[0]:
            if self.stale(reading):  # half of it is old: what the gate says of it may not be drowned by the old answer
                self.hold(reading)
            else:
                self.topics.command(self._last[1])
        elif self._last is not None and time_of < self._last[0]:
            self._jumped_back(reading)
            self.tick(reading)
        else:
            self.tick(reading)

    def tick(self, reading: Reading) -> None:
        """Answer a reading, old or new."""
        began = time.perf_counter()
        sequencer, state = self.sequencer, reading.state
        try:
            self._wipe_now(state.time)
            if self._velocity is not None:
                sequencer.speed_scale = self._velocity.scale()
                sequencer.heading += self._velocity.turn() * self._period
            targets = sequencer.tick(state, state.time)
            if targets is None:
                return
            self.topics.command(targets)
            self.compute = time.perf_counter() - began
            sequencer.adapt()
        except HebbError as error:  # a fault becomes a state, not a traceback
            self.stop(str(error))
            return
        self._last = (state.time, targets)
        self.step += 1
        self.ticks += 1
        if self.step == self._plasticity_stop:
            sequencer.frozen = True
        self.topics.observation(sequencer.controller.network)
        if self.step % self._report_every == 0:
            self.topics.plasticity(self._report.rows(sequencer.controller.network))
        if self.step % self._weights_every == 0:
            self.topics.weights(sequencer.controller.network)
        self.tell_mode()

    def stale(self, reading: Reading) -> bool:
        """Return True if a reading is too old to be answered; in lock-step none ever is."""
        bound = self.sequencer.gate.config.max_age
        return bound is not None and not self._lockstep and reading.age() > bound

    def hold(self, reading: Reading) -> None:
        """Let the gate judge a reading that has grown old: it holds, then lets go. The network is not asked."""
        targets = self.sequencer.tick_old(reading.state, reading.age())
        if targets is not None:
            self.topics.command(targets)
        self.tell_mode()

    def activate(self, reading: Reading) -> None:
        """Begin to ramp from the pose that `reading` measures."""
        self._last, self.step, self._begun_at = None, 0, reading.state.time
        self._wipes = list(self.setup.wipes)
        self.sequencer.activate(reading.state)
        self.tell_mode()

    def wipe(self, ablation: Ablation) -> None:
        """Wipe weights at a step counted from now."""
        self._wipes.append(ablation)

    def stop(self, reason: str) -> None:
        """Latch the emergency stop, and say so at once."""
        self.sequencer.stop(reason)
        self.topics.estop(True)
        self._log(f"stopped: {reason}")
        if self._last is not None:
            _, last = self._last
            self.topics.command(dataclasses.replace(last, limp=self.sequencer.config.stop_limp))
        self.tell_mode()

    def rest(self, sleep: Callable[[float], None]) -> None:
        """Ramp to the neutral pose, blind to new readings for as long as it takes."""
        if self._last is None or self.sequencer.phase in (Phase.IDLE, Phase.STOP):
            return
        _, last = self._last
        if last.limp:
            return
        neutral = self.setup.robot.neutral
        nb_steps = max(round(self.sequencer.config.ramp_time / self._period), 1)
        for k in range(1, nb_steps + 1):
            value = last.value + k / nb_steps * (neutral - last.value)
            self.topics.command(dataclasses.replace(last, value=value))
            sleep(self._period)

    def reset(self, reading: Reading | None) -> None:
        """Release the stop and ramp again from the measured pose.

        Raises:
            BadInputError: the cause still stands.
        """
        cause = self.sequencer.cause_standing(None if reading is None else reading.state)
        if not cause and reading is not None and self.stale(reading):
            cause = f"the last reading is {reading.age():.1f} s old"
        if cause or reading is None:
            raise BadInputError(f"not reset: {cause}")
        self.sequencer.reset(reading.state)
        self.topics.estop(False)
        self.tell_mode()

    def tell_mode(self) -> None:
        """Publish phase, mode and reason if they have changed."""
        gate, sequencer = self.sequencer.gate, self.sequencer
        stopped = sequencer.phase is Phase.STOP
        limp = stopped and sequencer.config.stop_limp
        mode = (Mode.LIMP if limp else Mode.HOLD) if stopped else gate.mode
        entry = {
            "phase": sequencer.phase.value,
            "mode": mode.value,
            "reason": sequencer.stop_reason if stopped else gate.reason,
            "plasticity": "frozen" if sequencer.frozen else "on" if sequencer.learning else "waiting",
            "life": sequencer.life,
        }
        if entry != self.mode_entry:
            self.mode_entry = entry
            # What a replay needs to do the same at the same place.
            self.topics.mode(entry | {"step": self.step, "ticks": self.ticks, "begun_at": self._begun_at})

    def _wipe_now(self, stamp: float) -> None:
        for ablation in [a for a in self._wipes if a.step <= self.step]:
            self._wipes.remove(ablation)
            zero_weights(self.sequencer.controller.network, ablation.share, self._wipe_rng)
            self.topics.marker(Marker(self.step, "start", fault_text(ablation)), stamp)

    def _jumped_back(self, reading: Reading) -> None:
        self._log(f"time jumped back to {reading.state.time:.2f} s: policy {self._time_jump}")
        if self.sequencer.phase in (Phase.IDLE, Phase.STOP):
            self._last = None
            return
        if self._time_jump == "reset":
            self.sequencer.reset_plasticity()
        elif self._time_jump == "freeze":
            self.sequencer.frozen = True
        self.activate(reading)
