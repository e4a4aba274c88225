"""The walking task: standing, moving, falling, what it tells and that it tells the same again."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import pytest

from hebb_controller.errors import BadInputError, RobotError
from hebb_controller.leg_kinematics import GRAVITY, standing_height, standing_torques, total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets, RobotState

pybullet = pytest.importorskip("pybullet")

from sim.randomise import NOMINAL, Ranges  # noqa: E402
from sim.task import Transition  # noqa: E402
from sim.walk import WalkTask  # noqa: E402

ROBOTS = ["realant", "sts12"]


@pytest.fixture(params=ROBOTS)
def robot(request: pytest.FixtureRequest) -> RobotSpec:
    return load_robot(request.param)


@pytest.fixture
def task(robot: RobotSpec) -> Iterator[WalkTask]:
    task = WalkTask(robot, randomise=False, contacts=True)
    yield task
    task.close()


def sway(robot: RobotSpec, step: int) -> JointTargets:
    """Return targets that keep every joint moving, each at its own phase."""
    action = 0.4 * np.sin(2.0 * math.pi * 1.2 * step * 0.02 + 1.3 * np.arange(robot.nb_joints))
    return JointTargets(0.02 * step, robot.neutral + action * robot.action_scale, "position")


def trot(robot: RobotSpec, step: int) -> JointTargets:
    """Return the spider's trot at 1.5 Hz: diagonal legs swing together, the foot is lifted on its way forward."""
    action = np.zeros(robot.nb_joints)
    for k, (x, y) in enumerate([(1, 1), (1, -1), (-1, 1), (-1, -1)]):
        phase = 2.0 * math.pi * 1.5 * step * 0.02 + (0.0 if x * y > 0 else math.pi)
        action[2 * k] = -0.7 * x * math.sin(phase)
        action[2 * k + 1] = -0.5 * max(0.0, math.cos(phase))
    return JointTargets(0.02 * step, robot.neutral + action * robot.action_scale, "position")


def neutral(robot: RobotSpec) -> JointTargets:
    return JointTargets(0.0, robot.neutral, "position")


def numbers(state: RobotState) -> np.ndarray:
    assert state.truth is not None
    parts = [state.joint_position, [state.time, state.roll, state.pitch, state.yaw]]
    parts += [state.angular_velocity_base_in_base, state.truth.position_base_in_world]
    return np.concatenate([*parts, state.truth.linear_velocity_base_in_world])


def live(task: WalkTask, seed: int, body: str, steps: int = 60) -> np.ndarray:
    state = task.reset(np.random.default_rng(seed), body)
    rows = [np.append(numbers(state), 0.0)]
    for step in range(steps):
        transition = task.step(sway(task.robot, step))
        rows.append(np.append(numbers(transition.state), transition.reward))
        if transition.done:
            break
    return np.array(rows)


# Standing


def test_stands_at_neutral(task: WalkTask, robot: RobotSpec) -> None:
    task.reset(np.random.default_rng(0))
    assert robot.body is not None and robot.servo is not None
    for _ in range(100):
        transition = task.step(neutral(robot))
    truth = transition.state.truth
    assert truth is not None and not transition.done
    assert truth.position_base_in_world[:2] == pytest.approx([0.0, 0.0], abs=0.01)
    # Servos sag under load and gears have play: a few millimetres.
    assert truth.position_base_in_world[2] == pytest.approx(standing_height(robot.body, robot.neutral), abs=0.004)
    assert abs(transition.state.roll) < 0.02 and abs(transition.state.pitch) < 0.02
    assert np.all(truth.foot_contact == 1.0)
    assert abs(truth.linear_velocity_base_in_world).max() < 0.02


def test_standing_servos_are_far_from_overload(task: WalkTask, robot: RobotSpec) -> None:
    task.reset(np.random.default_rng(0))
    efforts = [task.step(neutral(robot)).terms["effort"] for _ in range(100)]
    mean_square_drive = np.mean(efforts[50:]) / (task.weights.effort * task.control_period)
    assert math.sqrt(mean_square_drive) < 0.2


def test_on_ice_the_servos_carry_what_statics_says(robot: RobotSpec) -> None:
    # Without friction nothing but the servos keeps the legs from spreading.
    assert robot.body is not None and robot.servo is not None
    ice = dataclasses.replace(robot.body, foot_friction=0.0)
    servo = dataclasses.replace(robot.servo, deadband=0.0, backlash=0.0, resolution=0.0, friction=0.0, latency=0.0)
    robot = dataclasses.replace(robot, body=ice, servo=servo)
    task = WalkTask(robot, randomise=False, physics_steps=10)
    task.reset(np.random.default_rng(0))
    applied = []
    for step in range(150):
        state = task.step(neutral(robot)).state
        if step >= 50:
            motors = pybullet.getJointStates(
                task._world.robot, range(robot.nb_joints), physicsClientId=task._world.client
            )
            applied.append([motor[3] for motor in motors])
    statics = standing_torques(robot, state.joint_position)
    assert np.mean(applied, axis=0) == pytest.approx(statics, abs=0.02)
    # Joints sag by load over gain; contact noise adds to that, for it pushes joints down but not up.
    assert state.joint_position == pytest.approx(robot.neutral - statics / servo.position_gain, abs=0.01)
    task.close()


def slippery(robot: RobotSpec) -> RobotSpec:
    """Return the robot on feet that hold nothing: with friction, straight legs stand like a trestle."""
    assert robot.body is not None
    return dataclasses.replace(robot, body=dataclasses.replace(robot.body, foot_friction=0.02))


def test_sinks_when_servos_let_go(robot: RobotSpec) -> None:
    task = WalkTask(slippery(robot), randomise=False)
    assert robot.body is not None
    task.reset(np.random.default_rng(0))
    limp = dataclasses.replace(neutral(robot), limp=True)
    for _ in range(100):
        transition = task.step(limp)
        if transition.done:
            break
    assert transition.state.truth is not None
    height = transition.state.truth.position_base_in_world[2]
    assert height < standing_height(robot.body, robot.neutral) - 0.03
    task.close()


@pytest.mark.parametrize("roll, pitch", [(1.2, 0.0), (0.0, -1.2), (3.1, 0.0)])
def test_lying_on_its_side_is_a_fall(task: WalkTask, robot: RobotSpec, roll: float, pitch: float) -> None:
    task.reset(np.random.default_rng(0))
    pybullet.resetBasePositionAndOrientation(
        task._world.robot, [0, 0, 1.0], pybullet.getQuaternionFromEuler([roll, pitch, 0.5]), task._world.client
    )
    transition = task.step(neutral(robot))
    assert transition.done and transition.fallen
    assert transition.terms["fall"] == task.weights.fall


def test_lying_on_its_belly_is_a_fall(task: WalkTask, robot: RobotSpec) -> None:
    task.reset(np.random.default_rng(0))
    assert robot.body is not None
    low = [0, 0, robot.body.fall_height - 0.001]
    pybullet.resetBasePositionAndOrientation(task._world.robot, low, [0, 0, 0, 1], task._world.client)
    pybullet.setGravity(0, 0, 0, physicsClientId=task._world.client)
    for joint in range(robot.nb_joints):  # legs out of the ground
        pybullet.setCollisionFilterPair(task._world.robot, 0, joint, -1, 0, physicsClientId=task._world.client)
    transition = task.step(neutral(robot))
    assert transition.done and transition.fallen


def test_weak_servos_carry_less(robot: RobotSpec) -> None:
    task = WalkTask(slippery(robot), randomise=False)
    heights = []
    for share in (1.0, 0.0):
        task.reset(np.random.default_rng(0))
        task.set_strength(np.full(robot.nb_joints, share))
        for _ in range(60):
            transition = task.step(neutral(robot))
            if transition.done:
                break
        assert transition.state.truth is not None
        heights.append(transition.state.truth.position_base_in_world[2])
    assert heights[1] < heights[0] - 0.02
    task.reset(np.random.default_rng(0))  # a new life has whole servos
    for _ in range(60):
        transition = task.step(neutral(robot))
    assert transition.state.truth is not None
    assert transition.state.truth.position_base_in_world[2] == heights[0]
    task.close()


def test_free_fall(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False, contacts=True)
    task.reset(np.random.default_rng(0))
    pybullet.resetBasePositionAndOrientation(
        task._world.robot, [0, 0, 5.0], [0, 0, 0, 1], physicsClientId=task._world.client
    )
    for _ in range(10):
        truth = task.step(neutral(robot)).state.truth
    assert truth is not None
    assert truth.linear_velocity_base_in_world[2] == pytest.approx(-GRAVITY * 0.2, rel=0.01)
    assert np.all(truth.foot_contact == 0.0)
    task.close()


# Walking


def test_a_trot_walks_and_pays() -> None:
    robot = load_robot("realant")
    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0))
    total: dict[str, float] = {}
    for step in range(250):
        transition = task.step(trot(robot, step))
        for name, value in transition.terms.items():
            total[name] = total.get(name, 0.0) + value
        assert transition.reward == pytest.approx(sum(transition.terms.values()))
    truth = transition.state.truth
    assert truth is not None
    x, y, _ = truth.position_base_in_world
    # 5 s of a foot that sweeps 2 x 24.5 degrees, 0.17 m from its hip, 1.5 times a second: 0.2 m/s, slip included.
    assert 0.7 < x < 1.1
    assert abs(y) < 0.2
    assert total["forward"] == pytest.approx(2.0 * x)
    assert sum(total.values()) > 1.0
    task.close()


def test_physics_steps_are_short_enough() -> None:
    robot = load_robot("realant")
    distances = []
    for physics_steps in (2, 20):
        task = WalkTask(robot, randomise=False, physics_steps=physics_steps)
        task.reset(np.random.default_rng(0))
        for step in range(200):
            transition = task.step(trot(robot, step))
        assert transition.state.truth is not None
        distances.append(transition.state.truth.position_base_in_world[0])
        task.close()
    assert distances[0] == pytest.approx(distances[1], rel=0.06)


def test_commands_move_joints_no_faster_than_the_servo(task: WalkTask, robot: RobotSpec) -> None:
    assert robot.servo is not None
    state = task.reset(np.random.default_rng(0))
    for k in range(100):
        action = np.where(np.arange(robot.nb_joints) % 2 == (k // 5) % 2, 1.0, -1.0)
        new = task.step(JointTargets(0.0, robot.neutral + action * robot.action_scale, "position")).state
        speed = abs(new.joint_position - state.joint_position) / task.control_period
        # The body's weight may push a joint faster than its motor turns, but not by much.
        assert speed.max() < 2.0 * robot.servo.no_load_speed
        state = new


# Sensors


def test_reading_holds_only_what_the_robot_senses(task: WalkTask, robot: RobotSpec) -> None:
    state = task.reset(np.random.default_rng(0))
    assert np.all(np.isnan(state.joint_velocity))
    assert state.measured and state.time == 0.0
    assert state.joint_position.shape == (robot.nb_joints,)
    assert task.step(neutral(robot)).state.time == pytest.approx(0.02)


def test_encoders_have_their_step(robot: RobotSpec) -> None:
    assert robot.servo is not None
    task = WalkTask(robot)
    task.reset(np.random.default_rng(0))
    for step in range(20):
        ticks = task.step(sway(robot, step)).state.joint_position / robot.servo.resolution
        assert ticks == pytest.approx(np.rint(ticks), abs=1e-9)
    task.close()


def test_gyro_is_the_rate_of_attitude(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False)
    state = task.reset(np.random.default_rng(0))
    pybullet.resetBasePositionAndOrientation(
        task._world.robot, [0, 0, 5.0], pybullet.getQuaternionFromEuler([0.3, -0.2, 1.0]), task._world.client
    )
    pybullet.resetBaseVelocity(task._world.robot, [0, 0, 0], [0.5, -0.4, 0.8], physicsClientId=task._world.client)
    one = task._read(task._world.joints())
    two = task.step(neutral(robot)).state
    roll_rate, pitch_rate, yaw_rate = (
        (getattr(two, name) - getattr(one, name)) / task.control_period for name in ("roll", "pitch", "yaw")
    )
    # Euler rates from body rates, at the middle of the step.
    p, q, r = 0.5 * (one.angular_velocity_base_in_base + two.angular_velocity_base_in_base)
    roll, pitch = 0.5 * (one.roll + two.roll), 0.5 * (one.pitch + two.pitch)
    turn = q * math.sin(roll) + r * math.cos(roll)
    assert roll_rate == pytest.approx(p + turn * math.tan(pitch), abs=0.02)
    assert pitch_rate == pytest.approx(q * math.cos(roll) - r * math.sin(roll), abs=0.02)
    assert yaw_rate == pytest.approx(turn / math.cos(pitch), abs=0.02)
    assert state.yaw == 0.0
    task.close()


def test_noise_has_the_spread_that_the_ranges_say(robot: RobotSpec) -> None:
    noisy = dataclasses.replace(NOMINAL, attitude_noise=0.05, gyro_noise=0.1)
    task = WalkTask(robot, ranges=noisy)
    task.reset(np.random.default_rng(0))
    states = [task.step(neutral(robot)).state for _ in range(300)][50:]
    assert np.std([s.roll for s in states]) == pytest.approx(0.05, rel=0.15)
    assert np.std([s.angular_velocity_base_in_base for s in states]) == pytest.approx(0.1, rel=0.1)
    task.close()


# Grounds


def test_slope_is_uphill(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False, contacts=True)
    state = task.reset(np.random.default_rng(0), "slope")
    assert state.pitch == pytest.approx(-math.radians(5.0), abs=1e-3)  # nose up
    for _ in range(60):
        transition = task.step(neutral(robot))
    assert transition.state.pitch == pytest.approx(-math.radians(5.0), abs=0.02)
    assert not transition.fallen
    assert transition.state.truth is not None and transition.state.truth.foot_contact.sum() >= 3
    task.close()


def test_rough_ground_is_flat_at_the_start_and_differs_between_lives(robot: RobotSpec) -> None:
    from sim.ground import BEHIND, CELL, START_RADIUS, bumps

    one, other = bumps(0.01, 1), bumps(0.01, 2)
    middle = round(BEHIND / CELL), one.shape[1] // 2
    reach = int(START_RADIUS / CELL / math.sqrt(2.0))
    assert not one[middle[0] - reach : middle[0] + reach, middle[1] - reach : middle[1] + reach].any()
    assert one.max() <= 0.01 and one.max() > 0.009
    assert not np.array_equal(one, other)
    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0), "rough")
    for _ in range(50):
        transition = task.step(neutral(robot))
    assert not transition.fallen
    truth = transition.state.truth
    assert truth is not None and robot.body is not None
    assert truth.position_base_in_world[2] == pytest.approx(standing_height(robot.body, robot.neutral), abs=0.005)
    task.close()


def test_height_field_lies_where_its_numbers_say(robot: RobotSpec) -> None:
    from sim.bodies import ROUGHNESS
    from sim.ground import BEHIND, CELL, bumps

    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0), "rough")
    assert robot.body is not None
    heights = bumps(ROUGHNESS * standing_height(robot.body, robot.neutral), task._conditions.ground_seed)
    rng = np.random.default_rng(1)
    for _ in range(50):
        i, j = int(rng.integers(60, heights.shape[0] - 1)), int(rng.integers(1, heights.shape[1] - 1))
        x, y = i * CELL - BEHIND, (j - 0.5 * (heights.shape[1] - 1)) * CELL
        (hit,) = pybullet.rayTest([x, y, 1.0], [x, y, -1.0], physicsClientId=task._world.client)
        assert hit[3][2] == pytest.approx(heights[i, j], abs=1e-4)
    task.close()


def test_ice_slips(robot: RobotSpec) -> None:
    from sim.bodies import Ground
    from sim.bullet import BulletWorld

    decelerations = []
    for friction in (1.0, 0.4):
        world = BulletWorld(0.005)
        assert robot.body is not None
        world.build(robot, Ground(friction=friction), 0, (standing_height(robot.body, robot.neutral), 0.0, 0.0))
        world.place_joints(robot.neutral)
        pybullet.resetBaseVelocity(world.robot, [2.0, 0, 0], physicsClientId=world.client)
        stiff = np.zeros(robot.nb_joints), np.full(robot.nb_joints, 100.0)
        for _ in range(10):
            world.drive(*stiff)
        decelerations.append((2.0 - world.base()[2][0]) / 0.05)
        world.close()
    mu = robot.body.foot_friction  # type: ignore[union-attr]
    assert decelerations[0] / GRAVITY == pytest.approx(mu, rel=0.35)
    assert decelerations[1] < 0.6 * decelerations[0]


# The same again


@pytest.mark.parametrize("body", ["intact", "front_right_short", "rough"])
def test_a_life_depends_on_its_seed_and_body_only(robot: RobotSpec, body: str) -> None:
    fresh = WalkTask(robot)
    first = live(fresh, 7, body)
    fresh.close()
    used, beside = WalkTask(robot), WalkTask(robot)
    for seed, other in enumerate(("payload", "slope", body, "rough", "long_legs")):
        live(used, seed, other, 20)
        live(beside, seed + 100, other, 5)
    assert np.array_equal(live(used, 7, body), first)
    assert np.array_equal(live(used, 7, body), first)
    assert not np.array_equal(live(used, 8, body), first)
    used.close(), beside.close()


def test_two_worlds_in_one_process_do_not_touch(robot: RobotSpec) -> None:
    one, other = WalkTask(robot), WalkTask(robot)
    alone = live(one, 1, "intact", 30)
    state = one.reset(np.random.default_rng(1), "intact")
    other.reset(np.random.default_rng(2), "payload")
    rows = [np.append(numbers(state), 0.0)]
    for step in range(30):
        transition: Transition = one.step(sway(robot, step))
        other.step(sway(robot, 3 * step))
        rows.append(np.append(numbers(transition.state), transition.reward))
    assert np.array_equal(np.array(rows), alone)
    one.close(), other.close()


@pytest.mark.parametrize("picture_at", [0, 10])
def test_taking_a_picture_changes_nothing(picture_at: int) -> None:
    robot = load_robot("realant")
    task = WalkTask(robot)
    expected = live(task, 3, "intact", 20)
    state = task.reset(np.random.default_rng(3), "intact")
    rows = [np.append(numbers(state), 0.0)]
    for step in range(20):
        if step == picture_at:
            assert task.picture(64, 48).shape == (48, 64, 3)
        transition = task.step(sway(robot, step))
        rows.append(np.append(numbers(transition.state), transition.reward))
    assert np.array_equal(np.array(rows), expected)
    task.close()


def test_every_body_stands_or_leans_but_is_one_life(robot: RobotSpec) -> None:
    task = WalkTask(robot)
    for body in task.bodies:
        path = live(task, 1, body, 10)
        assert np.all(np.isfinite(path)), body
    task.close()


def test_altered_body_is_really_built(robot: RobotSpec) -> None:
    # PyBullet keeps files by name: without care the second body of a process is the first.
    task = WalkTask(robot, randomise=False)
    masses = {}
    for body in ("intact", "payload", "front_left_short"):
        task.reset(np.random.default_rng(0), body)
        world = task._world
        masses[body] = sum(
            pybullet.getDynamicsInfo(world.robot, k, physicsClientId=world.client)[0]
            for k in range(-1, robot.nb_joints)
        )
    assert robot.body is not None
    assert masses["intact"] == pytest.approx(total_mass(robot.body))
    assert masses["payload"] == pytest.approx(1.25 * masses["intact"])
    assert masses["front_left_short"] < masses["intact"]
    task.close()


# What it refuses


def test_unknown_body_lists_the_choices(task: WalkTask) -> None:
    with pytest.raises(BadInputError, match="unknown body of .* 'wings'"):
        task.reset(np.random.default_rng(0), "wings")


def test_torque_robot_cannot_walk() -> None:
    with pytest.raises(RobotError, match="ant.*servo and body"):
        WalkTask(load_robot("ant"))


def test_life_ends_at_the_horizon(robot: RobotSpec) -> None:
    task = WalkTask(robot, max_steps=5, ranges=Ranges())
    task.reset(np.random.default_rng(0))
    ends = [task.step(neutral(robot)).done for _ in range(5)]
    assert ends == [False, False, False, False, True]
    task.close()
    task.close()
