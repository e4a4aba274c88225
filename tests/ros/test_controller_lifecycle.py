"""The controller's life as managers and operators lead it: a stop outlives it, and deactivating is no way round it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy")
from lifecycle_msgs.srv import ChangeState, GetState
from played_body import PlayedBody
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import SetBool, Trigger
from test_controller_guards import QUICK, ROBOT, Watcher

from hebb_controller_ros import qos

pytestmark = pytest.mark.ros
CONFIGURE, CLEANUP, ACTIVATE, DEACTIVATE, SHUTDOWN = 1, 2, 3, 4, 7


class Manager:
    """Asks for transitions, as a lifecycle manager does."""

    def __init__(self, ears: Any) -> None:
        self._ears = ears

    def __call__(self, transition: int) -> bool:
        request = ChangeState.Request()
        request.transition.id = transition
        answer = self._ears.call(ChangeState, "/hebb_controller/change_state", transition=request.transition)
        return bool(answer.success)

    @property
    def state(self) -> str:
        return str(self._ears.call(GetState, "/hebb_controller/get_state").current_state.label)


@pytest.fixture
def go(ears):  # type: ignore[no-untyped-def]
    return Manager(ears)


def started(nodes: Any, ears: Any, **given: Any) -> tuple[Any, PlayedBody, Watcher]:
    """Return a controller that runs, its body and who watches both."""
    body, watcher = PlayedBody(ears, ROBOT), Watcher(ears)
    node = nodes.start("controller_node", **(QUICK | given))
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal"))
    return node, body, watcher


def test_a_stop_outlives_deactivation_cleanup_and_configuration(nodes, ears, go) -> None:  # type: ignore[no-untyped-def]
    node, _, watcher = started(nodes, ears)
    state = ears.listen(Bool, "/hebb_controller/estop_state", qos.LATCHED)
    topic = ears.node.create_publisher(Empty, "/emergency_stop", qos.EVENT)
    ears.spin_until(topic.get_subscription_count)
    topic.publish(Empty())
    ears.spin_until(lambda: watcher.is_(phase="stop", mode="limp"))
    assert go(DEACTIVATE) and not go(ACTIVATE)
    assert watcher.is_(phase="stop", mode="limp", reason="emergency_stop was published")
    assert go(CLEANUP) and go(CONFIGURE) and not go(ACTIVATE)
    ears.spin_until(lambda: watcher.is_(phase="stop") and state[-1].data)
    nb = len(watcher.targets)
    answer = ears.call(Trigger, "/hebb_controller/reset")
    assert answer.success and "it is not active" in answer.message
    ears.spin_for(0.3)
    assert watcher.is_(phase="idle", mode="nominal") and not state[-1].data and len(watcher.targets) == nb
    assert go(ACTIVATE)
    ears.spin_until(lambda: watcher.is_(phase="run") and len(watcher.targets) > nb)
    _, output = nodes.finish(node, interrupt=True)
    assert output.count("not activated: stopped (emergency_stop was published)") == 2 and "~/reset" in output


@pytest.mark.parametrize("press", ["topic", *(pytest.param(p, marks=pytest.mark.slow) for p in ("service", "switch"))])
def test_a_stop_that_is_pressed_while_nothing_runs_is_not_lost(nodes, ears, go, press: str) -> None:  # type: ignore[no-untyped-def]
    body, watcher = PlayedBody(ears, ROBOT), Watcher(ears)
    node = nodes.start("controller_node", ramp_time=0.0, fade_time=0.0)
    if press == "topic":
        topic = ears.node.create_publisher(Empty, "/emergency_stop", qos.EVENT)
        ears.spin_until(topic.get_subscription_count)
        topic.publish(Empty())
        ears.spin_for(0.3)
        assert go(CONFIGURE)
    elif press == "service":
        assert ears.call(Trigger, "/hebb_controller/estop").success  # unconfigured, and it counts
        assert not ears.call(Trigger, "/hebb_controller/reset").success
        assert go(CONFIGURE)
    else:
        assert go(CONFIGURE)
        assert ears.call(SetBool, "/hebb_controller/enable", data=False).success
    ears.spin_until(lambda: watcher.is_(phase="stop"))
    assert not go(ACTIVATE) and not watcher.targets
    body.roll = 2.0
    ears.spin_for(0.2)
    assert not ears.call(SetBool, "/hebb_controller/enable", data=True).success  # it lies
    body.roll = 0.0
    ears.spin_for(0.2)
    assert ears.call(SetBool, "/hebb_controller/enable", data=True).success
    assert go(ACTIVATE)
    ears.spin_until(lambda: watcher.is_(phase="run") and watcher.targets)
    assert node.poll() is None


@pytest.mark.slow
def test_an_automatic_start_waits_for_the_reset(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    PlayedBody(ears, ROBOT)
    watcher = Watcher(ears)
    topic = ears.node.create_publisher(Empty, "/emergency_stop", qos.EVENT)
    nodes.start("controller_node", listeners=2, **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="idle") and topic.get_subscription_count())
    topic.publish(Empty())
    ears.spin_until(lambda: watcher.is_(phase="stop"))
    ears.listen(String, "/elsewhere", qos.LATCHED)
    second = Watcher(ears)  # the second listener, for which the start has waited
    ears.spin_for(0.5)
    assert watcher.is_(phase="stop") and not watcher.targets
    assert ears.call(Trigger, "/hebb_controller/reset").success
    ears.spin_until(lambda: watcher.is_(phase="run") and second.targets)


def test_deactivating_answers_at_once_and_rests_on_the_way(nodes, ears, go) -> None:  # type: ignore[no-untyped-def]
    _, body, watcher = started(nodes, ears, ramp_time=1.0)
    began = time.monotonic()
    assert go(DEACTIVATE) and go.state == "inactive"
    assert time.monotonic() - began < 0.5
    ears.spin_until(lambda: watcher.is_(phase="rest", mode="nominal"))
    assert not watcher.is_(plasticity="on")
    ears.spin_until(lambda: watcher.is_(phase="idle"))
    assert 0.8 < time.monotonic() - began < 1.6
    ears.spin_for(0.1)
    np.testing.assert_allclose(watcher.targets[-1].points[0].positions, ROBOT.neutral, atol=1e-9)
    nb = len(watcher.targets)
    ears.spin_for(0.2)
    assert len(watcher.targets) == nb and body.with_imu


@pytest.mark.parametrize(
    "asked", ["estop", *(pytest.param(a, marks=pytest.mark.slow) for a in ("activate", "fall", "imu"))]
)
def test_on_the_way_to_rest_it_hears_and_sees(nodes, ears, go, asked: str) -> None:  # type: ignore[no-untyped-def]
    _, body, watcher = started(nodes, ears, ramp_time=3.0)
    assert go(DEACTIVATE)
    ears.spin_until(lambda: watcher.is_(phase="rest"))
    began = time.monotonic()
    if asked == "activate":
        assert go(ACTIVATE)
        ears.spin_until(lambda: watcher.is_(phase="ramp"))
        return
    if asked == "estop":
        answer = ears.call(Trigger, "/hebb_controller/estop")
        assert answer.success
        ears.spin_until(lambda: watcher.is_(phase="stop", mode="limp"))
    elif asked == "fall":
        body.roll = 2.0
        ears.spin_until(lambda: watcher.is_(phase="idle", mode="limp"))
    else:
        body.with_imu = False
        ears.spin_until(lambda: watcher.is_(phase="idle", mode="limp"))
    assert time.monotonic() - began < 1.5
    ears.spin_for(0.1)
    nb = len(watcher.targets)
    assert watcher.limp  # the last word
    ears.spin_for(0.3)
    assert len(watcher.targets) == nb


def test_a_limp_robot_is_not_woken_by_deactivating(nodes, ears, go) -> None:  # type: ignore[no-untyped-def]
    _, body, watcher = started(nodes, ears, ramp_time=0.5)
    body.with_imu = False  # the last answer to a reading was a nominal one
    ears.spin_until(lambda: watcher.is_(mode="limp") and watcher.limp)
    nb = len(watcher.targets)
    assert go(DEACTIVATE)
    ears.spin_until(lambda: watcher.is_(phase="idle"))
    ears.spin_for(0.3)
    assert not any(len(m.points[0].positions) for m in watcher.targets[nb:])


@pytest.mark.parametrize("last", [CLEANUP, pytest.param(SHUTDOWN, marks=pytest.mark.slow)])
def test_what_managers_ask_in_one_breath_waits_until_the_body_rests(nodes, ears, go, last: int) -> None:  # type: ignore[no-untyped-def]
    node, _, watcher = started(nodes, ears, ramp_time=0.6)
    if last == CLEANUP:
        assert go(DEACTIVATE)
    assert go(last)
    assert go.state == ("unconfigured" if last == CLEANUP else "finalized")
    ears.spin_until(lambda: watcher.is_(phase="idle"))
    ears.spin_for(0.1)  # the mode may overtake the last command
    np.testing.assert_allclose(watcher.targets[-1].points[0].positions, ROBOT.neutral, atol=1e-9)
    if last == CLEANUP:
        ears.spin_until(lambda: ears.node.count_publishers("/joint_targets") == 0)
        assert go(CONFIGURE)
        ears.spin_for(0.3)
        assert go(ACTIVATE)
        ears.spin_until(lambda: watcher.is_(phase="run"))
    else:
        assert nodes.finish(node)[0] == 0


def test_a_transition_that_cannot_be_is_refused_and_ends_nothing(nodes, ears, go) -> None:  # type: ignore[no-untyped-def]
    node, _, watcher = started(nodes, ears)
    for transition in (ACTIVATE, CONFIGURE, CLEANUP, 99):
        assert not go(transition)
    nb = len(watcher.targets)
    ears.spin_until(lambda: len(watcher.targets) > nb + 5)
    assert go.state == "active"
    _, output = nodes.finish(node, interrupt=True)
    assert output.count("refused: not possible while active") == 4 and "Traceback" not in output
