"""The view node: the live page of a robot that other nodes drive, simulated or behind a serial port.

It listens to their topics, and asks with what they offer: the topic `faults` and the controller's services.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import Bool, Float32MultiArray, Float64MultiArray, String
from std_srvs.srv import SetBool, Trigger

from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.leg_kinematics import standing_height
from hebb_controller.page import commands
from hebb_controller.page.drawing import drawing_of
from hebb_controller.page.frames import NO_SERVOS, LaneStage, Stage
from hebb_controller.page.link import PageAddress, PageLink, fresh_token
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller_ros import qos
from hebb_controller_ros.parameters import ParameterSpec, declare
from hebb_controller_ros.spin import run_node
from hebb_controller_ros.view_state import LANE, ViewState

PARAMETERS = (
    ParameterSpec("robot", "realant", "name or file of the robot"),
    ParameterSpec("backend", "sim", "what moves it: decides which buttons are greyed"),
    ParameterSpec("host", "127.0.0.1", "address to bind to; beyond loopback, commands need the token that is logged"),
    ParameterSpec("port", 8080, "of the page; 0: any that is free", 0, 65535),
)
_AT_LAUNCH = "is chosen at the launch: {}"


def refusals(backend: str) -> dict[str, str]:
    """Return what this source cannot do, and why: keys as in `Stage.refused`."""
    refused = {
        "Body": _AT_LAUNCH.format("body:=NAME") if backend != "serial" else "a real body is changed by hand",
        "Ground": _AT_LAUNCH.format("body:=NAME") if backend != "serial" else "a real floor is tilted by hand",
        "Pause": "needs a simulator that waits; real time goes on" if backend == "serial" else "the plant node goes on",
        "RealtimeFactor": _AT_LAUNCH.format("realtime_factor:=X"),
        "Record": _AT_LAUNCH.format("record:=true"),
    }
    refused["Step"] = refused["Pause"]
    if backend == "serial":
        refused["Limp"] = "the torque of single servos cannot be taken through the bridge"
        refused["RealtimeFactor"] = "a real robot lives in real time"
    else:
        refused["Arm"] = NO_SERVOS
    return refused


def stage_of(robot: RobotSpec, backend: str) -> Stage:
    """Return what the page of this robot shows."""
    lane = LaneStage(LANE, f"backend {backend}", drawing_of(robot))
    return Stage(
        title=f"{robot.name} · backend {backend}",
        lanes=(lane,),
        joints=robot.joint_names,
        refused=refusals(backend),
        control_rate=robot.control_rate,
    )


class ViewNode(Node):
    """Shows one robot and passes on what visitors ask for.

    Raises:
        BadInputError: a port that is taken.
        MissingExtraError: viser is not installed.
        RobotError: a robot without a body section.
    """

    def __init__(self) -> None:
        super().__init__("view")
        given = declare(self, PARAMETERS)
        robot = load_robot(given["robot"])
        self.finished, self.failure = False, None
        self._stage = stage_of(robot, given["backend"])
        token = fresh_token(given["host"])
        self._link = PageLink(PageAddress(given["host"], given["port"], token))
        self._state = ViewState(robot, standing_height(robot.body, robot.neutral) if robot.body else 0.0)
        state = self._state
        self._listen(JointState, "joint_states", state.joints, qos.SENSOR)
        self._listen(Imu, "imu/data", state.imu, qos.SENSOR)
        self._listen(Odometry, "ground_truth/odom", state.odometry, qos.SENSOR)
        self._listen(String, "fault_markers", state.marker, qos.EVENT)
        self._listen(Float64MultiArray, "hebb_controller/plasticity", state.plasticity, qos.SENSOR)
        self._listen(Float32MultiArray, "hebb_controller/weights", state.weights, qos.STREAM)
        self._listen(String, "hebb_controller/mode", state.mode, qos.LATCHED)
        self._listen(Bool, "hebb_controller/estop_state", state.estop, qos.LATCHED)
        self._listen(String, "plant/state", state.plant, qos.LATCHED)
        self._listen(DiagnosticArray, "/diagnostics", state.diagnostics, qos.EVENT)
        self._fault_texts = self.create_publisher(String, "faults", qos.EVENT)
        self._triggers = {
            name: self.create_client(Trigger, f"hebb_controller/{name}")
            for name in ("estop", "reset", "reset_plasticity", "save_weights", "load_weights")
        }
        self._arming = self.create_client(Trigger, "plant/arm")
        self._freezing = self.create_client(SetBool, "hebb_controller/freeze_plasticity")
        try:
            self._link.wait()
        except RunFailedError:
            self.destroy_node()
            raise
        self._link.stage(self._stage)
        self.get_logger().info(f"the page is at {self._link.url}")
        if token:
            self.get_logger().info(f"whoever is to command types this token: {token}")
        self.create_timer(1.0 / robot.control_rate, self._tick, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """End the page."""
        self._link.close()

    def _listen(self, kind: Any, topic: str, take: Callable[[Any], None], profile: Any) -> None:
        def guarded(message: Any) -> None:
            try:
                take(message)
            except (BadInputError, ValueError, KeyError) as error:  # somebody else's topic of the same name
                self._state.notice(f"{topic} not understood: {error}")

        self.create_subscription(kind, topic, guarded, profile)

    def _tick(self) -> None:
        if self._link.failure:
            self.failure, self.finished = RunFailedError(f"the page failed: {self._link.failure}"), True
            return
        for command in self._link.asked():
            self._obey(command)
        self._link.show(self._state.frame())

    def _obey(self, command: commands.Command) -> None:
        match command:
            case commands.EStop():
                self._call("estop")
            case commands.StandUp():
                self._call("reset")
            case commands.Arm():
                # The plant allows torque for a command that starts from the pose, as the controller's ramp does.
                self._ask(self._arming, Trigger.Request(), "arm", then=lambda: self._call("reset"))
            case commands.NewBrain():
                self._call("reset_plasticity")
            case commands.SaveWeights():
                self._call("save_weights")
            case commands.LoadWeights():
                self._call("load_weights")
            case commands.Plasticity():
                self._ask(self._freezing, SetBool.Request(data=not command.on), "freeze_plasticity")
            case commands.Fault():
                self._fault_texts.publish(String(data=command.text))
            case commands.Clear():
                self._fault_texts.publish(String(data="clear"))
            case _:
                self._state.notice(f"refused: {type(command).__name__} cannot be done here")

    def _call(self, name: str) -> None:
        self._ask(self._triggers[name], Trigger.Request(), name)

    def _ask(self, client: Any, request: Any, name: str, then: Callable[[], None] | None = None) -> None:
        if not client.service_is_ready():
            self._state.notice(f"refused: nobody answers ~/{name}: use the switch on the robot")
            return

        def answered(future: Any) -> None:
            answer = future.result()
            if answer.success and then is not None:
                then()
            else:
                self._state.notice(answer.message if answer.success else f"refused: {answer.message}")

        client.call_async(request).add_done_callback(answered)


def main() -> int:
    """Run the view node; return the exit code."""
    return run_node(ViewNode)


if __name__ == "__main__":
    sys.exit(main())
