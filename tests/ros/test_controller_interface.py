"""The controller's parameters, its services around weights, its outputs: what may be set, and what answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy")
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist, Vector3
from lifecycle_msgs.srv import ChangeState, GetState
from played_body import PlayedBody
from rcl_interfaces.srv import DescribeParameters, ListParameters, SetParameters
from rclpy.parameter import Parameter
from safetensors import safe_open
from safetensors.numpy import save
from std_msgs.msg import Float32MultiArray, Float64MultiArray, String
from std_srvs.srv import SetBool, Trigger
from test_controller_guards import QUICK, ROBOT, Watcher
from test_weights_file import unlike_numpy

from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller_ros import qos
from hebb_controller_ros.messages import layer_weights

pytestmark = pytest.mark.ros


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ramp_tim": 1.0}, "unknown parameter 'ramp_tim': choose one of"),
        ({"ramp_time": -1.0}, "ramp_time"),
        ({"ramp_time": "soon"}, "ramp_time"),
        ({"tick": "sometimes"}, "unknown tick 'sometimes': choose one of sensor, timer"),
        ({"robot": "rover"}, "rover"),
        ({"robot": "ant"}, "torque"),
        ({"rulebook": "sts12"}, "sts12"),
        ({"joints": ["left_wheel"]}, "left_wheel"),
        ({"faults": ["wipe=3@1"]}, "share of weights 3"),
    ],
)
def test_bad_parameters_end_the_process_with_one_line(nodes, given, words: str) -> None:  # type: ignore[no-untyped-def]
    code, output = nodes.finish(nodes.start("controller_node", autostart=True, **given))
    lines = [line for line in output.splitlines() if line.startswith("error:")]
    assert code == 2 and len(lines) == 1 and words in lines[0] and "Traceback" not in output


def test_every_parameter_is_described_and_the_structural_ones_are_fixed(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    nodes.start("controller_node")
    names = ears.call(ListParameters, "/hebb_controller/list_parameters").result.names
    found = ears.call(DescribeParameters, "/hebb_controller/describe_parameters", names=names).descriptors
    ours = [d for d in found if d.name not in ("use_sim_time", "start_type_description_service")]
    assert len(ours) > 20 and all(d.description for d in ours)
    changes = [Parameter("seed", value=3).to_parameter_msg(), Parameter("weights_file", value="a").to_parameter_msg()]
    results = ears.call(SetParameters, "/hebb_controller/set_parameters", parameters=changes).results
    assert [r.successful for r in results] == [False, True]


def test_lifecycle_by_hand(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    watcher = Watcher(ears)
    nodes.start("controller_node", ramp_time=0.2, fade_time=0.1)

    def go(transition: int) -> bool:
        request = ChangeState.Request()
        request.transition.id = transition
        return bool(ears.call(ChangeState, "/hebb_controller/change_state", transition=request.transition).success)

    configure, cleanup, activate, deactivate = 1, 2, 3, 4
    assert "not configured" in ears.call(Trigger, "/hebb_controller/reset").message
    assert go(configure)
    assert not go(activate)  # nothing has been sensed
    body = PlayedBody(ears, ROBOT)
    ears.spin_for(0.5)
    assert go(activate)
    ears.spin_until(lambda: watcher.is_(phase="run"))
    body.position = ROBOT.neutral + 0.1
    assert go(deactivate)
    ears.spin_until(lambda: watcher.is_(phase="idle"))
    ears.spin_for(0.1)  # the mode may overtake the last command
    np.testing.assert_allclose(watcher.targets[-1].points[0].positions, ROBOT.neutral, atol=1e-9)
    nb = len(watcher.targets)
    ears.spin_for(0.2)
    assert len(watcher.targets) == nb
    assert go(activate)
    ears.spin_until(lambda: watcher.is_(phase="run"))
    assert go(deactivate) and go(cleanup)
    assert ears.call(GetState, "/hebb_controller/get_state").current_state.label == "unconfigured"


def test_weights_are_saved_frozen_drawn_anew_and_loaded(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    PlayedBody(ears, ROBOT)
    watcher = Watcher(ears)
    file = tmp_path / "w.safetensors"
    rows = ears.listen(Float64MultiArray, "/hebb_controller/plasticity", qos.STREAM)
    nodes.start("controller_node", weights_file=str(file), report_rate=50.0, **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal") and rows)
    missing = ears.call(Trigger, "/hebb_controller/load_weights")
    assert not missing.success and str(file) in missing.message
    assert ears.call(SetBool, "/hebb_controller/freeze_plasticity", data=True).success
    ears.spin_for(0.2)

    def norms() -> list[float]:
        rows.clear()
        ears.spin_until(lambda: len(rows) > 3)
        assert rows[-1].layout.dim[1].label == "weight_norm,update_norm,saturated_share"
        return list(np.array(rows[-1].data).reshape(-1, 3)[:, 0])

    saved = norms()
    assert ears.call(Trigger, "/hebb_controller/save_weights").success
    told = ears.listen(Float32MultiArray, "/hebb_controller/weights", qos.STREAM)
    ears.spin_until(lambda: len(told) >= 4)
    with safe_open(file, framework="numpy") as kept:
        for number, _, layer in (layer_weights(message) for message in told[:3]):
            assert np.array_equal(layer, kept.get_tensor(f"weights.{number - 1}"))
    assert "life 1" in ears.call(Trigger, "/hebb_controller/reset_plasticity").message
    assert norms() != saved
    assert ears.call(Trigger, "/hebb_controller/load_weights").success
    assert norms() == pytest.approx(saved, rel=1e-6)
    book = load_rulebook("realant")
    unlike = unlike_numpy([w.shape for w in book.network().weights], "BF16")
    for content, words in ((unlike, "not a file of weights"), (_of_another_rulebook(book), "grew under rulebook 0123")):
        file.write_bytes(content)
        refused = ears.call(Trigger, "/hebb_controller/load_weights")
        assert not refused.success and words in refused.message
    assert norms() == pytest.approx(saved, rel=1e-6)


def _of_another_rulebook(book: Rulebook) -> bytes:
    tensors = {f"weights.{k}": np.zeros_like(w) for k, w in enumerate(book.network().weights)}
    return save(tensors, metadata={"rulebook": "0123456789abcdef"})


def test_commands_for_ros2_control_come_in_the_order_asked_for(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    PlayedBody(ears, ROBOT)
    watcher = Watcher(ears)
    order = list(reversed(ROBOT.joint_names))
    plain = ears.listen(Float64MultiArray, "/joint_commands", qos.EVENT)
    nodes.start("controller_node", command_interface="both", joints=order, **QUICK)
    ears.spin_until(lambda: len(plain) > 10 and len(watcher.targets) > 10)
    named = {tuple(reversed(m.points[0].positions)) for m in watcher.targets}
    assert len(named & {tuple(m.data) for m in plain}) > 5


def test_diagnostics_and_info_tell_what_a_person_asks(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    PlayedBody(ears, ROBOT)
    said = ears.listen(DiagnosticArray, "/diagnostics", qos.EVENT)
    nodes.start("controller_node", **QUICK)
    ears.spin_until(lambda: len(said) > 2)
    status = said[-1].status[0]
    keys = {value.key for value in status.values}
    assert {"loop_hz", "period_p99_ms", "overruns", "inference_ms", "imu_age_ms", "clamps_per_s"} <= keys
    assert {"weight_norms", "stop_reason", "phase", "rulebook_digest"} <= keys
    assert status.hardware_id == "realant" and status.name == "/hebb_controller" and said[-1].header.stamp.sec > 0
    info = ears.listen(String, "/hebb_controller/info", qos.LATCHED)  # late, and still told
    ears.spin_until(lambda: info)
    told = json.loads(info[0].data)
    assert told["robot"] == "realant" and told["parameters"]["seed"] == 0


def test_cmd_vel_scales_the_gait_and_times_out(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    PlayedBody(ears, ROBOT)
    watcher = Watcher(ears)
    velocity = ears.node.create_publisher(Twist, "/cmd_vel", qos.STREAM)
    nodes.start("controller_node", use_cmd_vel=True, **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="run") and velocity.get_subscription_count())

    def off() -> float:
        watcher.targets.clear()
        ears.spin_until(lambda: len(watcher.targets) > 3)
        return float(np.abs(np.array(watcher.targets[-1].points[0].positions) - ROBOT.neutral).max())

    assert off() < 1e-9  # nobody has asked for anything: it stands
    ask = ears.node.create_timer(0.05, lambda: velocity.publish(Twist(linear=Vector3(x=0.3))))
    ears.spin_until(lambda: off() > 0.05)
    ears.node.destroy_timer(ask)
    ears.spin_for(0.8)
    assert off() < 1e-9


def test_a_timer_paces_the_controller_where_sensors_come_at_another_rate(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    body = PlayedBody(ears, ROBOT)
    watcher = Watcher(ears)
    nodes.start("controller_node", tick="timer", **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal"))
    watcher.targets.clear()
    ears.spin_for(2.0)
    assert 80 < len(watcher.targets) < 120 and body.time > 101.0
