"""The parameters of the controller node."""

from __future__ import annotations

from hebb_controller_ros.parameters import ParameterSpec as P
from hebb_controller_ros.realtime import PRIORITY

TICKS = ("sensor", "timer")
COMMAND_INTERFACES = ("trajectory", "forward", "both")
GAITS = ("network", "sine")
TIME_JUMPS = ("reset", "freeze", "keep")

CONTROLLER_PARAMETERS = (
    P("robot", "realant", "name or file of the robot"),
    P("rulebook", "", "name or file of the rulebook; empty: the one named like the robot"),
    P("seed", 0, "the first weights are drawn from it", 0, 2**31 - 1),
    P("autostart", False, "configure and activate without being asked"),
    P("listeners", 0, "how many must listen to the commands before an automatic start activates", 0, 100),
    P(
        "tick",
        "sensor",
        "sensor: answer each reading as it comes; timer: at the control rate",
        choices=TICKS,
    ),
    P("lockstep", False, "answer every reading once, however long it takes; needs a plant in lock-step"),
    P("shadow", False, "publish on shadow/joint_targets instead: nothing moves"),
    P(
        "command_interface",
        "trajectory",
        "command on joint_targets, joint_commands or both",
        choices=COMMAND_INTERFACES,
    ),
    P("joints", (), "joint order of joint_commands; empty: the robot's own"),
    P("ramp_time", 1.0, "from the measured pose to the neutral one, and back at the end [s]", 0.0, 60.0),
    P("fade_time", 0.5, "from no network to all of it [s]", 0.0, 60.0),
    P("stop_limp", True, "at an emergency stop the actuators let go; false: they hold"),
    P("max_tilt_deg", 75.0, "tilt of the base beyond which the actuators let go [degrees]", 1.0, 180.0),
    P("tilt_readings", 3, "readings in a row beyond the tilt before it counts", 1, 1000),
    P("max_age", 0.1, "age of joint state or IMU after which the command is held [s]", 0.001, 10.0),
    P("max_hold", 0.5, "time of holding after which the actuators let go [s]", 0.01, 60.0),
    P("max_slew", 0.0, "speed of a joint's target [rad/s]; 0: three times the servo's no-load speed", 0.0, 1000.0),
    P(
        "time_jump",
        "reset",
        "when time jumps back: draw new weights, freeze them, or go on",
        choices=TIME_JUMPS,
    ),
    P("weights_file", "weights.safetensors", "file of ~/save_weights and ~/load_weights", live=True),
    P("faults", (), "wiped weights in control steps since activation, such as wipe=0.333@400"),
    P("start_plastic", True, "false: the weights stay as they were drawn, until ~/freeze_plasticity lets them go"),
    P("plasticity_stop", 0, "control steps since activation after which the weights stay; 0: never", 0, 2**31 - 1),
    P("gait", "network", "what drives the body: the rulebook's network, or a scripted trot", choices=GAITS),
    P("gait_frequency", 1.5, "of the scripted trot [Hz]", 0.01, 10.0),
    P("gait_stride", 0.0, "length of a foot's path in the scripted trot [m]; 0: by the length of the leg", 0.0, 1.0),
    P("gait_lift", 0.0, "how high the scripted trot lifts a foot [m]; 0: half the stride", 0.0, 1.0),
    P("use_cmd_vel", False, "listen to cmd_vel: linear.x scales the gait, angular.z turns the heading"),
    P("cmd_vel_speed", 0.3, "linear.x that means the whole gait [m/s]", 0.01, 10.0),
    P("cmd_vel_timeout", 0.5, "age of cmd_vel after which the robot stands [s]", 0.01, 10.0),
    P("report_rate", 10.0, "rate of ~/plasticity [Hz]", 0.1, 1000.0),
    P("weights_rate", 2.0, "rate of ~/weights, while somebody listens [Hz]", 0.1, 1000.0),
    PRIORITY,
)
