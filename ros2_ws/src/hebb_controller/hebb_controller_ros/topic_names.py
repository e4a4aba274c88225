"""What is recorded: the one list that the recorder subscribes to and that readers of recordings know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordedTopic:
    """One topic of a recording.

    Attributes:
        name: relative to the namespace; with a slash in front: the same for all namespaces.
        kind: its message type, such as `sensor_msgs/msg/Imu`.
        latched: True if a late listener still gets the last message.
    """

    name: str
    kind: str
    latched: bool = False


RECORDED = (
    RecordedTopic("joint_states", "sensor_msgs/msg/JointState"),
    RecordedTopic("joint_states_source", "std_msgs/msg/String", latched=True),
    RecordedTopic("robot_description", "std_msgs/msg/String", latched=True),
    RecordedTopic("imu/data", "sensor_msgs/msg/Imu"),
    RecordedTopic("joint_targets", "trajectory_msgs/msg/JointTrajectory"),
    RecordedTopic("shadow/joint_targets", "trajectory_msgs/msg/JointTrajectory"),
    RecordedTopic("ground_truth/odom", "nav_msgs/msg/Odometry"),
    RecordedTopic("faults", "std_msgs/msg/String"),
    RecordedTopic("fault_markers", "std_msgs/msg/String"),
    RecordedTopic("plant/state", "std_msgs/msg/String", latched=True),
    RecordedTopic("hebb_controller/observation", "std_msgs/msg/Float64MultiArray"),
    RecordedTopic("hebb_controller/plasticity", "std_msgs/msg/Float64MultiArray"),
    RecordedTopic("hebb_controller/mode", "std_msgs/msg/String", latched=True),
    RecordedTopic("hebb_controller/estop_state", "std_msgs/msg/Bool", latched=True),
    RecordedTopic("hebb_controller/info", "std_msgs/msg/String", latched=True),
    RecordedTopic("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray"),
)


def name_without_namespace(topic: str) -> str:
    """Return a recorded topic's name as `RECORDED` has it, without slashes in front; any other topic unchanged."""
    names = [recorded.name.lstrip("/") for recorded in RECORDED]
    # The longest first: `shadow/joint_targets` ends in another's name.
    return next((name for name in sorted(names, key=len, reverse=True) if topic.endswith(f"/{name}")), topic)
