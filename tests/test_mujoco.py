"""The walking task in MuJoCo, held against kinematics, Newton, Coulomb, the servo's own equations, and Bullet."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hebb_controller.leg_kinematics import GRAVITY, leg_chain, standing_height, total_mass
from hebb_controller.robot import RobotSpec, ServoSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from hebb_controller.signals import JointTargets
from sim.bodies import Ground, embody
from sim.evaluate import EvaluateConfig, as_json, evaluate
from sim.evaluate_table import as_text
from sim.ground import BEHIND, CELL, CELLS, bumps
from sim.randomise import Ranges
from sim.rotation import quaternion, roll_pitch_yaw
from sim.servo import ServoBank
from sim.walk import WalkTask
from sim.world import make_world
from sim.world_options import WorldOptions

mujoco = pytest.importorskip("mujoco")
pytestmark = pytest.mark.mujoco

ROOT = Path(__file__).parents[1]
STIFF = 100.0  # [N m]: more than any load here


@pytest.fixture(params=["realant", "sts12"])
def robot(request: pytest.FixtureRequest) -> RobotSpec:
    return load_robot(request.param)


def built(robot: RobotSpec, ground: Ground, pose: tuple[float, float, float], engine: str = "mujoco"):
    world = make_world(engine, 0.01)
    world.build(robot, ground, 0, pose)
    world.place_joints(robot.neutral)
    return world


def stiffly(robot: RobotSpec) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(robot.nb_joints), np.full(robot.nb_joints, STIFF)


@pytest.mark.parametrize("body", ["intact", "front_left_short", "swapped_sides", "wide_stance", "payload_front"])
def test_links_are_where_kinematics_says(robot: RobotSpec, body: str) -> None:
    robot, ground = embody(robot, body)
    assert robot.body is not None
    angles = np.random.default_rng(0).uniform(robot.lower, robot.upper)
    world = built(robot, ground, (1.0, 0.0, 0.0))
    world.place_joints(angles)
    assert world.model.body_mass.sum() == pytest.approx(total_mass(robot.body))
    assert world.data.xipos[1] == pytest.approx(np.array(robot.body.base_centre) + (0, 0, 1))
    width = len(robot.body.segments)
    for k, leg in enumerate(robot.body.legs):
        places, _ = leg_chain(robot.body, leg, angles[k * width : (k + 1) * width])
        own = slice(2 + k * width, 2 + (k + 1) * width)
        assert world.data.xpos[own] == pytest.approx(places[:-1] + (0, 0, 1))
        assert world.data.xipos[own] == pytest.approx(0.5 * (places[:-1] + places[1:]) + (0, 0, 1))


def test_friction_is_the_product_and_one_leg_does_not_touch_itself(robot: RobotSpec) -> None:
    robot, _ = embody(robot, "front_left_footless")
    assert robot.body is not None
    model = built(robot, Ground(friction=0.5), (1.0, 0.0, 0.0)).model
    width, mu = len(robot.body.segments), robot.body.foot_friction
    names = ["base", *(joint.name for joint in robot.joints)]
    bare = names[width]  # the front left leg's outer segment
    share = robot.body.legs[0].outer_friction
    assert share < 1.0
    met = set()
    for one, other, friction in zip(model.pair_geom1, model.pair_geom2, model.pair_friction[:, 0], strict=True):
        first, second = model.geom(one).name, model.geom(other).name
        met.add(frozenset((first, second)))
        expected = (0.5 if "ground" in (first, second) else mu) * mu * (share if bare in (first, second) else 1.0)
        assert friction == pytest.approx(expected)
    legs = [frozenset(names[1 + k * width : 1 + (k + 1) * width]) for k in range(4)]
    across = {frozenset((a, b)) for k in range(4) for m in range(k) for a in legs[k] for b in legs[m]}
    assert met == across | {frozenset(("ground", name)) for name in names}


def test_free_fall(robot: RobotSpec) -> None:
    world = built(robot, Ground(), (5.0, 0.2, -0.3))
    position = world.base()[0]
    for _ in range(20):
        world.drive(*stiffly(robot))
    place, _, velocity, spin = world.base()
    assert velocity == pytest.approx((0.0, 0.0, -GRAVITY * 0.2), abs=1e-6)
    assert place[2] - position[2] == pytest.approx(-0.5 * GRAVITY * 0.04, rel=0.01)
    assert spin == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)
    assert world.links_touching() == set()


def test_spin_is_told_in_world_axes(robot: RobotSpec) -> None:
    world = built(robot, Ground(), (5.0, 0.5 * math.pi, 0.0))  # on its left side: its z points to -y
    world.data.qvel[3:6] = (0.0, 0.0, 2.0)
    assert world.base()[3] == pytest.approx((0.0, -2.0, 0.0), abs=1e-9)


def test_sliding_slows_down_as_coulomb_says(robot: RobotSpec) -> None:
    assert robot.body is not None
    height = standing_height(robot.body, robot.neutral)
    for friction in (1.0, 0.4):
        world = built(robot, Ground(friction=friction), (height, 0.0, 0.0))
        for _ in range(20):
            world.drive(*stiffly(robot))
        world.data.qvel[0] = 2.0
        world.drive(*stiffly(robot))  # no longer: it pitches, presses down harder, and hops
        mujoco.mj_forward(world.model, world.data)
        mujoco.mj_subtreeVel(world.model, world.data)
        x, _, z = world.data.subtree_linvel[1]  # of the whole robot
        assert (2.0 - x) / (GRAVITY * 0.01 + z) == pytest.approx(friction * robot.body.foot_friction, rel=0.05)


def test_a_landing_foot_does_not_sink_into_the_floor(robot: RobotSpec) -> None:
    assert robot.body is not None
    height = standing_height(robot.body, robot.neutral)
    world = built(robot, Ground(), (height + 0.5**2 / (2.0 * GRAVITY), 0.0, 0.0))
    deepest = 0.0
    for _ in range(30):
        world.drive(*stiffly(robot))
        deepest = min(deepest, *world.data.contact.dist.tolist(), 0.0)
    assert -0.001 < deepest < 0.0


@pytest.mark.sim
def test_stands_as_in_bullet(robot: RobotSpec) -> None:
    assert robot.body is not None
    heights, sag = [], []
    for engine in ("bullet", "mujoco"):
        task = WalkTask(robot, randomise=False, contacts=True, engine=engine)
        task.reset(np.random.default_rng(0))
        for _ in range(100):
            transition = task.step(JointTargets(0.0, robot.neutral, "position"))
        truth = transition.state.truth
        assert truth is not None and not transition.done and np.all(truth.foot_contact == 1.0)
        heights.append(truth.position_base_in_world[2])
        sag.append(np.degrees(abs(task.joint_angles - robot.neutral).max()))
        task.close()
    assert heights[1] == pytest.approx(heights[0], abs=0.005)
    assert heights[1] == pytest.approx(standing_height(robot.body, robot.neutral), abs=0.004)
    assert sag[1] < 3.0 and sag[0] < 3.0


def by_hand(servo: ServoSpec, inertia: float, goal: float, nb_steps: int, dt: float = 0.01) -> np.ndarray:
    """Return the answer of a servo without play, deadband or delay to a step: its equations, in steps of 0.05 ms."""
    angle = speed = 0.0
    stall, h = servo.stall_torque + servo.friction, 5e-5
    slope = servo.stall_torque / servo.no_load_speed
    goal = servo.resolution * round(goal / servo.resolution)
    answer = []
    for _ in range(nb_steps):
        for _ in range(round(dt / h)):
            drive = (servo.position_gain * (goal - angle) - servo.damping * speed) / stall
            torque = min(max(min(max(drive, -1.0), 1.0) * stall - slope * speed, -stall), stall)
            if abs(speed) < 1e-4 and abs(torque) <= servo.friction:
                speed = 0.0
                continue
            torque -= math.copysign(servo.friction, speed if abs(speed) >= 1e-4 else torque)
            speed += h * torque / (servo.armature + inertia)
            angle += h * speed
        answer.append(angle)
    return np.array(answer)


@pytest.mark.sim
@pytest.mark.parametrize("load", [1.0, 20.0])
def test_servo_step_follows_its_equations(robot: RobotSpec, load: float) -> None:
    assert robot.body is not None and robot.servo is not None
    servo = dataclasses.replace(robot.servo, backlash=0.0, deadband=0.0, latency=0.0)
    *inner, outer = robot.body.segments
    segments = (*inner, dataclasses.replace(outer, mass=load * outer.mass))
    body = dataclasses.replace(robot.body, base_mass=1000.0, segments=segments)  # falls, and holds still in its fall
    robot = dataclasses.replace(robot, body=body, servo=servo)
    answers, joint = {}, 1
    for engine in ("mujoco", "bullet"):
        world = built(robot, Ground(), (500.0, 0.0, 0.0), engine)
        if engine == "mujoco":
            inertia = world._inertias()[joint] - servo.armature
        bank = ServoBank(servo, robot.nb_joints, 0.01)
        bank.reset(robot.neutral, np.ones(robot.nb_joints), 0.0)
        bank.command(robot.neutral + 0.4 * (np.arange(robot.nb_joints) == joint))
        answers[engine] = []
        for _ in range(50):
            world.drive(*bank.step(*world.joints()))
            answers[engine].append(world.joints()[0][joint] - robot.neutral[joint])
        world.close()
    truth = by_hand(servo, inertia, 0.4, 50)
    off = {engine: math.sqrt(np.mean((truth - answer) ** 2)) for engine, answer in answers.items()}
    assert off["mujoco"] < 0.015
    assert off["mujoco"] < off["bullet"] < 0.06  # Bullet's loaded joints do not feel the rotor


def test_height_field_lies_where_its_numbers_say() -> None:
    robot = load_robot("realant")
    for ground in (Ground(roughness=0.02), Ground(roughness=0.02, slope=0.1)):
        world = make_world("mujoco", 0.01)
        world.build(robot, ground, 7, (3.0, 0.0, 0.0))
        world.place_joints(robot.neutral)
        heights, rng = bumps(0.02, 7), np.random.default_rng(1)
        for _ in range(20):
            i, j = int(rng.integers(60, CELLS[0] - 1)), int(rng.integers(1, CELLS[1] - 1))
            x, y = i * CELL - BEHIND, (j - 0.5 * (CELLS[1] - 1)) * CELL
            normal = np.array([-math.sin(ground.slope), 0.0, math.cos(ground.slope)])
            along = np.array([x * math.cos(ground.slope), y, x * math.sin(ground.slope)])
            place = along + heights[i, j] * normal
            hit = mujoco.mj_ray(world.model, world.data, place + normal, -normal, None, 1, 1, np.zeros(1, np.int32))
            assert hit == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("body, roll, pitch", [("slope", 0.0, -5.0), ("cross_slope", 5.0, 0.0), ("rough", 0.0, 0.0)])
def test_grounds(robot: RobotSpec, body: str, roll: float, pitch: float) -> None:
    task = WalkTask(robot, randomise=False, contacts=True, engine="mujoco")
    task.reset(np.random.default_rng(0), body)
    for _ in range(50):
        transition = task.step(JointTargets(0.0, robot.neutral, "position"))
    state = transition.state
    assert not transition.fallen
    assert (state.roll, state.pitch) == pytest.approx((math.radians(roll), math.radians(pitch)), abs=0.03)
    assert state.truth is not None and state.truth.foot_contact.sum() >= 3
    task.close()


def life(task: WalkTask, mirrored: bool = False, steps: int = 25, ranges_seed: int = 3, body: str = "intact"):
    robot = task.robot
    task.reset(np.random.default_rng(ranges_seed), body)
    order = np.arange(robot.nb_joints).reshape(2, 2, -1)  # front and back, left and right
    order = order[:, ::-1].ravel() if mirrored else order.ravel()
    rows = []
    for step in range(steps):
        action = 0.5 * np.sin(0.15 * step + 1.3 * np.arange(robot.nb_joints))[order]
        state = task.step(JointTargets(0.0, robot.neutral + action * robot.action_scale, "position")).state
        assert state.truth is not None
        rows.append([*state.truth.position_base_in_world, state.roll, state.pitch, state.yaw, *state.joint_position])
    return np.array(rows)


def test_same_seed_same_bits_whatever_lived_before(robot: RobotSpec) -> None:
    fresh, used = (WalkTask(robot, engine="mujoco") for _ in range(2))
    life(used, ranges_seed=8, body="rough")
    assert np.array_equal(life(fresh), life(used))
    assert not np.array_equal(life(fresh), life(fresh, ranges_seed=4))


def test_a_mirrored_command_mirrors_the_motion(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False, engine="mujoco")
    one, other = life(task), life(task, mirrored=True)
    assert abs(one[:, [1, 3, 5]]).max() > 0.01  # it does sway
    assert other[:, [0, 2, 4]] == pytest.approx(one[:, [0, 2, 4]], abs=1e-3)
    assert other[:, [1, 3, 5]] == pytest.approx(-one[:, [1, 3, 5]], abs=1e-3)


def test_a_blow_up_is_a_fall_and_leaves_no_log(
    robot: RobotSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    task = WalkTask(robot, randomise=False, engine="mujoco")
    task.reset(np.random.default_rng(0))
    task._world.data.qvel[3] = 1e12  # type: ignore[attr-defined]
    transition = task.step(JointTargets(0.0, robot.neutral, "position"))
    assert transition.fallen and transition.done
    assert list(tmp_path.iterdir()) == [] and capfd.readouterr().err == ""


def test_evaluate_in_mujoco() -> None:
    book, robot = load_rulebook("realant"), load_robot("realant")
    config = EvaluateConfig(robot, episodes=1, horizon=100, options=WorldOptions("mujoco"))
    figures = as_json(evaluate(book, config), book, "realant", config)
    assert figures["world"] == dataclasses.asdict(config.options)
    assert figures["versions"]["mujoco"] == mujoco.__version__
    assert figures["distance_m"]["mean"] > 0.3
    assert ", in mujoco" in as_text(figures)


@pytest.mark.parametrize("missing, engine", [("pybullet", "mujoco"), ("mujoco", "mujoco")])
def test_one_engine_does_without_the_other(missing: str, engine: str) -> None:
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from hebb_controller.errors import MissingExtraError\n"
        "from hebb_controller.robot_file import load_robot\n"
        "from hebb_controller.signals import JointTargets\n"
        "from sim.tasks import make_task\n"
        "from sim.world_options import WorldOptions\n"
        "import numpy, sim.evaluate\n"
        "robot = load_robot('realant')\n"
        "try:\n"
        f"    task = make_task(robot, options=WorldOptions({engine!r}))\n"
        "    task.reset(numpy.random.default_rng(0), 'rough')\n"
        "    task.step(JointTargets(0.0, robot.neutral, 'position'))\n"
        "    print('walks')\n"
        "except MissingExtraError as error: print(error.package, error.extra)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("mujoco mujoco" if missing == engine else "walks")


@pytest.mark.sim
def test_angles_of_a_quaternion_are_bullets_to_the_bit() -> None:
    pybullet = pytest.importorskip("pybullet")
    rng = np.random.default_rng(0)
    for k in range(3000):
        angles = rng.normal(size=3)
        if k % 4 == 0:
            angles[1] = math.copysign(0.5 * math.pi, angles[1]) + 1e-3 * angles[2]  # nose up, nose down
        turn = quaternion(*angles)
        assert turn == pytest.approx(pybullet.getQuaternionFromEuler(angles.tolist()), abs=1e-12)
        assert roll_pitch_yaw(turn) == pybullet.getEulerFromQuaternion(turn)


def test_randomised_lives_differ(robot: RobotSpec) -> None:
    task = WalkTask(robot, ranges=Ranges(), engine="mujoco")
    starts = [task.reset(np.random.default_rng(seed)).joint_position for seed in range(2)]
    assert not np.array_equal(*starts)
