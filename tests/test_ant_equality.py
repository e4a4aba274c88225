"""The ant task against PyBullet: its own environment where gym is installed, its own 20-link body otherwise.

`pip install gym==0.23.1 'setuptools<81'` beside PyBullet brings the first; run with `-s` to see the largest
differences.
"""

import numpy as np
import pytest

pybullet = pytest.importorskip("pybullet")

from hebb_controller.observation import Observer
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets
from sim.ant import SETTLING_STEPS, START_JITTER, AntTask
from sim.ant_body import DAMAGE, ant_mjcf

pytestmark = pytest.mark.sim

#: Steps over which rounding (the environment's float32, the merged links) has not yet grown into chaos.
STEPS = 20


def _torques(action: np.ndarray) -> JointTargets:
    return JointTargets(0.0, 250.0 * action, "torque")  # [N m]: power 2.5 times the 100 of every joint


def _actions(seed: int) -> np.ndarray:
    return np.random.default_rng([seed, 1]).uniform(-1, 1, (STEPS, 8))


def _copy_state(source: AntTask, target: AntTask) -> None:
    """Put the body of `target` where the body of `source` is, with its velocities."""
    a, b = source._world, target._world
    position, quaternion, velocity, angular_velocity, joint_position, joint_velocity = a.read()
    pybullet.resetBasePositionAndOrientation(b.ant, position, quaternion, physicsClientId=b.client)
    pybullet.resetBaseVelocity(b.ant, velocity, angular_velocity, physicsClientId=b.client)
    for joint, angle, speed in zip(b.joints, joint_position, joint_velocity, strict=True):
        pybullet.resetJointState(b.ant, joint, angle, speed, physicsClientId=b.client)


@pytest.mark.parametrize("body", DAMAGE)
def test_the_lean_body_moves_like_the_original(body: str) -> None:
    """From every state of a tumbling life, eight links and twenty take the same next step."""
    robot = load_robot("ant")
    lean, original = AntTask(robot), AntTask(robot, lean=False)
    observers = [Observer("ant_bullet", robot) for _ in range(2)]
    gaps, contacts = [], 0
    for seed in range(3):
        for task in (lean, original):
            task.reset(np.random.default_rng(seed), body)
        for action in np.random.default_rng([seed, 1]).uniform(-1, 1, (100, 8)):
            _copy_state(lean, original)
            a, b = (
                observe(task.step(_torques(action)).state, np.zeros(8))
                for observe, task in zip(observers, (lean, original), strict=True)
            )
            gaps.append(np.abs(a[:24] - b[:24]).max())
            contacts += int(np.abs(a[24:] - b[24:]).sum())
    print(
        f"\n{body}: one step from equal states, n={len(gaps)}: median {np.median(gaps):.1e}, "
        f"95 % {np.quantile(gaps, 0.95):.1e}, largest {max(gaps):.1e}; foot contacts that differ: {contacts}"
    )
    assert np.median(gaps) < 1e-4
    assert np.quantile(gaps, 0.95) < 1e-2
    assert contacts <= 0.01 * 4 * len(gaps)


@pytest.mark.parametrize("lean", [False, True])
def test_it_equals_pybullets_own_environment(lean: bool) -> None:
    """Same joint angles at reset, same actions: same 28 numbers, same progress, same fall.

    The environment reads its links' positions as of one substep ago and the torso's as of now, so that its progress
    runs up to a hundredth of a unit before or behind ours in a step. The sum over a life telescopes: only the last
    reading's lag remains.
    """
    pytest.importorskip("gym")
    environment = pytest.importorskip("pybullet_envs.gym_locomotion_envs").AntBulletEnv()
    robot = load_robot("ant")
    largest = np.zeros(3)
    for seed in range(5):
        jitter = np.random.default_rng(seed).uniform(-START_JITTER, START_JITTER, 8)

        class Replay:
            """Feeds the environment the joint angles that our task draws."""

            def __init__(self, values: np.ndarray) -> None:
                self._values = iter(values)

            def uniform(self, low: float, high: float) -> float:
                assert (low, high) == (-START_JITTER, START_JITTER)
                return float(next(self._values))

        environment.robot.np_random = Replay(jitter)
        theirs = environment.reset()
        task, observe = AntTask(robot, lean=lean), Observer("ant_bullet", robot)
        ours = observe(task.reset(np.random.default_rng(seed)), np.zeros(8))
        largest[0] = max(largest[0], np.abs(ours - theirs).max())
        for _ in range(SETTLING_STEPS):
            environment.step(np.zeros(8))
        total = np.zeros(2)
        for action in _actions(seed):
            theirs, _, _, _ = environment.step(action)
            transition = task.step(_torques(action))
            ours = observe(transition.state, np.zeros(8))
            assert transition.fallen == (environment._alive < 0)
            total += transition.reward, environment.rewards[1]
            gaps = np.abs(ours - theirs).max(), abs(transition.reward - environment.rewards[1]), abs(np.diff(total)[0])
            largest = np.maximum(largest, gaps)
        task.close()
    print(f"\nlean={lean}: largest difference, {STEPS} steps after landing: observation, reward, sum {largest}")
    assert largest[0] < (5e-3 if lean else 1e-6)
    assert largest[1] < 0.03
    assert largest[2] < 0.03


def test_damage_is_the_papers() -> None:
    """Only the outer segment of the named leg changes, from 0.4 to 0.1 on both axes."""
    intact, damaged = ant_mjcf("intact"), ant_mjcf("front_right_short")
    assert damaged == intact.replace("0.0 0.0 0.0 -0.4 0.4 0.0", "0.0 0.0 0.0 -0.1 0.1 0.0")
    assert damaged != intact


def test_a_life_does_not_depend_on_the_lives_before_it() -> None:
    """Bit-identical after other bodies, other seeds and in a fresh simulator: exact resume rests on this."""
    robot = load_robot("ant")

    def history(task: AntTask, seed: int, body: str, steps: int) -> bytes:
        task.reset(np.random.default_rng(seed), body)
        rng = np.random.default_rng(seed)
        states = [task.step(_torques(rng.uniform(-1, 1, 8))).state for _ in range(steps)]
        return b"".join(s.joint_position.tobytes() + s.truth.position_base_in_world.tobytes() for s in states)

    used, fresh = AntTask(robot), AntTask(robot)
    first = history(used, 1, "intact", 120)
    history(used, 2, "front_left_short", 60)
    history(used, 3, "intact", 77)
    assert history(used, 1, "intact", 120) == first
    assert history(fresh, 1, "intact", 120) == first
