"""Servos behind a serial port under ROS: armed by activating, let go with the cable, armed again by hand alone."""

from __future__ import annotations

import json
import signal
import time

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("serial")
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import ChangeState
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Imu, JointState
from serial_bench import start, state_of, walking
from std_msgs.msg import String
from std_srvs.srv import Trigger

from hebb_controller_ros import qos

pytestmark = pytest.mark.ros


def test_it_walks_is_unplugged_and_waits_for_an_operator(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    source = ears.listen(String, "/joint_states_source", qos.LATCHED)
    joints = ears.listen(JointState, "/joint_states", qos.STREAM)
    diagnostics = ears.listen(DiagnosticArray, "/diagnostics", qos.STREAM)
    start(nodes, bench)
    controller = {"robot": "sts12", "rulebook": "sts12", "ramp_time": 1.0, "fade_time": 0.2}
    nodes.start("controller_node", **controller)
    ears.spin_until(lambda: len(joints) > 20, 30)
    assert bench.powered == 0  # nothing was armed by starting
    assert source[-1].data == "measured"
    for transition in (1, 3):  # configure, activate: the operator's word
        request = ChangeState.Request()
        request.transition.id = transition
        assert ears.call(ChangeState, "/hebb_controller/change_state", transition=request.transition).success
    walking(ears, bench, states)

    # The stamps are those of the system's clock.
    assert abs(joints[-1].header.stamp.sec - time.time()) < 5

    bench.replug()
    ears.spin_until(lambda: "gone" in state_of(states)["reason"] or "lost" in state_of(states)["reason"], 10)
    ears.spin_until(lambda: "disarmed" in state_of(states)["reason"] and bench.powered == 0, 10)
    still = bench.angles.copy()
    ears.spin_for(1.0)
    assert bench.powered == 0 and np.array_equal(bench.angles, still)  # commands come, nothing moves by itself

    assert ears.call(Trigger, "/hebb_controller/reset").success
    ears.spin_for(0.5)
    assert bench.powered == 0  # the controller alone cannot
    assert ears.call(Trigger, "/plant/arm").success
    assert ears.call(Trigger, "/hebb_controller/reset").success
    walking(ears, bench, states)
    assert not ears.call(Trigger, "/plant/arm").success  # is armed

    assert ears.call(Trigger, "/hebb_controller/estop").success
    ears.spin_until(lambda: bench.powered == 0, 5)
    figures = {v.key: v.value for message in diagnostics for s in message.status for v in s.values}
    assert float(figures["supply_V"]) == pytest.approx(12.0, abs=1.0) and int(figures["bus_cycles"]) > 100


def test_after_servos_let_go_by_themselves_arming_alone_moves_nothing(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    states = ears.listen(String, "/plant/state", qos.LATCHED_STATES)
    modes = ears.listen(String, "/hebb_controller/mode", qos.LATCHED_STATES)
    start(nodes, bench)
    nodes.start("controller_node", robot="sts12", autostart=True, ramp_time=0.5, fade_time=0.2)
    walking(ears, bench, states)
    bench.reboot(3)  # readings go on coming: nothing but the plant tells the controller
    ears.spin_until(lambda: bench.powered == 0, 10)
    ears.spin_until(lambda: json.loads(modes[-1].data)["mode"] == "limp", 10)
    assert json.loads(modes[-1].data)["reason"].startswith("the servos let go: disarmed: ")

    assert ears.call(Trigger, "/plant/arm").success
    ears.spin_for(1.5)
    assert bench.powered == 0
    assert ears.call(Trigger, "/hebb_controller/reset").success
    walking(ears, bench, states)

    # The other way round: a controller that goes on already is no start, however near the pose it passes.
    bench.reboot(5)
    ears.spin_until(lambda: bench.powered == 0, 10)
    ears.spin_until(lambda: json.loads(modes[-1].data)["mode"] == "limp", 10)
    assert ears.call(Trigger, "/hebb_controller/reset").success
    ears.spin_until(lambda: json.loads(modes[-1].data)["phase"] == "run", 10)
    assert bench.powered == 0 and ears.call(Trigger, "/plant/arm").success
    ears.spin_for(1.5)
    assert bench.powered == 0
    assert ears.call(Trigger, "/hebb_controller/reset").success
    walking(ears, bench, states)


def test_a_killed_plant_leaves_no_torque_behind(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    plant = start(nodes, bench)
    nodes.start("controller_node", robot="sts12", autostart=True, ramp_time=1.0, fade_time=0.2)
    walking(ears, bench, states)
    plant.send_signal(signal.SIGKILL)
    ears.spin_until(lambda: bench.powered == 0, 5)


def test_the_users_own_imu_is_listened_to(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    joints = ears.listen(JointState, "/joint_states", qos.STREAM)
    start(nodes, bench, imu_port="")
    nodes.start("controller_node", robot="sts12", autostart=True, ramp_time=1.0, fade_time=0.2)
    ears.spin_until(lambda: len(joints) > 20, 30)
    assert bench.powered == 0 and ears.node.count_publishers("/imu/data") == 0
    imu = ears.node.create_publisher(Imu, "imu/data", qos_profile_sensor_data)  # as drivers do: best effort
    message = Imu()
    message.orientation.w = 1.0
    timer = ears.node.create_timer(0.01, lambda: imu.publish(message))
    walking(ears, bench, states)
    ears.node.destroy_timer(timer)  # the IMU falls silent: hold, then let go
    ears.spin_until(lambda: bench.powered == 0, 10)


def test_an_automatic_start_waits_for_an_imu_that_speaks_late(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    bench.imu_speaks = False
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    joints = ears.listen(JointState, "/joint_states", qos.STREAM)
    start(nodes, bench)
    nodes.start("controller_node", robot="sts12", autostart=True, ramp_time=1.0, fade_time=0.2)
    ears.spin_until(lambda: len(joints) > 20 and ears.node.count_publishers("/joint_targets") == 1, 30)
    ears.spin_for(1.0)
    assert bench.powered == 0
    bench.imu_speaks = True
    walking(ears, bench, states)


def test_an_imu_on_a_port_of_its_own_that_falls_silent_lets_go(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    modes = ears.listen(String, "/hebb_controller/mode", qos.LATCHED_STATES)
    joints = ears.listen(JointState, "/joint_states", qos.STREAM)
    start(nodes, bench)
    nodes.start("controller_node", robot="sts12", autostart=True, ramp_time=0.5, fade_time=0.2)
    walking(ears, bench, states)
    bench.imu_speaks = False  # its port stays open, and joint states go on coming
    ears.spin_until(lambda: bench.powered == 0, 5)
    nb = len(joints)
    ears.spin_until(lambda: len(joints) > nb + 10)
    mode = json.loads(modes[-1].data)
    assert mode["mode"] == "limp" and "reading is more than" in mode["reason"]


def test_what_is_wrong_with_the_line_is_one_line(nodes, bench) -> None:  # type: ignore[no-untyped-def]
    bench.board.faults.missing = {3, 7}
    code, output = nodes.finish(start(nodes, bench), timeout=40)
    assert code == 1
    assert output.strip().splitlines()[-1].endswith("no answer from servo 3, 7")
