"""Is this robot fit to walk? Everything that can be known without moving it, told as a list of results.

    results = preflight(robot, wiring, book)
    if not passed(results): ...

Nothing moves, and torque is never switched on. A line that fails ends what depends on it, not the rest.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware_bridge import preflight_imu, preflight_servos
from firmware_bridge.board_line import BoardLine, ImuReading
from firmware_bridge.boards import BoardKind
from firmware_bridge.check_result import CheckResult, Verdict
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import JointMap
from firmware_bridge.line_sampling import sample
from firmware_bridge.serial_plant import SerialConfig, wired
from firmware_bridge.serial_port import stable_name
from firmware_bridge.wit_imu import WitImu
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook

#: How long the line is watched, in [s].
DURATION = 2.0


def preflight(
    robot: RobotSpec,
    config: SerialConfig,
    book: Rulebook | None = None,
    supply: float | None = None,
    tilt: Callable[[], None] | None = None,
    duration: float = DURATION,
) -> list[CheckResult]:
    """Return what every check found, in order.

    Args:
        robot: the robot.
        config: how it is wired.
        book: what is to drive it; None: not known yet.
        supply: nominal voltage of its battery, in [V]; None: guessed from what is measured.
        tilt: asks the operator to tilt the robot nose down; None: nobody is there, and the sign stays unchecked.
        duration: how long the line is watched, in [s].

    Raises:
        BadInputError: a robot without servos, an unknown protocol.
    """
    if robot.servo is None:
        raise BadInputError(f"robot {robot.name} has no servos")
    kind, joint_map = wired(robot, config)
    results = [_rulebook(robot, book), _calibrated(config), _limits(robot, kind, joint_map)]
    if len(set(joint_map.servo_ids)) != robot.nb_joints:
        return results  # there is no line to speak of
    imu: WitImu | None = None
    try:
        if config.imu_port not in ("", "board", "level"):
            imu = WitImu(stable_name(config.imu_port))
    except (LinkError, BadInputError) as error:
        results.append(CheckResult("imu", Verdict.FAIL, str(error), "`hebb board find` lists the ports"))
    try:
        results += _line_results(robot, config, kind, joint_map, imu, supply, tilt, duration)
    finally:
        if imu is not None:
            imu.close()
    return results


def _line_results(
    robot: RobotSpec,
    config: SerialConfig,
    kind: BoardKind,
    joint_map: JointMap,
    imu: WitImu | None,
    supply: float | None,
    tilt: Callable[[], None] | None,
    duration: float,
) -> list[CheckResult]:
    path = stable_name(config.port)
    try:
        line = kind.open(path, joint_map.servo_ids)
    except (LinkError, BadInputError) as error:
        return [CheckResult("port", Verdict.FAIL, str(error), "`hebb board find` lists the ports")]
    try:
        results = [preflight_servos.port(path, robot)]
        try:
            hands = line.greet()
        except LinkError as error:
            advice = "`hebb board find` and `hebb board monitor` show who answers; check supply, cables, ids"
            return [*results, CheckResult("servos", Verdict.FAIL, str(error), advice)]
        results.append(preflight_servos.servos(hands, joint_map, robot))
        results.append(preflight_servos.matches(config.expect(hands), config.joint_map is not None))
        try:
            results.append(preflight_servos.torque(hands.driving))
            look = _attitude(config, line, imu)
            seen = sample(line, robot.control_rate, duration, not hands.driving, look)
        except LinkError as error:
            return [*results, CheckResult("loop", Verdict.FAIL, str(error), "look at plugs and cables")]
        results += [
            preflight_servos.alarms(line, hands, seen),
            preflight_servos.pose(line, robot, joint_map, seen),
            preflight_servos.loop(robot, line, seen),
            preflight_servos.answers(robot, seen),
            preflight_servos.supply(seen, supply),
            preflight_servos.temperature(seen),
        ]
        if config.imu_port in ("board", "level", "") or imu is not None:
            fresh = _fresh(config, line, look)
            results += preflight_imu.imu_results(robot, config.imu_port, seen, fresh, tilt)
        return results
    finally:
        line.close()


def _attitude(config: SerialConfig, line: BoardLine, imu: WitImu | None) -> Callable[[], ImuReading | None]:
    if imu is not None:
        return imu.latest
    return (lambda: line.imu) if config.imu_port == "board" else (lambda: None)


def _fresh(
    config: SerialConfig, line: BoardLine, look: Callable[[], ImuReading | None]
) -> Callable[[], ImuReading | None]:
    """Return a look at the IMU outside the loop: the board's own is heard only while the board is read."""

    def fresh() -> ImuReading | None:
        if config.imu_port == "board":
            line.feedback()
        return look()

    return fresh


def _rulebook(robot: RobotSpec, book: Rulebook | None) -> CheckResult:
    if book is None:
        return CheckResult("rulebook", Verdict.WARN, "none given", f"evolve one for {robot.name}, or give --rulebook")
    try:
        book.check_robot(robot)
    except BadInputError as error:
        return CheckResult("rulebook", Verdict.FAIL, str(error), "take the rulebook that was evolved for this robot")
    return CheckResult("rulebook", Verdict.OK, f"made for {book.robot}: joints, limits and rate agree")


def _calibrated(config: SerialConfig) -> CheckResult:
    if config.joint_map is None:
        found = "none: the robot is taken to be built exactly as drawn"
        return CheckResult("calibration", Verdict.WARN, found, "run `hebb calibrate` before it stands on its feet")
    return CheckResult("calibration", Verdict.OK, "; ".join(config.notes) or "given")


def _limits(robot: RobotSpec, kind: BoardKind, joint_map: JointMap) -> CheckResult:
    try:
        joint_map.check(robot, kind.scale)
    except BadInputError as error:
        return CheckResult("limits", Verdict.FAIL, str(error), "turn the horn on its shaft and calibrate again")
    return CheckResult("limits", Verdict.OK, f"all within counts {kind.scale.lowest} to {kind.scale.highest}")
