"""The node that watches one run of a trial: it ends the run at a limit, and calls out what the operator is to do.

It moves nothing. Ending is all that it can do, and with it the whole launch ends: servos behind a port let go.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from hebb_controller.robot_file import load_robot
from hebb_controller.trials.ledger import write_json
from hebb_controller_ros import qos
from hebb_controller_ros.messages import seconds, took_over
from hebb_controller_ros.parameters import ParameterSpec as P
from hebb_controller_ros.parameters import declare
from hebb_controller_ros.plant_trouble import ALLOWED, LET_GO, TROUBLE
from hebb_controller_ros.spin import run_node

PARAMETERS = (
    P("file", "watch.json", "what was noted of the run, written at its end"),
    P("robot", "realant", "name or file of the robot"),
    P("duration", 10.0, "of the run from the network's start on [s]", 0.0, 3600.0),
    P("ends", False, "end the run after its duration; false: the plant does, after so many control steps"),
    P("rest", 0.0, "time that the controller gets at most to bring the body to rest then [s]; 0: none", 0.0, 120.0),
    P("falls", 1, "falls after which the run ends; 0: never", 0, 1000),
    P("temperature", 0.0, "of the hottest servo, that ends the run [deg C]; 0: none", 0.0, 200.0),
    P("supply", 0.0, "lowest voltage that does not end the run [V]; 0: any", 0.0, 100.0),
    P("silence", 0.0, "time without a reading that ends the run [s]; 0: any", 0.0, 60.0),
    P("start_within", 30.0, "time for the network to take over [s]", 1.0, 600.0),
    P("prompts", (), "SECONDS TEXT: what the operator is told, and when"),
    P("distance_topic", "", "topic of a position; empty: none"),
    P("distance_kind", "odometry", "of that topic", choices=("odometry", "pose")),
)
#: Lines that the operator has to see begin with this.
CALL = ">>> "
#: A fall is recorded for so long before the run ends, in [s].
AFTER_FALL = 0.5
#: A fall lets servos go, too: whoever lets go first waits this long for word of one, in [s].
WHO_WAS_FIRST = 0.3
#: Where commands go; with two who give them, a body follows neither.
COMMANDS = ("joint_targets", "shadow/joint_targets")
#: Servos that are to move the robot follow at the latest when the network has been at work for so long, in [s].
ARMED_WITHIN = 1.0


class TrialWatchNode(Node):
    """Watches one run.

    Attributes:
        finished: True when the run is to end.
    """

    def __init__(self) -> None:
        super().__init__("trial_watch")
        self._given = declare(self, PARAMETERS)
        self._period = 1.0 / load_robot(self._given["robot"]).control_rate
        self.finished = False
        self._made = time.monotonic()
        self._heard: float | None = None
        self._begun: float | None = None  # stamp at which the network took over
        self._stamp = 0.0
        self._reason, self._counts = "", False
        self._falls, self._fallen_at = 0, 0.0
        self._limp = False
        self._moved, self._trouble, self._trouble_since = False, "", 0.0
        self._asleep = ""  # why servos do not follow that have not followed yet
        self._resting: Any = None
        self._phase = ""  # the controller's
        self._rest_until = 0.0
        self._first: np.ndarray | None = None
        self._last: np.ndarray | None = None
        self._prompts = sorted(_prompt(text) for text in self._given["prompts"])
        listen = self.create_subscription
        listen(JointState, "joint_states", self._on_joints, qos.SENSOR)
        listen(String, "hebb_controller/mode", self._on_mode, qos.LATCHED_STATES)
        listen(String, "plant/state", self._on_plant, qos.LATCHED_STATES)
        listen(DiagnosticArray, "/diagnostics", self._on_diagnostics, qos.STREAM)
        topic = self._given["distance_topic"]
        if topic:
            kind: Any = Odometry if self._given["distance_kind"] == "odometry" else PoseStamped
            listen(kind, topic, self._on_position, qos.SENSOR)
        self.create_timer(0.05, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))

    @property
    def _walked(self) -> float:
        return 0.0 if self._begun is None else self._stamp - self._begun

    def _on_joints(self, message: JointState) -> None:
        self._heard = time.monotonic()
        self._stamp = seconds(message.header.stamp)

    def _on_mode(self, message: String) -> None:
        entry = json.loads(message.data)
        if self._begun is None:
            self._begun = took_over(entry, self._period)
        self._phase = entry["phase"]
        limp = entry["mode"] == "limp"
        if limp and not self._limp and entry["reason"].startswith("tilted"):
            self._falls += 1
            print(f"{CALL}the robot fell: {entry['reason']}", flush=True)
            if self._begun is None:
                self._end(f"fell before the network took over: {entry['reason']}")
            elif self._falls == self._given["falls"]:
                self._fallen_at = time.monotonic()
                self._end_soon(f"fell: {entry['reason']}", counts=True)
        elif entry["phase"] == "stop":
            self._end(f"emergency stop: {entry['reason']}")
        elif limp and not self._limp and entry["phase"] != "idle":
            reason = str(entry["reason"])
            self._end(reason if reason.startswith(LET_GO) else f"the controller let go: {reason}")
        self._limp = limp

    def _on_plant(self, message: String) -> None:
        entry = json.loads(message.data)
        self._moved = self._moved or entry["mode"] == "nominal"
        asleep = not self._moved and entry["reason"].startswith((*TROUBLE, ALLOWED))
        self._asleep = entry["reason"] if asleep else ""
        if self._moved and not self._trouble and entry["reason"].startswith(TROUBLE):
            self._trouble, self._trouble_since = entry["reason"], time.monotonic()

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            figures = {value.key: value.value for value in status.values}
            hottest, supply = float(figures.get("hottest_degC", "nan")), float(figures.get("supply_V", "nan"))
            if 0.0 < self._given["temperature"] <= hottest:
                self._end(f"a servo is at {hottest:.0f} degrees C")
            if self._given["supply"] > 0.0 and supply < self._given["supply"]:
                self._end(f"the supply is at {supply:.1f} V")

    def _on_position(self, message: Any) -> None:
        pose = message.pose.pose if self._given["distance_kind"] == "odometry" else message.pose
        if self._begun is None or self._walked > self._given["duration"]:
            return
        self._last = np.array([pose.position.x, pose.position.y, pose.position.z])
        self._first = self._last if self._first is None else self._first

    def _look(self) -> None:
        now = time.monotonic()
        if self._fallen_at:
            self.finished = self.finished or now - self._fallen_at > AFTER_FALL
            return
        if self._trouble and not self._limp and now - self._trouble_since > WHO_WAS_FIRST:
            self._end(LET_GO + self._trouble)
        crowd = [topic for topic in ("joint_states", *COMMANDS) if self.count_publishers(topic) > 1]
        if crowd:
            self._end(f"two nodes publish {crowd[0]}: end the other launch, or give this one another ROS_DOMAIN_ID")
        if self._begun is None:
            if now - self._made > self._given["start_within"]:
                self._end(f"the network did not take over within {self._given['start_within']:g} s")
            return
        # Rest is given to servos alone, and not in shadow, where nobody arms them.
        if self._asleep and self._given["rest"] > 0.0 and self._walked > ARMED_WITHIN:
            self._end(f"the servos never followed: {self._asleep}")
            return
        while self._prompts and self._prompts[0][0] <= self._walked:
            print(f"{CALL}{self._prompts.pop(0)[1]}", flush=True)
        if self._heard is not None and 0.0 < self._given["silence"] < now - self._heard:
            self._end(f"no reading for {self._given['silence']:g} s")
        if self._given["ends"] and self._walked >= self._given["duration"]:
            self._come_to_rest(now)

    def _come_to_rest(self, now: float) -> None:
        """Let the controller ramp to the neutral pose first: servos that let go in mid-stride drop the body."""
        if self._given["rest"] == 0.0:
            self._end("", counts=True)
        elif self._resting is None:
            self._end_soon("", counts=True)
            self._rest_until = now + self._given["rest"]
            request = ChangeState.Request()
            request.transition.id = Transition.TRANSITION_DEACTIVATE
            self._resting = self.create_client(ChangeState, "hebb_controller/change_state").call_async(request)
        elif (self._resting.done() and self._phase == "idle") or now > self._rest_until:
            self._end("", counts=True)

    def _end_soon(self, reason: str, counts: bool) -> None:
        if not self._reason and not self._counts:
            self._reason, self._counts = reason, counts

    def _end(self, reason: str, counts: bool = False) -> None:
        if not self.finished:
            self._end_soon(reason, counts)
            self.finished = True

    def close(self) -> None:
        """Write what was noted."""
        moved = None if self._first is None or self._last is None else float((self._last - self._first)[0])
        entry = {"reason": self._reason, "counts": self._counts, "falls": self._falls, "topic_distance_m": moved}
        write_json(Path(self._given["file"]), entry)


def _prompt(text: str) -> tuple[float, str]:
    at, _, words = text.partition(" ")
    return float(at), words


def main() -> int:
    """Run the watch of a trial's run; return the exit code."""
    return run_node(TrialWatchNode)


if __name__ == "__main__":
    sys.exit(main())
