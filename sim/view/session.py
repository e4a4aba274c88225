"""The page's robots as one source: commands in, one control step of all lanes in lock-step, frames out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.live_faults import fault_label, fault_text, read_fault
from hebb_controller.page import commands
from hebb_controller.page.commands import Command
from hebb_controller.page.frames import Disturbance, Frame, Stage
from sim.view.lane_body import LEVEL
from sim.view.lanes import FROZEN, ViewConfig, make_lanes, make_stage
from sim.view.life_files import LifeFiles
from sim.view.recovery_watch import RecoveryWatch

#: Weights ride in every so many frames, recoveries are looked at as often: each costs more than a step.
WEIGHTS_EVERY, RECOVERY_EVERY = 12, 5


class Session:
    """All lanes of a page, what befalls them and what is remembered.

    Args:
        config: which robots.
        folder: where recordings and weights go.

    Attributes:
        stage: what there is to see and to do.
        restaged: True after the stage has changed, until somebody sets it back.
        paused: True while time stands still.
        factor: seconds of the robots per second that were asked for.
        step_count: control steps since the beginning.

    Raises:
        BadInputError, RulebookError: a robot, body or rulebook that cannot be.
    """

    def __init__(self, config: ViewConfig, folder: Path) -> None:
        self._config = config
        self.lanes = make_lanes(config)
        self.stage: Stage = make_stage(config, self.lanes)
        self.period = self.lanes[0].control_period
        self.restaged, self.paused = False, False
        self.factor, self.step_count = config.realtime_factor, 0
        self._seed = config.seed
        self._watch = RecoveryWatch(len(self.lanes), self.period)
        self._files = LifeFiles(folder, config, self.lanes)
        self._estop, self._notice, self._nb_notices = "", "", 0
        self._disturbances: tuple[Disturbance, ...] = ()
        self._pending_steps = 0
        self._works: dict[type, Callable[[Any], str]] = {
            commands.NewBrain: self._new_brain,
            commands.StandUp: self._stand_up,
            commands.Fault: self._fault,
            commands.Clear: self._clear,
            commands.Plasticity: self._plasticity,
            commands.Body: lambda c: self._another(c.name, self.lanes[0].ground),
            commands.Ground: lambda c: self._another(self.lanes[0].body, c.name),
            commands.EStop: self._stop,
            commands.Pause: self._pause,
            commands.Step: self._one_step,
            commands.RealtimeFactor: self._at_factor,
            commands.Record: self._recording,
            commands.SaveWeights: lambda _: self._files.save(self._seed, self.step_count),
            commands.LoadWeights: lambda c: self._files.load(c.path),
        }

    def obey(self, command: Command) -> None:
        """Carry out a command; what is wrong with it becomes a notice."""
        try:
            notice = self._works[type(command)](command)
        except HebbError as error:
            notice = f"refused: {error}"
        if notice:
            self._notice, self._nb_notices = notice, self._nb_notices + 1

    @property
    def due(self) -> bool:
        """True if a step is to be taken now."""
        return not self.paused or self._pending_steps > 0

    def step(self) -> None:
        """Take one control step in every lane."""
        self._pending_steps = max(self._pending_steps - 1, 0)
        for lane in self.lanes:
            lane.step(bool(self._estop))
        self.step_count += 1
        if self.step_count % RECOVERY_EVERY == 0:
            self._disturbances = self._watch.update(
                self.step_count, [lane.x for lane in self.lanes], [lane.fallen for lane in self.lanes]
            )

    def frame(self, kept_factor: float) -> Frame:
        """Return how it goes, and write it into the recording if there is one."""
        frame = Frame(
            time=self.step_count * self.period,
            lanes=tuple(lane.frame(self._estop) for lane in self.lanes),
            disturbances=self._disturbances,
            paused=self.paused,
            wanted_factor=self.factor,
            factor=kept_factor,
            estop=self._estop,
            recording=self._files.recording,
            notice=self._notice,
            nb_notices=self._nb_notices,
        )
        self._files.add(frame)
        if self.step_count % WEIGHTS_EVERY == 0:
            frame = dataclasses.replace(frame, weights=tuple(lane.weights for lane in self.lanes))
        return frame

    def close(self) -> str:
        """Free the simulators; return a line about the recording that was still open, or nothing."""
        for lane in self.lanes:
            lane.close()
        return self._files.end() if self._files.recording else ""

    def _new_brain(self, command: commands.NewBrain) -> str:
        self._seed = self._seed + 1 if command.seed is None else command.seed
        for lane in self.lanes:
            lane.new_life(self._seed)
            lane.plastic = not lane.book.static
        self._estop = ""
        self._watch.begin("new brain", self.step_count, self.step_count)
        return f"new random weights from seed {self._seed}, back at the start"

    def _stand_up(self, _: commands.StandUp) -> str:
        self._estop = ""
        for lane in self.lanes:
            lane.stand_up()
        return "standing at the start, weights kept"

    def _fault(self, command: commands.Fault) -> str:
        fault = read_fault(command.text, self.step_count)
        if fault is None:
            return self._clear(commands.Clear())
        if isinstance(fault, Ablation):
            if fault.step > self.step_count:
                raise BadInputError(f"{command.text}: wipe weights now, at step 0")
            for lane in self.lanes:
                lane.wipe(fault.share)
            self._disturb(f"wipe {fault.share:.0%}", self.step_count)
            return f"wiped {fault.share:.0%} of all weights"
        for lane in self.lanes:
            lane.befall(fault)
        self._disturb(fault_label(command.text), fault.stop)
        return f"fault: {fault_text(fault)}"

    def _disturb(self, label: str, end: int | None) -> None:
        self._freeze_control()
        self._watch.begin(label, self.step_count, end)
        self._files.event(self.step_count * self.period, label)

    def _clear(self, _: commands.Clear) -> str:
        for lane in self.lanes:
            lane.faults.clear()
        self._watch.release(self.step_count)
        return "no faults"

    def _freeze_control(self) -> None:
        for lane in self.lanes:
            if lane.name == FROZEN:
                lane.plastic = False

    def _plasticity(self, command: commands.Plasticity) -> str:
        chosen = [lane for lane in self.lanes if lane.name == FROZEN] or [
            lane for lane in self.lanes if not lane.book.static
        ]
        if not chosen:
            raise BadInputError("no lane here learns")
        for lane in chosen:
            lane.plastic = command.on
        return f"lane {chosen[0].name}: weights {'change again' if command.on else 'stand still'}"

    def _another(self, body: str, ground: str) -> str:
        if body not in self.stage.bodies or ground not in (*self.stage.grounds, LEVEL):
            raise BadInputError(f"body {body}, ground {ground}: {self._config.robot.name} has no such")
        for lane in self.lanes:
            lane.change_body(body, ground)
        self.stage, self.restaged = make_stage(self._config, self.lanes), True
        self._disturb(body if ground == LEVEL else f"{body} on {ground}", self.step_count)
        return f"body {body}, ground {ground}: back at the start, weights kept"

    def _stop(self, command: commands.EStop) -> str:
        self._estop = f"e-stop by {command.who}"
        return f"{self._estop}: stand up to go on"

    def _pause(self, command: commands.Pause) -> str:
        self.paused, self._pending_steps = command.on, 0
        return ""

    def _one_step(self, _: commands.Step) -> str:
        if not self.paused:
            raise BadInputError("step: pause first")
        self._pending_steps += 1
        return ""

    def _at_factor(self, command: commands.RealtimeFactor) -> str:
        if not 0.0 < command.value <= 20.0:
            raise BadInputError(f"real-time factor {command.value:g}: must be above 0 and at most 20")
        self.factor = command.value
        return ""

    def _recording(self, command: commands.Record) -> str:
        return self._files.begin() if command.on else self._files.end()
