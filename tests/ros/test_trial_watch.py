"""The watch of a trial's run: what ends it, what counts, and what the operator is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy")
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import PoseStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from hebb_controller_ros import qos

pytestmark = pytest.mark.ros


class Run:
    """A run as its topics tell it, by a clock of its own, and the watch that looks at it."""

    def __init__(self, nodes: Any, ears: Any, folder: Path, **given: Any) -> None:
        self._nodes, self._ears, self._file = nodes, ears, folder / "watch.json"
        node = ears.node
        self._joints = node.create_publisher(JointState, "joint_states", qos.STREAM)
        self._mode = node.create_publisher(String, "hebb_controller/mode", qos.LATCHED)
        self._plant = node.create_publisher(String, "plant/state", qos.LATCHED)
        self._board = node.create_publisher(DiagnosticArray, "/diagnostics", qos.COMMAND)
        self._pose = node.create_publisher(PoseStamped, "tag", qos.STREAM)
        self._process = nodes.start("trial_run_watch", file=str(self._file), **given)
        topics = (self._joints, self._mode, self._plant, self._board)
        ears.spin_until(lambda: all(p.get_subscription_count() for p in topics))

    def go_on(self, first: float, last: float) -> None:
        """Let readings come from one second to another of the run's clock."""
        for k in range(round(first * 20), round(last * 20) + 1):
            stamp = k / 20.0
            for message, publisher in ((JointState(), self._joints), (PoseStamped(), self._pose)):
                message.header.stamp.sec, message.header.stamp.nanosec = int(stamp), round(stamp % 1.0 * 1e9)
                if isinstance(message, PoseStamped):
                    message.pose.position.x = 0.5 * stamp
                publisher.publish(message)
            self._ears.spin_for(0.01)
        self._ears.spin_for(0.5)  # the watch looks at what it has heard twenty times a second

    def mode(self, phase: str, mode: str = "nominal", reason: str = "", step: int = 0) -> None:
        entry = {"phase": phase, "mode": mode, "reason": reason, "step": step, "begun_at": 0.0}
        self._mode.publish(String(data=json.dumps(entry)))
        self._ears.spin_for(0.1)

    def plant(self, mode: str, reason: str = "") -> None:
        self._plant.publish(String(data=json.dumps({"mode": mode, "reason": reason})))
        self._ears.spin_for(0.1)

    def board(self, **figures: str) -> None:
        status = DiagnosticStatus(values=[KeyValue(key=k, value=v) for k, v in figures.items()])
        self._board.publish(DiagnosticArray(status=[status]))
        self._ears.spin_for(0.1)

    @property
    def over(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> tuple[dict[str, Any], str]:
        """Return what the watch noted and what it said, once it has ended."""
        self._ears.spin_until(lambda: self._process.poll() is not None, 20)
        code, said = self._nodes.finish(self._process)
        assert code == 0, said
        return json.loads(self._file.read_text()), said


def test_a_fall_counts_and_the_operator_is_told_what_to_do(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, prompts=["1.0 clip the leg now", "9.0 too late"], supply=9.0, temperature=60.0)
    run.mode("ramp")
    run.go_on(0.0, 1.0)
    run.mode("fade", step=51)  # the network took over at 1.0 s
    run.go_on(1.05, 1.9)
    run.board(supply_V="11.0", hottest_degC="59")
    run.plant("nominal")
    run.go_on(1.95, 2.2)
    run.mode("run", "limp", "tilted 80 degrees", step=110)
    run.plant("limp", "disarmed: told to")  # what a fall does to servos is no trouble of theirs
    noted, said = run.end()
    assert noted == {"reason": "fell: tilted 80 degrees", "counts": True, "falls": 1, "topic_distance_m": None}
    assert ">>> clip the leg now" in said and ">>> the robot fell: tilted 80 degrees" in said and "late" not in said


@pytest.mark.slow
def test_servos_that_let_go_do_not_count_and_a_topic_measures(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, distance_topic="tag", distance_kind="pose", duration=5.0)
    run.plant("limp", "disarmed: not armed yet")  # nobody has armed them: no trouble either
    run.mode("fade", step=1)
    run.plant("nominal")
    run.go_on(0.0, 2.0)
    run.plant("limp", "disarmed: servo 3 started anew")
    noted, _ = run.end()
    assert noted["reason"] == "the servos let go: disarmed: servo 3 started anew" and noted["counts"] is False
    assert noted["topic_distance_m"] == pytest.approx(1.0, abs=0.1)


@pytest.mark.slow
def test_servos_that_were_never_armed_do_not_count_outside_shadow(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, duration=5.0, rest=2.0)
    run.mode("fade", step=1)
    run.plant("limp", "disarmed: not armed yet")
    run.go_on(0.0, 2.0)
    noted, _ = run.end()
    assert noted["reason"] == "the servos never followed: disarmed: not armed yet" and noted["counts"] is False


@pytest.mark.slow
@pytest.mark.parametrize(
    "figures, reason",
    [({"supply_V": "8.9"}, "the supply is at 8.9 V"), ({"hottest_degC": "60"}, "a servo is at 60 degrees C")],
)
def test_limits_of_the_board(nodes, ears, tmp_path: Path, figures: dict, reason: str) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, supply=9.0, temperature=60.0)
    run.mode("fade", step=1)
    run.go_on(0.0, 0.5)
    run.board(supply_V="nan", hottest_degC="nan")  # a board that does not tell
    run.go_on(0.5, 0.6)
    run.board(**figures)
    assert run.end()[0] == {"reason": reason, "counts": False, "falls": 0, "topic_distance_m": None}


@pytest.mark.slow
def test_an_emergency_stop_is_no_fall_and_one_fall_need_not_end_it(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, falls=2)
    run.mode("fade", step=1)
    run.plant("nominal")
    run.go_on(0.0, 0.5)
    run.mode("run", "limp", "tilted 80 degrees")
    run.plant("limp", "disarmed: told to")
    run.go_on(0.5, 1.0)
    run.mode("stop", "limp", "~/estop was called")
    noted, _ = run.end()
    assert (noted["reason"], noted["counts"], noted["falls"]) == ("emergency stop: ~/estop was called", False, 1)


@pytest.mark.slow
def test_silence_ends_a_run(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, silence=1.0)
    run.mode("fade", step=1)
    run.go_on(0.0, 0.5)
    assert run.end()[0] == {"reason": "no reading for 1 s", "counts": False, "falls": 0, "topic_distance_m": None}


@pytest.mark.slow
def test_a_run_that_went_its_whole_time_counts(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path, ends=True, duration=1.0)
    run.mode("fade", step=1)
    run.go_on(0.0, 1.2)
    assert run.end()[0] == {"reason": "", "counts": True, "falls": 0, "topic_distance_m": None}


def test_a_run_is_over_when_the_body_is_at_rest_and_not_when_that_was_asked_for(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    asked: list[int] = []

    def deactivate(request: ChangeState.Request, response: ChangeState.Response) -> ChangeState.Response:
        asked.append(request.transition.id)
        response.success = True  # at once, as the controller does
        return response

    ears.node.create_service(ChangeState, "hebb_controller/change_state", deactivate)
    run = Run(nodes, ears, tmp_path, ends=True, duration=0.5, rest=20.0)
    run.mode("fade", step=1)
    run.plant("nominal")
    run.go_on(0.0, 0.7)
    ears.spin_until(lambda: asked == [Transition.TRANSITION_DEACTIVATE])
    run.mode("rest")
    run.go_on(0.7, 1.5)
    assert not run.over
    run.mode("idle")
    assert run.end()[0] == {"reason": "", "counts": True, "falls": 0, "topic_distance_m": None}


@pytest.mark.slow
def test_two_plants_on_one_graph_end_a_run(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run = Run(nodes, ears, tmp_path)
    ears.node.create_publisher(JointState, "joint_states", qos.STREAM)
    noted, _ = run.end()
    assert noted["reason"].startswith("two nodes publish joint_states") and noted["counts"] is False
