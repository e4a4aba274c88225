"""Recordings whose figures are known by construction, written with the project's own writer, and trials made of them.

A real controller answers the readings, so that a replay has something to find; the body is made up: it goes as fast as
the plan says, and its joints lag as far behind the commands as the plan says.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from nav_msgs.msg import Odometry
from rclpy.serialization import serialize_message
from std_msgs.msg import String

from hebb_controller.robot import COMMANDED, MEASURED
from hebb_controller.signals import RobotState
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
from hebb_controller_ros.controller_setup import info_of, set_up
from hebb_controller_ros.encoding import ImuEncoder, JointStateEncoder, TargetsEncoder, stamp
from hebb_controller_ros.mcap_writer import McapWriter
from hebb_controller_ros.messages import joint_index, state_from_messages
from hebb_controller_ros.sensor_pair import Reading

PERIOD = 0.02
#: The network answers this reading first: the ramp takes a second.
START = 50
EPOCH = 1_700_000_000_000_000_000


@dataclass(frozen=True)
class Plan:
    """What a recording shall hold.

    Attributes:
        steps: readings.
        speed: of the body from the network's start on, in [m/s].
        fault: it stands still from the first of these steps on, and is told to be saturated until the second.
        still: it goes on standing for so many steps after that.
        lag: of the first joint behind its command, in [rad]; the others follow to the digit.
        measured: False: the angles are only commanded.
        falls_at: step from which it lies on its side; 0: never.
        late: steps whose commands reach the recorder `delay` late.
        delay: in [s].
        lockstep: as the controller was told.
        silent: readings of these steps do not come; time goes on, and the guard holds.
        loose: step from which the plant says that nobody armed it; 0: it is armed.
        bus: figures of the plant's diagnostics, second by second.
        spoilt: step whose recorded command is 1 mrad off in the second joint; 0: none.
        seed: of the weights.
        parameters: of the controller beside those.
    """

    steps: int = 400
    speed: float = 0.4
    fault: tuple[int, int] | None = (200, 250)
    still: int = 30
    lag: float = 0.0
    measured: bool = True
    falls_at: int = 0
    late: tuple[int, ...] = ()
    delay: float = 0.0
    lockstep: bool = False
    silent: tuple[int, int] = (0, 0)
    loose: int = 0
    bus: tuple[dict[str, str], ...] = ()
    spoilt: int = 0
    seed: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)

    def x(self, step: int) -> float:
        """Return the body's position, in [m]."""
        moving = max(step - START, 0)
        if self.fault is not None:
            first, last = self.fault[0], self.fault[1] + self.still
            moving -= min(max(step - max(first, START), 0), last - first)
        return self.speed * PERIOD * moving

    @property
    def distance(self) -> float:
        """Where it ends, in [m]."""
        return self.x(self.steps - 1)


class _Topics:
    """Takes what the controller says into the file, one millisecond after the reading, and the command later still."""

    def __init__(self, file: McapWriter, robot: Any, plan: Plan) -> None:
        self.file, self.plan, self.now, self.step = file, plan, EPOCH, 0
        self._encode = TargetsEncoder(robot)

    def write(self, topic: str, kind: str, message: Any, after: float = 0.0) -> None:
        self.file.write(f"/{topic}", kind, serialize_message(message), self.now + round(after * 1e9))

    def text(self, topic: str, entry: Any, after: float = 0.0) -> None:
        self.write(
            topic, "std_msgs/msg/String", String(data=entry if isinstance(entry, str) else json.dumps(entry)), after
        )

    def weights(self, network: Any) -> None:
        """Nobody listens to the matrices."""

    def command(self, targets: Any) -> None:
        message = self._encode(targets)
        if self.plan.spoilt and self.step == self.plan.spoilt:
            message.points[0].positions[1] += 1e-3
        late = self.plan.delay if self.step in self.plan.late else 0.0
        self.write("joint_targets", "trajectory_msgs/msg/JointTrajectory", message, 0.002 + late)
        self.last = targets

    def mode(self, entry: dict[str, Any]) -> None:
        self.text("hebb_controller/mode", entry, 0.001)

    def observation(self, network: Any) -> None: ...

    def plasticity(self, rows: Any) -> None: ...

    def estop(self, pressed: bool) -> None: ...

    def marker(self, marker: Any, time: float) -> None: ...


def write_recording(folder: Path, plan: Plan) -> Path:
    """Write a recording and return its path."""
    given = {spec.name: list(spec.default) if isinstance(spec.default, tuple) else spec.default
             for spec in CONTROLLER_PARAMETERS}  # fmt: skip
    given |= {"robot": "realant", "seed": plan.seed, "lockstep": plan.lockstep, "fade_time": 0.5} | plan.parameters
    setup = set_up(given)
    robot = setup.robot
    file = McapWriter(folder, "planted")
    topics = _Topics(file, robot, plan)
    tick = ControlTick(setup, topics, None, given, print)  # type: ignore[arg-type]
    index = joint_index(robot.joint_names, robot, "planted")
    joints, imu = JointStateEncoder(robot), ImuEncoder(PERIOD)
    topics.text("hebb_controller/info", info_of(setup, given))
    topics.text("joint_states_source", MEASURED if plan.measured else COMMANDED)
    topics.text("plant/state", {"mode": "hold", "reason": "no command yet", "backend": "sim", "step": 0})
    position = robot.neutral.copy()
    for step in range(plan.steps):
        topics.step, topics.now = step, EPOCH + round(step * PERIOD * 1e9)
        if plan.bus and step % 50 == 0 and step // 50 < len(plan.bus):
            topics.write("diagnostics", "diagnostic_msgs/msg/DiagnosticArray", _diagnostics(plan.bus[step // 50]))
        if plan.silent[0] <= step < plan.silent[1]:
            if step == plan.silent[0] + 5:
                topics.mode(
                    tick.mode_entry | {"mode": "hold", "reason": "reading is more than 0.1 s old"} | _place(tick)
                )
            continue
        if plan.silent[1] and step == plan.silent[1]:
            topics.mode(tick.mode_entry | _place(tick))
        roll = math.pi / 2 if plan.falls_at and step >= plan.falls_at else 0.0
        silent = np.full(robot.nb_joints, math.nan)
        sensed = RobotState(step * PERIOD, position, silent, roll, 0.0, 0.0, np.zeros(3), plan.measured)
        heard = imu(sensed), joints(sensed)
        topics.write("imu/data", "sensor_msgs/msg/Imu", heard[0])
        topics.write("joint_states", "sensor_msgs/msg/JointState", heard[1])
        topics.write("ground_truth/odom", "nav_msgs/msg/Odometry", _odometry(plan, step))
        for event, at in zip(("start", "end"), plan.fault or (), strict=False):
            if step == at:
                fault = f"saturate@{plan.fault[0]}:{plan.fault[1]}" if plan.fault else ""
                topics.text("fault_markers", {"step": at, "stamp": at * PERIOD, "event": event, "fault": fault})
        if plan.loose and step == plan.loose:
            unarmed = {"mode": "limp", "reason": "disarmed: not armed yet", "backend": "serial", "step": step}
            topics.text("plant/state", unarmed)
        reading = Reading(state_from_messages(heard[1], heard[0], index, plan.measured), 0.0, 0.0)
        if step == 0:
            tick.tell_mode()
            tick.activate(reading)
            topics.text("plant/state", {"mode": "nominal", "reason": "", "backend": "sim", "step": 0}, 0.003)
        tick.tick(reading)
        if not topics.last.limp:
            position = topics.last.value.copy()
            position[0] -= plan.lag
    file.close()
    return file.path


def _place(tick: ControlTick) -> dict[str, Any]:
    return {"step": tick.step, "ticks": tick.ticks, "begun_at": 0.0}


def _odometry(plan: Plan, step: int) -> Odometry:
    message = Odometry()
    message.header.stamp = stamp(step * PERIOD)
    message.pose.pose.position.x = plan.x(step)
    return message


def _diagnostics(figures: dict[str, str]) -> DiagnosticArray:
    values = [KeyValue(key=key, value=value) for key, value in figures.items()]
    return DiagnosticArray(status=[DiagnosticStatus(name="/plant", message="good", values=values)])


def write_trial(
    folder: Path,
    runs: list[tuple[int, str, Path | None]],
    told: dict[int, dict[str, Any]] | None = None,
    **head: Any,
) -> Path:
    """Lay out a trial's folder; recordings are linked, not copied.

    Args:
        folder: the trial's.
        runs: block, condition and recording of each, by number from 1; None: not begun.
        told: by run's number: what run.json says beside the usual.
        head: what trial.json says beside the usual.
    """
    plan = [{"run": k, "block": b, "condition": c, "seed": b} for k, (b, c, _) in enumerate(runs, 1)]
    conditions = [{"name": name, "kind": name} for name in sorted({c for _, c, _ in runs}, reverse=True)]
    usual = {"schema": 1, "name": "planted", "robot": "realant", "robot_sha256": "1" * 64, "rulebook": "realant",
             "rulebook_sha256": "2" * 64, "calibration_sha256": None, "stage": "ground", "backend": "sim", "seed": 0,
             "versions": {}, "protocol": {"conditions": conditions, "surface": "felt"}, "plan": plan}  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "trial.json").write_text(json.dumps(usual | head))
    for entry, (_, _, recording) in zip(plan, runs, strict=True):
        if recording is not None:
            write_attempt(folder, entry, 1, recording, (told or {}).get(entry["run"], {}))
    return folder


def write_attempt(
    folder: Path, planned: dict[str, Any], number: int, recording: Path | None, told: dict[str, Any] | None
) -> Path:
    """Lay out one attempt; `told` None: it was killed."""
    place = folder / "runs" / f"{planned['run']:03d}-{planned['condition']}" / f"attempt-{number}"
    place.mkdir(parents=True)
    if recording is not None:
        (place / recording.name).symlink_to(recording)
    if told is not None:
        usual = {"attempt": number, "outcome": "finished", "reason": "", "battery_start_V": None,
                 "battery_end_V": None, "falls": 0, "recording": recording.name if recording else ""}  # fmt: skip
        (place / "run.json").write_text(json.dumps(planned | usual | told))
    return place
