"""The names of the topics that are recorded, longest first, so that one that ends another is not taken for it."""

RECORDED = (
    "hebb_controller/observation",
    "hebb_controller/plasticity",
    "hebb_controller/estop_state",
    "hebb_controller/mode",
    "hebb_controller/info",
    "shadow/joint_targets",
    "joint_states_source",
    "robot_description",
    "ground_truth/odom",
    "fault_markers",
    "joint_targets",
    "joint_states",
    "diagnostics",
    "plant/state",
    "imu/data",
    "faults",
)
