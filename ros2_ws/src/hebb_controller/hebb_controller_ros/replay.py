"""`hebb replay`: a recording's readings through a fresh controller, its commands compared bit for bit.

Equal commands mean that the code, the rulebook and the settings of today do what the recorded run did. What a
recording does not hold cannot be replayed and is refused: weights loaded from a file, cmd_vel, ticks of a timer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.fault_schedule import Ablation, zero_weights
from hebb_controller.live_faults import is_wipe, read_fault
from hebb_controller.robot import MEASURED
from hebb_controller.safety import Mode
from hebb_controller.sequence import Sequencer
from hebb_controller.signals import JointTargets, RobotState
from hebb_controller_ros.controller_setup import ControllerSetup, set_up
from hebb_controller_ros.messages import joint_index, nanoseconds, state_from_messages, targets_from_message
from hebb_controller_ros.recording import Recording, read_recording


@dataclass(frozen=True)
class Replay:
    """What a replay found.

    Attributes:
        commands: commands compared.
        difference: where the first one differs, one line; empty if none does.
    """

    commands: int
    difference: str


def run(path: Path, as_json: bool) -> int:
    """Replay a file and print what came out; return 0 if every command is equal, 1 otherwise."""
    found = replay(read_recording(path))
    if as_json:
        print(json.dumps({"file": str(path), "commands": found.commands, "difference": found.difference or None}))
    elif found.difference:
        print(f"differs after {found.commands} equal commands: {found.difference}", file=sys.stderr)
    else:
        print(f"{found.commands} commands, all equal bit for bit")
    return 1 if found.difference else 0


def replay(recording: Recording) -> Replay:
    """Feed a recording through a controller set up as its own was, up to the first difference.

    Raises:
        BadInputError: the recording cannot be replayed, or the rulebook or robot of today is another.
        RunFailedError: the recorder lost a reading.
    """
    equal = 0
    for answer in answers(recording):
        if not answer.equal:
            return Replay(equal, answer.difference())
        equal += 1
    return Replay(equal, "")


@dataclass(frozen=True)
class Answer:
    """A recorded command beside what the replay made of the same reading.

    Attributes:
        joints: names, in the order of the values.
        state: the reading.
        recorded: the command in the recording.
        ours: the replay's; None: it has none.
    """

    joints: tuple[str, ...]
    state: RobotState
    recorded: JointTargets
    ours: JointTargets | None

    @property
    def equal(self) -> bool:
        """True if the two are the same, bit for bit."""
        if self.ours is None or self.ours.limp != self.recorded.limp:
            return False
        return self.ours.limp or bool(np.array_equal(self.ours.value, self.recorded.value))

    def difference(self) -> str:
        """Return where they differ, in one line."""
        when, ours = f"at {self.state.time:.3f} s", self.ours
        if ours is None or ours.limp != self.recorded.limp:
            return f"{when} the recorded command {'lets go' if self.recorded.limp else 'holds'}, ours does not"
        joint = int(np.flatnonzero(ours.value != self.recorded.value)[0])
        return f"{when} joint {self.joints[joint]}: recorded {self.recorded.value[joint]!r}, ours {ours.value[joint]!r}"


def answers(recording: Recording) -> Iterator[Answer]:
    """Feed a recording through a controller set up as its own was; yield every command beside the replay's.

    Raises:
        BadInputError: the recording cannot be replayed, or the rulebook or robot of today is another.
        RunFailedError: the recorder lost a reading.
    """
    setup = _setup_of(recording)
    robot, sequencer = setup.robot, setup.sequencer
    wipes = np.random.default_rng([recording.info["parameters"]["seed"], 0, 1])
    readings = _Readings(recording, setup)
    events = recording.entries("hebb_controller/mode")
    if not events or events[0]["ticks"] != 0:
        raise BadInputError(f"{recording.path}: begins in the middle of a walk: record from the start")
    markers = [m for m in recording.entries("fault_markers") if is_wipe(m["fault"])]
    commands = _first_per_stamp(recording)
    index = joint_index(tuple(commands[0].joint_names), robot, "joint_targets") if commands else ()
    life, ramped = 0, None
    for tick, message in enumerate(commands):
        while events and events[0]["ticks"] <= tick:
            entry = events.pop(0)
            while life < entry["life"]:
                sequencer.reset_plasticity()
                life += 1
            sequencer.frozen = entry["plasticity"] == "frozen"
            ramped = _follow(sequencer, entry, readings, ramped)
        state = readings.at(nanoseconds(message.header.stamp))
        for marker in markers:
            if round(marker["stamp"] * 1e9) == nanoseconds(message.header.stamp):
                wipe = read_fault(marker["fault"], 0)
                assert isinstance(wipe, Ablation)
                zero_weights(sequencer.controller.network, wipe.share, wipes)
        wanted, got = targets_from_message(message, index), sequencer.tick(state, state.time)
        yield Answer(robot.joint_names, state, wanted, got)
        sequencer.adapt()


def _follow(sequencer: Sequencer, entry: Mapping[str, Any], readings: _Readings, ramped: float | None) -> float | None:
    """Do what a recorded change of phase or mode tells of.

    Args:
        sequencer: the replay's.
        entry: what `~/mode` said.
        readings: the recorded ones.
        ramped: stamp of the reading that the last ramp began from, in [s]; None before the first.

    Returns:
        `ramped` from then on.
    """
    # A ramp after a reset begins in mid-walk; recordings from before those were told hold none that can be replayed.
    ramp = entry.get("ramp_from", entry["begun_at"] if entry["step"] == 0 else ramped)
    if entry["phase"] == "ramp" and ramp != ramped:
        begun = readings.at(round(ramp * 1e9))
        if sequencer.stopped:
            sequencer.reset(begun)
        sequencer.activate(begun)
        return float(ramp)
    if entry["phase"] == "stop":
        sequencer.stop(entry["reason"])
    elif entry["phase"] == "rest":
        sequencer.rest()
    if entry["mode"] == Mode.LIMP.value:
        sequencer.gate.mode = Mode.LIMP
    return ramped


def _setup_of(recording: Recording) -> ControllerSetup:
    info = recording.info
    if not info:
        raise BadInputError(f"{recording.path}: the controller's info is missing: nothing says what to replay with")
    given = info["parameters"]
    for name, value, why in (("tick", "timer", "ticks of a timer"), ("use_cmd_vel", True, "cmd_vel")):
        if given[name] == value:
            raise BadInputError(f"{recording.path}: {why} cannot be replayed")
    setup = set_up(given)
    for what, then, now in (
        ("rulebook", info["rulebook_digest"], setup.book.digest),
        ("robot", info["robot_hash"], setup.robot.contract_hash),
    ):
        if then != now:
            raise BadInputError(f"{recording.path}: was recorded with another {what} ({then[:12]}, here {now[:12]})")
    return setup


class _Readings:
    """The recorded readings by stamp."""

    def __init__(self, recording: Recording, setup: ControllerSetup) -> None:
        self._joints = {nanoseconds(m.header.stamp): m for m in recording.messages("joint_states")}
        self._imu = {nanoseconds(m.header.stamp): m for m in recording.messages("imu/data")}
        sources = recording.messages("joint_states_source")
        self._measured = not sources or sources[-1].data == MEASURED
        self._robot = setup.robot

    def at(self, stamp: int) -> RobotState:
        if stamp not in self._joints or stamp not in self._imu:
            raise RunFailedError(f"the reading at {stamp / 1e9:.3f} s is missing: the recorder lost it")
        joints = self._joints[stamp]
        index = joint_index(tuple(joints.name), self._robot, "joint_states")
        return state_from_messages(joints, self._imu[stamp], index, self._measured)


def _first_per_stamp(recording: Recording) -> list[Any]:
    # Commands that repeat a stamp answer nothing new: repeats after a gap, and what a stop sends at once.
    messages = recording.messages(recording.command_topic)
    by_stamp: dict[int, Any] = {}
    for message in messages:
        by_stamp.setdefault(nanoseconds(message.header.stamp), message)
    return list(by_stamp.values())
