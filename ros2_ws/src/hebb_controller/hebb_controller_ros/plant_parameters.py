"""The parameters of the plant node."""

from __future__ import annotations

from hebb_controller_ros.parameters import ParameterSpec as P
from hebb_controller_ros.plants import BACKENDS
from hebb_controller_ros.realtime import PRIORITY

PLANT_PARAMETERS = (
    P("backend", "sim", "which body: simulated, behind a serial port, or an echo without physics", choices=BACKENDS),
    P("robot", "realant", "name or file of the robot"),
    P("body", "intact", "name of the body, simulation only (hebb robots lists them)"),
    P("seed", 0, "everything random in the body derives from it", 0, 2**31 - 1),
    P("randomise", False, "draw mass, friction, servos and sensors anew, simulation only"),
    P("port", "", "serial port of the servos, backend serial only"),
    P("protocol", "", "of the servos (hebb board emulate --help lists them); empty: the robot's own"),
    P("imu_port", "", "serial port of the IMU, board, or level (on a stand only); empty: the topic imu/data"),
    P("calibration", "", "calibration file; empty: the robot's own, or as drawn where there is none"),
    P("lockstep", False, "wait for the answer to every reading, however long it takes: repeatable, not real time"),
    P("realtime_factor", 1.0, "simulated seconds per second", 0.01, 100.0),
    P("publish_clock", True, "publish /clock: simulated time; exactly one node may"),
    P(
        "command_timeout",
        0.05,
        "age of the last command after which the body holds [s]",
        0.01,
        10.0,
    ),
    P("limp_timeout", 0.5, "age of the last command after which the actuators let go [s]", 0.02, 60.0),
    P("rejoin_angle", 0.2, "a limp body takes commands again once they are this close to its pose [rad]", 0.01, 3.2),
    P("faults", (), "actuator faults in control steps since the first command, such as saturate@300:400"),
    P("listeners", 0, "how many must listen to joint_states before the first reading leaves", 0, 100),
    P("horizon", 0, "control steps after which the node ends; 0: it never does", 0, 2**31 - 1),
    PRIORITY,
)
