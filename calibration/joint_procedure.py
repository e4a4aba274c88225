"""The dialogue about one joint: pose it, fit it, then, if the operator likes, rock it and let it step."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from calibration.excitation import rocked, step_train
from calibration.hand_posing import Draw, jig_poses, stop_poses
from calibration.jogging import Jogger, jog_poses
from calibration.joint_mover import JointMover
from calibration.live_table import growing, live_lines, pose_angles
from calibration.pose_fit import PoseFit, fit_poses, fit_stops, rocked_play
from calibration.powered import Powered
from calibration.record import Calibration, JointRecord, Measured
from calibration.response_fit import fit_response
from calibration.seam import place, wraps
from calibration.talk import ENTER, Talk, wait_for
from firmware_bridge.board_line import BoardLine, Handshake, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.torque_guard import Guard, let_go, unconfirmed_text
from hebb_controller.errors import RunFailedError
from hebb_controller.robot import RobotSpec

#: How long a held joint is rocked, in [s].
ROCK_TIME = 3.0


@dataclass(frozen=True)
class JointPlan:
    """What is to be done with each joint.

    Attributes:
        robot: the robot.
        protocol: of its board.
        method: `jig` or `stop`; boards without feedback are jogged whatever it says.
        angles: of the jig poses, in [rad]; empty: three that suit each joint.
        moves: whether servos are moved, to measure them.
        nb_steps: steps of the excitation.
        rock_time: in [s].
        rng: draws the phases of the excitation.
    """

    robot: RobotSpec
    protocol: str
    method: str
    angles: Sequence[float]
    moves: bool
    nb_steps: int
    rock_time: float
    rng: np.random.Generator


def calibrate_joint(
    line: BoardLine, name: str, hands: Handshake, done: Calibration, plan: JointPlan, talk: Talk, guard: Guard | None
) -> tuple[JointRecord, list[str]]:
    """Lead the operator through one joint; return its record and what is wrong with it.

    Args:
        line: a line with this one servo.
        name: of the joint.
        hands: what the line told of itself.
        done: the joints before, for the table.
        plan: what to do.
        talk: the person.
        guard: see `JointMover`.

    Raises:
        LinkError: the line fails; torque is off, as far as it can be told.
    """
    robot = plan.robot
    index = robot.joint_names.index(name)
    joint, servo_id = robot.joints[index], line.ids[0]
    failed = let_go(line)
    if failed:
        raise LinkError(f"port {line.path}: {unconfirmed_text(failed)}")
    talk.tell(f"{name} (servo {servo_id}): its angle grows with the {growing(robot, index)}")

    def draw(reading: ServoReading | None) -> None:
        talk.live(live_lines(robot, done, name, reading))

    fit, method = _fit_joint(line, index, plan, talk, draw, guard)
    problems = list(fit.problems)
    offset = hands.offsets.get(servo_id)
    placed = place(fit, joint.lower, joint.upper, line.scale, plan.protocol, offset)
    if not problems and placed.problem:
        problems.append(placed.problem)
    record = JointRecord(
        name=name,
        servo_id=servo_id,
        model=hands.model,
        firmware=hands.firmware.get(servo_id),
        eeprom_offset=offset,
        method=method,
        zero_tick=placed.zero_tick,
        direction=fit.direction,
        ticks_per_radian=fit.ticks_per_radian,
        residual=fit.residual,
        lower=joint.lower,
        upper=joint.upper,
        neutral=joint.neutral,
        measured=Measured(play_beyond_encoder=fit.play, voltage=_voltage(line.feedback()[0])),
    )
    if problems or not line.measured or not plan.moves:
        return record, problems
    try:
        return _moved(line, record, done, plan, talk, guard)
    except RunFailedError as error:  # of the line, or of the servo on it: torque is off, the operator decides
        return record, [str(error)]


def _fit_joint(
    line: BoardLine, index: int, plan: JointPlan, talk: Talk, draw: Draw, guard: Guard | None
) -> tuple[PoseFit, str]:
    robot = plan.robot
    way = growing(robot, index)
    nominal, turn = line.scale.per_turn / (2.0 * math.pi), wraps(line.scale)
    low, high = robot.joints[index].lower, robot.joints[index].upper
    angles = [a for a in plan.angles if low <= a <= high] if plan.angles else pose_angles(robot, index)
    if not line.measured:
        return _jogged(line, angles, way, talk, guard), "jog"
    if plan.method == "stop":
        return fit_stops(*stop_poses(line, (low, high), way, talk, draw), nominal, turn), "stop"
    return fit_poses(jig_poses(line, angles, way, talk, draw), nominal, turn), "jig"


def _jogged(line: BoardLine, angles: Sequence[float], way: str, talk: Talk, guard: Guard | None) -> PoseFit:
    values = line.feedback()[0].values
    tick = line.scale.centre if values is None else round(values["position"])
    talk.tell(f"  no feedback: torque comes on at count {tick}, and the joint may jump there. Hands off. Enter")
    wait_for(talk, ENTER, lambda: None)
    with Powered(line, [tick], guard) as powered:
        jogger = Jogger(powered, tick, talk, lambda now: talk.live([f"> commanded to count {now:.0f}"]))
        readings, seen = jog_poses(jogger, angles, way)
    fit = fit_poses(readings, line.scale.per_turn / (2.0 * math.pi), None)
    if fit.direction != seen and not fit.problems:
        return dataclasses.replace(fit, problems=("the poses say it turns one way, your answer says the other",))
    return fit


def _moved(
    line: BoardLine, record: JointRecord, done: Calibration, plan: JointPlan, talk: Talk, guard: Guard | None
) -> tuple[JointRecord, list[str]]:
    """Rock and step a joint that is calibrated; both may be skipped."""
    servo = plan.robot.servo
    assert servo is not None

    def draw() -> None:
        talk.live(live_lines(plan.robot, done, record.name, line.feedback()[0], record))

    measured = record.measured
    if _wanted("rock: torque comes on and holds; rock the joint lightly to and fro, within its play", talk, draw):
        with JointMover(line, record, servo.no_load_speed, guard) as mover:
            play = rocked_play(rocked(mover, plan.rock_time), record.ticks_per_radian, wraps(line.scale))
        measured = dataclasses.replace(measured, play_within_servo=play)
        talk.tell(f"  gave way by {math.degrees(play):.2f} deg to either side")
    problems: list[str] = []
    half = math.degrees(min(0.2, 0.5 * (record.upper - record.lower)))
    if _wanted(f"steps: the joint will jump by up to {2 * half:.0f} deg, {plan.nb_steps} times; hands off", talk, draw):
        with JointMover(line, record, servo.no_load_speed, guard) as mover:
            answer = fit_response(step_train(mover, plan.nb_steps, plan.rng))
            loaded = _voltage(mover.reading)
        problems = list(answer.problems)
        measured = dataclasses.replace(
            measured,
            latency=answer.latency,
            latency_spread=answer.latency_spread,
            speed=answer.speed,
            speed_spread=answer.speed_spread,
            repeatability=answer.repeatability,
            voltage=measured.voltage if loaded is None else loaded,
        )
        talk.tell(f"  latency {1e3 * answer.latency:.1f} ms, {answer.speed:.2f} rad/s, {answer.nb_steps} steps")
    return dataclasses.replace(record, measured=measured), problems


def _voltage(reading: ServoReading | None) -> float | None:
    return None if reading is None or reading.values is None else reading.values.get("voltage")


def _wanted(what: str, talk: Talk, draw: Callable[[], None]) -> bool:
    talk.tell(f"  {what}. Enter; s: skip")
    return wait_for(talk, ENTER + "s", draw) == ENTER
