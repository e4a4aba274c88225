"""The view node: what it makes of topics, what it refuses, and the page of a robot that other nodes drive."""

from __future__ import annotations

import json
import math
import re
import time
import urllib.request
from types import SimpleNamespace as Plain

import numpy as np
import pytest
from ros_processes import Nodes

from hebb_controller.errors import BadInputError
from hebb_controller.page.frames import HOLDS, RECOVERED, UNKNOWN
from hebb_controller.robot_file import load_robot
from hebb_controller_ros.encoding import layer_message
from hebb_controller_ros.processes import processes
from hebb_controller_ros.view_node import refusals, stage_of
from hebb_controller_ros.view_state import ViewState

pytestmark = pytest.mark.ros
ROBOT = load_robot("realant")
DT = 1.0 / ROBOT.control_rate


def header(time: float) -> Plain:
    return Plain(stamp=Plain(sec=int(time), nanosec=round((time - int(time)) * 1e9)))


def odometry(time: float, x: float) -> Plain:
    pose = Plain(position=Plain(x=x, y=0.0, z=0.1), orientation=Plain(x=0.0, y=0.0, z=0.0, w=1.0))
    return Plain(header=header(time), pose=Plain(pose=pose))


def text(**entry: object) -> Plain:
    return Plain(data=json.dumps(entry))


def walked(state: ViewState, first: int, last: int, speed: float, x: float, skip: int = 0) -> float:
    for k in range(first, last):
        x += speed * DT
        if not skip or k % skip:
            state.odometry(odometry(5.0 + k * DT, x))
    return x


def test_joints_go_by_name() -> None:
    state = ViewState(ROBOT, 0.1)
    names = list(reversed(ROBOT.joint_names))
    state.joints(Plain(header=header(1.0), name=names, position=[float(k) for k in range(8)]))
    assert state.frame().lanes[0].joints == tuple(float(k) for k in reversed(range(8)))


def test_speed_faults_and_a_recovery_come_from_ground_truth_and_markers() -> None:
    state = ViewState(ROBOT, 0.1)
    x = walked(state, 0, 300, 0.5, 0.0, skip=7)  # some messages are lost
    assert state.frame().lanes[0].speed == pytest.approx(0.5, rel=0.05)
    stamp = 5.0 + 300 * DT
    state.marker(text(event="start", fault="saturate@300:400@front_left_hip", stamp=stamp, step=300))
    x = walked(state, 300, 400, 0.0, x)
    frame = state.frame()
    assert frame.lanes[0].faults == ("saturate front_left_hip",) and frame.lanes[0].faulty[0]
    assert frame.disturbances[0].outcomes[0].state == HOLDS
    state.marker(text(event="end", fault="saturate@300:400@front_left_hip", stamp=5.0 + 400 * DT, step=400))
    walked(state, 400, 700, 0.5, x)
    frame = state.frame()
    (one,) = frame.disturbances
    assert not frame.lanes[0].faults and one.outcomes[0].state == RECOVERED
    assert one.outcomes[0].seconds == pytest.approx(0.5, abs=0.1)
    assert one.end is not None and one.end - one.start == pytest.approx(2.0)


def test_a_fault_keeps_its_number_and_marks_its_joint() -> None:
    state = ViewState(ROBOT, 0.1)
    state.odometry(odometry(5.0, 0.0))
    state.marker(text(event="start", fault="weak=0.5@3:@back_left_hip", stamp=5.0, step=3))
    lane = state.frame().lanes[0]
    assert lane.faults == ("weak=0.5 back_left_hip",)
    assert [n for n, bad in zip(ROBOT.joint_names, lane.faulty, strict=True) if bad] == ["back_left_hip"]


def test_a_robot_without_ground_truth_is_not_said_to_recover() -> None:
    state = ViewState(ROBOT, 0.1)
    turn = Plain(x=math.sin(0.6), y=0.0, z=0.0, w=math.cos(0.6))  # rolled by 1.2 rad
    state.imu(Plain(orientation=turn, orientation_covariance=[0.0] * 9))
    for k in range(50):
        state.joints(Plain(header=header(k * DT), name=list(ROBOT.joint_names), position=[0.0] * 8))
    state.marker(text(event="start", fault="wipe=0.333@10", stamp=0.2, step=10))
    frame = state.frame()
    assert frame.disturbances[0].outcomes[0].state == UNKNOWN and math.isnan(frame.lanes[0].speed)
    assert frame.lanes[0].fallen and frame.time == pytest.approx(49 * DT)


def test_modes_stops_norms_and_the_bus_are_told() -> None:
    state = ViewState(ROBOT, 0.1)
    assert state.frame().lanes[0].reason  # nothing heard yet is not nominal
    state.mode(text(phase="run", mode="nominal", reason="", plasticity="on"))
    state.plant(text(mode="limp", reason="the board is silent", backend="serial"))
    state.plasticity(Plain(data=np.array([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]]).ravel()))
    state.estop(Plain(data=True))
    entry = [Plain(key="supply_V", value="11.1"), Plain(key="power", value="armed"), Plain(key="steps", value="1")]
    state.diagnostics(Plain(status=[Plain(values=entry)]))
    frame = state.frame()
    lane = frame.lanes[0]
    assert (lane.mode, lane.reason, lane.plastic) == ("limp", "the board is silent", True)
    assert lane.change == pytest.approx(0.1) and frame.estop and frame.bus == ("power: armed", "supply_V: 11.1")


def test_weights_are_shown_once_all_layers_of_a_step_are_here() -> None:
    rng = np.random.default_rng(0)
    layers = [rng.standard_normal(shape).astype(np.float32) for shape in ((5, 4), (2, 5))]
    messages = [layer_message(layer, number, 2) for number, layer in enumerate(layers, start=1)]
    state = ViewState(ROBOT, 0.1)
    state.weights(messages[0])
    assert not state.frame().weights
    state.weights(messages[1])
    ((first, second),) = state.frame().weights
    assert np.array_equal(first, layers[0]) and np.array_equal(second, layers[1])
    assert not state.frame().weights  # told once
    for message in (messages[1], messages[1], messages[0]):  # the first layer was lost, then the second
        state.weights(message)
        assert not state.frame().weights
    messages[0].layout.dim[1].size = 7
    with pytest.raises(BadInputError, match="post, pre"):
        state.weights(messages[0])


def test_a_time_that_jumps_back_is_another_run() -> None:
    state = ViewState(ROBOT, 0.1)
    walked(state, 0, 300, 0.5, 0.0)
    state.marker(text(event="start", fault="limp@0:", stamp=8.0, step=1))
    state.joints(Plain(header=header(0.1), name=list(ROBOT.joint_names), position=[0.0] * 8))
    frame = state.frame()
    assert frame.time == 0.0 and not frame.disturbances and not frame.lanes[0].faults


def test_what_needs_a_simulator_is_greyed_with_the_reason() -> None:
    for backend in ("sim", "serial"):
        refused = refusals(backend)
        assert {"Body", "Ground", "Pause", "Step", "RealtimeFactor", "Record"} <= set(refused)
        assert all(refused.values()) and not {"Fault", "Clear", "StandUp", "NewBrain", "EStop"} & set(refused)
    assert "Limp" in refusals("serial") and "Limp" not in refusals("sim")
    assert "Arm" in refusals("sim") and "Arm" not in refusals("serial")
    assert stage_of(ROBOT, "sim").joints == ROBOT.joint_names


def test_a_launch_starts_the_page_when_it_is_asked_to() -> None:
    given = {"view": "true", "view_port": "0", "view_host": "0.0.0.0", "robot": "sts12"}
    made = {p.name: p for p in processes(given)}
    view = made["view"]
    assert not view.critical and view.parameters["port"] == 0 and view.parameters["robot"] == "sts12"
    assert view.parameters["host"] == "0.0.0.0"
    assert "view" not in {p.name for p in processes({})}


@pytest.mark.sim
@pytest.mark.slow
def test_the_page_of_a_running_robot_answers_and_its_port_cannot_be_taken_twice(nodes: Nodes) -> None:
    pytest.importorskip("viser")
    nodes.start("plant_node", robot="realant", listeners=1)
    nodes.start("controller_node", robot="realant", autostart=True, listeners=1)
    view = nodes.start("view_node", robot="realant", port=0)
    assert view.stdout is not None
    line = next(line for line in view.stdout if "http://" in line)
    url = re.search(r"http://\S+", line)
    assert url is not None
    assert b"<html" in urllib.request.urlopen(url.group(0), timeout=10).read().lower()
    second = nodes.start("view_node", robot="realant", port=int(url.group(0).rsplit(":", 1)[1]))
    code, said = nodes.finish(second)
    assert code == 2 and "choose another" in said and "Traceback" not in said
    time.sleep(1.0)
    code, said = nodes.finish(view, interrupt=True)
    assert code == 0 and "Traceback" not in said
