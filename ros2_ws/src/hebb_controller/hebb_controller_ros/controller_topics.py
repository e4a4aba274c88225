"""What the controller node says: commands first, then what is looked at, and only while somebody looks."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rclpy.node import Node
from std_msgs.msg import Bool, Float32MultiArray, Float64MultiArray, String
from trajectory_msgs.msg import JointTrajectory

from hebb_controller.live_faults import Marker
from hebb_controller.network_face import Network
from hebb_controller.phases import Phase
from hebb_controller.robot import RobotSpec
from hebb_controller.safety import Mode
from hebb_controller.sequence import Sequencer
from hebb_controller.signals import JointTargets, Vector
from hebb_controller_ros import qos
from hebb_controller_ros.encoding import TargetsEncoder, labelled, layer_message, marker_message, plain

#: A weight within this share of its layer's largest counts as saturated.
SATURATED = 0.95


class ControllerTopics:
    """The publishers of a controller node.

    Args:
        node: the node.
        robot: its robot.
        interface: `trajectory`, `forward` or `both`.
        order: joint order of `joint_commands`.
        shadow: True: commands go where no plant listens.
    """

    def __init__(self, node: Node, robot: RobotSpec, interface: str, order: tuple[str, ...], shadow: bool) -> None:
        self._message = TargetsEncoder(robot)
        self._order = [robot.joint_names.index(name) for name in order]
        prefix = "shadow/" if shadow else ""
        self._targets = self._forward = None
        if interface != "forward":
            self._targets = node.create_publisher(JointTrajectory, f"{prefix}joint_targets", qos.STREAM)
        if interface != "trajectory":
            self._forward = node.create_publisher(Float64MultiArray, f"{prefix}joint_commands", qos.STREAM)
        self._plasticity = node.create_publisher(Float64MultiArray, "~/plasticity", qos.STREAM)
        self._weights = node.create_publisher(Float32MultiArray, "~/weights", qos.STREAM)
        self._observation = node.create_publisher(Float64MultiArray, "~/observation", qos.STREAM)
        self._mode = node.create_publisher(String, "~/mode", qos.LATCHED_STATES)
        self._estop = node.create_publisher(Bool, "~/estop_state", qos.LATCHED_STATES)
        self._info = node.create_publisher(String, "~/info", qos.LATCHED)
        self._markers = node.create_publisher(String, "fault_markers", qos.EVENT)
        self._node = node

    @property
    def nb_listeners(self) -> int:
        """How many listen to the commands."""
        publisher = self._targets if self._targets is not None else self._forward
        return 0 if publisher is None else int(publisher.get_subscription_count())

    def close(self) -> None:
        """Take all publishers back."""
        everything = (self._plasticity, self._weights, self._observation, self._mode, self._estop)
        for publisher in (self._targets, self._forward, *everything, self._info, self._markers):
            if publisher is not None:
                self._node.destroy_publisher(publisher)

    def command(self, targets: JointTargets) -> None:
        """Publish a command. `joint_commands` cannot say limp: it falls silent, and its controller's timeout acts."""
        if self._targets is not None:
            self._targets.publish(self._message(targets))
        if self._forward is not None and not targets.limp:
            self._forward.publish(plain(targets.value[self._order]))

    def observation(self, network: Network) -> None:
        """Publish what the network last saw."""
        if self._observation.get_subscription_count():
            self._observation.publish(plain(network.activations[0].astype(float)))

    def plasticity(self, rows: Vector) -> None:
        """Publish one row per layer: norm of the weights, norm of their change since the last, saturated share."""
        if rows.size:  # a scripted gait has no layers
            self._plasticity.publish(labelled(rows, "layer", "weight_norm,update_norm,saturated_share"))

    def weights(self, network: Network) -> None:
        """Publish the weight matrices, one message a layer."""
        if self._weights.get_subscription_count():
            layers = network.snapshot()
            for number, layer in enumerate(layers, start=1):
                self._weights.publish(layer_message(layer, number, len(layers)))

    def mode(self, entry: dict[str, Any]) -> None:
        """Publish phase, mode and reason."""
        self._mode.publish(String(data=json.dumps(entry)))

    def estop(self, pressed: bool) -> None:
        """Publish whether the emergency stop is latched."""
        self._estop.publish(Bool(data=pressed))

    def info(self, entry: dict[str, Any]) -> None:
        """Publish what a recording needs to be understood."""
        self._info.publish(String(data=json.dumps(entry)))

    def marker(self, marker: Marker, time: float) -> None:
        """Mark something that was done to the weights at a reading's `time`, in [s]."""
        self._markers.publish(marker_message(marker, time))


def mode_entry(sequencer: Sequencer) -> dict[str, Any]:
    """Return what `~/mode` says of phase, mode and learning; a latched stop is told in every phase, the silent too."""
    gate, stopped = sequencer.gate, sequencer.stopped
    mode = gate.mode
    if stopped and mode is not Mode.LIMP:
        mode = Mode.LIMP if sequencer.config.stop_limp else Mode.HOLD
    return {
        "phase": (Phase.STOP if stopped else sequencer.phase).value,
        "mode": mode.value,
        "reason": sequencer.stop_reason if stopped else gate.reason,
        "plasticity": "frozen" if sequencer.frozen else "on" if sequencer.learning else "waiting",
        "life": sequencer.life,
    }


class PlasticityReport:
    """Tells what the network sees and how its weights stand and move between reports.

    Args:
        topics: where it is told.
        control_rate: in [Hz].
        report_rate: of norms, in [Hz].
        weights_rate: of whole matrices, in [Hz].
    """

    def __init__(self, topics: ControllerTopics, control_rate: float, report_rate: float, weights_rate: float) -> None:
        self._topics = topics
        self._rows_every = max(round(control_rate / report_rate), 1)
        self._weights_every = max(round(control_rate / weights_rate), 1)
        self._before: list[Vector] | None = None

    def tell(self, network: Network, step: int) -> None:
        """Publish what is due after control step `step`."""
        self._topics.observation(network)
        if step % self._rows_every == 0:
            self._topics.plasticity(self.rows(network))
        if step % self._weights_every == 0:
            self._topics.weights(network)

    def rows(self, network: Network) -> Vector:
        """Return per layer: norm, norm of the change since the last call, share near the layer's largest weight."""
        now = [w.astype(float) for w in network.snapshot()]
        before = now if self._before is None else self._before
        self._before = now
        rows = []
        for weights, old in zip(now, before, strict=True):
            size = np.abs(weights)
            largest = size.max()
            saturated = float((size >= SATURATED * largest).mean()) if largest > 0.0 else 0.0
            rows.append([float(np.linalg.norm(weights)), float(np.linalg.norm(weights - old)), saturated])
        return np.array(rows).reshape(-1, 3)
