"""In lock-step a walk under ROS is the in-process walk, command for command, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("pybullet")
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from hebb_controller import load_rulebook
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.live_faults import split_faults
from hebb_controller.loop import StepRecord
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import SafetyGate
from hebb_controller_ros.messages import nanoseconds
from sim.episode_trace import record_life
from sim.task_plant import TaskPlant
from sim.tasks import make_task

pytestmark = [pytest.mark.ros, pytest.mark.sim]
STEPS = 300
#: Of the control loop of both robots.
PERIOD_NS = 20_000_000


def in_process(robot_name: str, seed: int, body: str, faults: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Joint angles and commands of the loop without ROS, a row per step."""
    robot = load_robot(robot_name)
    book = load_rulebook(robot_name)
    task = make_task(robot, randomise=False)
    plant = TaskPlant(task, np.random.default_rng([seed, 0]), body)
    controller = book.controller(robot)
    controller.reset(np.random.default_rng([seed, 0]), book.start)
    actuators, wipes = split_faults(faults)
    angles, commands = [], []

    def note(record: StepRecord, _: TaskPlant) -> None:
        angles.append(record.state.joint_position)
        commands.append(record.targets.value)

    schedule, rng = FaultSchedule(actuators, wipes), np.random.default_rng([seed, 0, 1])
    record_life(plant, controller, SafetyGate(robot), schedule, rng, STEPS, note)
    task.close()
    return np.array(angles), np.array(commands)


@pytest.mark.parametrize(
    ("robot", "seed", "body", "faults"),
    [
        pytest.param("realant", 0, "intact", (), marks=pytest.mark.slow),
        ("realant", 3, "front_left_short", ("wipe=0.333@100",)),
        pytest.param("realant", 2, "intact", ("saturate@100:150",), marks=pytest.mark.slow),
        ("sts12", 1, "intact", ()),
    ],
)
def test_the_same_walk(nodes, ears, robot: str, seed: int, body: str, faults: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    angles, commands = in_process(robot, seed, body, faults)
    everything = QoSProfile(depth=20 * STEPS)
    told = ears.listen(JointTrajectory, "joint_targets", everything)
    sensed = ears.listen(JointState, "joint_states", everything)
    plant = nodes.start(
        "plant_node",
        robot=robot,
        seed=seed,
        body=body,
        lockstep=True,
        listeners=2,
        faults=list(faults) or [""],
    )
    nodes.start(
        "controller_node",
        robot=robot,
        seed=seed,
        lockstep=True,
        listeners=2,
        autostart=True,
        ramp_time=0.0,
        fade_time=0.0,
        faults=list(faults) or [""],
    )
    # A walk in lock-step can be faster than this listener, and what it has not taken yet is gone once the plant has
    # ended: the plant walks on until all was heard.
    ears.spin_until(lambda: all(heard and _step(heard[-1]) >= STEPS for heard in (sensed, told)), 60)
    assert nodes.finish(plant, interrupt=True)[0] == 0
    _same({nanoseconds(m.header.stamp): m.position for m in sensed}, angles, "joint angles")
    if not any("saturate" in fault for fault in faults):  # a fault of the actuators befalls commands behind the topic
        _same({nanoseconds(m.header.stamp): m.points[0].positions for m in told}, commands, "commands")


def _step(message: JointState | JointTrajectory) -> int:
    return round(nanoseconds(message.header.stamp) / PERIOD_NS)


def _same(by_stamp: dict[int, Sequence[float]], wanted: np.ndarray, what: str) -> None:
    # Publishers keep few messages for slow listeners, and this one is slow: some may be missing, none may differ.
    steps = {round(stamp / PERIOD_NS): np.array(values) for stamp, values in by_stamp.items()}
    common = [step for step in sorted(steps) if step < STEPS]
    assert len(common) > 0.8 * STEPS and common[-1] > STEPS - 5
    for step in common:
        assert (steps[step] == wanted[step]).all(), f"{what} differ first at step {step}: {steps[step] - wanted[step]}"
