"""One control tick, and what may happen between ticks: the part of the controller node that decides.

newest reading -> weights wiped? -> act -> safety -> publish -> adapt -> what is looked at
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.phases import Phase
from hebb_controller.safety import Mode
from hebb_controller.signals import JointTargets
from hebb_controller_ros.controller_setup import ControllerSetup
from hebb_controller_ros.controller_topics import ControllerTopics, PlasticityReport, mode_entry
from hebb_controller_ros.sensor_pair import Reading
from hebb_controller_ros.velocity_command import VelocityCommand
from hebb_controller_ros.weight_wipes import WeightWipes


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
        self._wipes = WeightWipes(setup.wipes, given["seed"])
        self._period = 1.0 / setup.robot.control_rate
        self._report = PlasticityReport(topics, setup.robot.control_rate, given["report_rate"], given["weights_rate"])
        self._newest: Reading | None = None
        self._sent: JointTargets | None = None  # what answered it
        self.step, self.ticks, self.compute = 0, 0, 0.0
        self._begun_at = self._ramp_from = 0.0  # stamps of the readings of the last activation, and of the last ramp
        self.mode_entry: dict[str, Any] = {}

    @property
    def silent(self) -> bool:
        """True while nothing leaves and no reading need be answered."""
        return self.sequencer.phase is Phase.IDLE

    def answer(self, reading: Reading) -> None:
        """Answer a new reading; one that was answered before gets the same answer again and moves no weight."""
        if self.stale(reading):
            self.hold(reading)  # half of it is old: neither network nor old answer may drown what the gate says of it
        elif self._newest is None or self._sent is None or reading.state.time != self._newest.state.time:
            self.tick(reading)
        elif self.sequencer.stopped:
            self.hold(reading)
        else:
            self.topics.command(self._sent)

    def tick(self, reading: Reading) -> None:
        """Answer a reading, old or new."""
        if self._newest is not None and reading.state.time < self._newest.state.time:
            self._jumped_back(reading)
        began = time.perf_counter()
        sequencer, state = self.sequencer, reading.state
        self._newest = reading
        try:
            for marker in self._wipes.now(self.step, sequencer.controller.network):
                self.topics.marker(marker, state.time)
            if self._velocity is not None:
                sequencer.speed_scale = self._velocity.scale()
                # Within half a turn, for ever: what is far from zero loses its last digits.
                sequencer.heading = math.remainder(sequencer.heading + self._velocity.turn() * self._period, math.tau)
            targets = sequencer.tick(state, state.time)
            if targets is None:
                self.tell_mode()
                return
            self.topics.command(targets)
            self.compute = time.perf_counter() - began
            sequencer.adapt()
        except HebbError as error:  # a fault becomes a state, not a traceback
            self.stop(str(error))
            return
        self._sent = targets
        self.step += 1
        self.ticks += 1
        if self.step == self._plasticity_stop:
            sequencer.frozen = True
        self._report.tell(sequencer.controller.network, self.step)
        self.tell_mode()

    def stale(self, reading: Reading) -> bool:
        """Return True if a reading is too old to be answered; in lock-step none ever is."""
        bound = self.sequencer.gate.config.max_age
        return bound is not None and not self._lockstep and reading.age() > bound

    def hold(self, reading: Reading) -> None:
        """Let the gate judge, by its age, a reading that has grown old: it holds, then lets go.

        The network is not asked. Where one half of the reading is new, the last that was answered whole stands for it.
        """
        whole = reading if self._newest is None else self._newest
        targets = self.sequencer.tick_old(whole.state, 0.0 if self._lockstep else reading.age())
        if targets is not None:
            self._sent = targets
            self.topics.command(targets)
        self.tell_mode()

    def activate(self, reading: Reading) -> None:
        """Begin to ramp from the pose that `reading` measures.

        Raises:
            BadInputError: the emergency stop is latched.
        """
        self.sequencer.activate(reading.state)
        self._newest, self._sent = reading, None
        self.step, self._begun_at, self._ramp_from = 0, reading.state.time, reading.state.time
        self._wipes.begin()
        self.tell_mode()

    def rest(self) -> None:
        """Begin to come to rest; a plant in lock-step may never send another reading to be answered."""
        if self._lockstep:
            self.sequencer.idle()
        else:
            self.sequencer.rest()
        self.tell_mode()

    def wipe(self, ablation: Ablation) -> None:
        """Wipe weights at a step counted from now."""
        self._wipes.add(ablation)

    def stop(self, reason: str) -> None:
        """Latch the emergency stop, and say so at once."""
        self.sequencer.stop(reason)
        self.topics.estop(True)
        self._log(f"stopped: {reason}")
        if self._newest is None:
            self.tell_mode()
        else:
            self.hold(self._newest)

    def let_go(self, reason: str) -> None:
        """Latch limp for what somebody else has seen; nothing where nothing leaves, or all is stopped already."""
        if self.sequencer.phase not in (Phase.IDLE, Phase.STOP) and self.sequencer.gate.mode is not Mode.LIMP:
            self.sequencer.gate.let_go(reason)
            self._log(f"limp: {reason}")
            self.tell_mode()

    def reset(self, reading: Reading | None) -> None:
        """Release the stop and ramp again from the measured pose.

        Raises:
            BadInputError: the cause still stands.
        """
        if reading is None:
            raise BadInputError("not reset: no reading of the body has come")
        if self.stale(reading):
            raise BadInputError(f"not reset: the last reading is {reading.age():.1f} s old")
        self.sequencer.reset(reading.state)
        self._newest, self._sent = reading, None
        self._ramp_from = reading.state.time
        self.topics.estop(False)
        self.mode_entry = {}  # told again, also where it ramps already: a plant that was armed since waits for it
        self.tell_mode()

    def tell_mode(self) -> None:
        """Publish phase, mode and reason if they have changed."""
        entry = mode_entry(self.sequencer)
        if entry != self.mode_entry:
            self.mode_entry = entry
            # What a replay needs to do the same at the same place.
            where = {"step": self.step, "ticks": self.ticks}
            self.topics.mode(entry | where | {"begun_at": self._begun_at, "ramp_from": self._ramp_from})

    def _jumped_back(self, reading: Reading) -> None:
        self._log(f"time jumped back to {reading.state.time:.2f} s: policy {self._time_jump}")
        if self.sequencer.phase is Phase.REST:
            self.sequencer.idle()  # its ramp was by the old time
        if self.silent or self.sequencer.stopped:
            return
        if self._time_jump == "reset":
            self.sequencer.reset_plasticity()
        elif self._time_jump == "freeze":
            self.sequencer.frozen = True
        cause = self.sequencer.cause_standing(reading.state)
        if cause:
            self.sequencer.gate.let_go(cause)
        if self.sequencer.gate.mode is not Mode.LIMP:  # who looks first is a person, whatever the clock does
            self.activate(reading)
