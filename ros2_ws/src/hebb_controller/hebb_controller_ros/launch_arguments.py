"""The arguments of a launch: which there are, what they may be, and what was given turned into values.

Nothing here starts anything, and nothing here needs ROS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.fault_schedule import whole_number

BOOLEANS = ("true", "false")
#: Least and greatest of the arguments that are numbers: those of the nodes' parameters, known before a node starts.
BOUNDS = {
    "realtime_factor": (0.01, 100.0),
    "ramp_time": (0.0, 60.0),
    "fade_time": (0.0, 60.0),
    "view_port": (0, 65535),
    "realtime_priority": (0, 99),
}
#: Largest whole number that the nodes' parameters take.
LARGEST = 2**31 - 1
#: Arguments that only servos behind a serial port have.
SERIAL_ONLY = ("port", "protocol", "imu_port", "calibration")


@dataclass(frozen=True)
class Argument:
    """One launch argument.

    Attributes:
        name: its name.
        default: its default, as it is typed.
        description: one line for help texts.
        choices: what may be given; empty: anything.
    """

    name: str
    default: str
    description: str
    choices: tuple[str, ...] = ()


ARGUMENTS = (
    Argument(
        "backend",
        "sim",
        "what moves: a simulated body, servos behind a serial port, nothing although everything "
        "is computed (shadow), or an echo without physics (mock)",
        ("sim", "serial", "shadow", "mock"),
    ),
    Argument("robot", "realant", "name or file of the robot"),
    Argument("rulebook", "", "name or file of the rulebook; empty: the one named like the robot"),
    Argument("seed", "0", "the first weights, and what is random in a simulated body, derive from it"),
    Argument("body", "intact", "body of the simulated robot (hebb robots lists them)"),
    Argument("faults", "", "what befalls the walk, in control steps: saturate@300:400;wipe=0.333@500"),
    Argument("duration", "0", "control steps after which everything ends; 0: it goes on"),
    Argument("params_file", "", "YAML file of parameters by node; arguments that are given here win over it"),
    Argument("namespace", "", "namespace of all nodes"),
    Argument("use_sim_time", "auto", "auto: simulated time with a simulated body", ("auto", *BOOLEANS)),
    Argument("realtime_factor", "1.0", "simulated seconds per second"),
    Argument("lockstep", "false", "wait for every answer: repeatable, as fast as it goes", BOOLEANS),
    Argument("autostart", "auto", "auto: activate at once, except on serial, where a person does", ("auto", *BOOLEANS)),
    Argument("ramp_time", "1.0", "from the measured pose to the neutral one [s]"),
    Argument("fade_time", "0.5", "from no network to all of it [s]"),
    Argument("record", "false", "write an MCAP recording into the folder recordings", BOOLEANS),
    Argument("report", "false", "at the end, tell the recording's story (hebb launch only)", BOOLEANS),
    Argument("watch", "false", "print speed, learning and faults while it walks", BOOLEANS),
    Argument("view", "false", "open the live page in a browser: hebb view's, for this robot", BOOLEANS),
    Argument("view_port", "8080", "port of the live page; 0: any that is free"),
    Argument("view_host", "127.0.0.1", "address of the live page; beyond loopback, commands need the token it prints"),
    Argument("rviz", "false", "open RViz, where it is installed", BOOLEANS),
    Argument("port", "", "serial port of the servos, backend serial only"),
    Argument("protocol", "", "of the servos: sts, dxl2, dxl1, opencat, realant, hebb; empty: the robot's own"),
    Argument(
        "imu_port",
        "",
        "serial port of the IMU; board: the servo board has one; level: none, on a stand; empty: the topic imu/data",
    ),
    Argument("calibration", "", "calibration file; empty: the robot's own, or as drawn where there is none"),
    Argument("realtime_priority", "0", "SCHED_FIFO priority of plant and controller, where the system grants it"),
    Argument("log_level", "info", "of all nodes", ("debug", "info", "warn", "error")),
    Argument("open_network", "false", "let other machines take part; nobody is asked who they are", BOOLEANS),
)


def resolve(given: Mapping[str, str]) -> dict[str, str]:
    """Return every argument's value, defaults filled in and `auto` decided.

    Raises:
        BadInputError: an argument that does not exist, or a value that it cannot have.
    """
    known = {argument.name: argument for argument in ARGUMENTS}
    for name in given:
        if name not in known:
            raise unknown("launch argument", name, known)
    values = {name: given.get(name, argument.default) for name, argument in known.items()}
    for name, argument in known.items():
        if argument.choices and values[name] not in argument.choices:
            raise unknown(name, values[name], argument.choices)
    simulated = values["backend"] in ("sim", "shadow")
    if values["use_sim_time"] == "auto":
        values["use_sim_time"] = str(simulated).lower()
    if values["autostart"] == "auto":
        values["autostart"] = str(values["backend"] != "serial").lower()
    if values["lockstep"] == "true" and values["backend"] not in ("sim", "mock"):
        raise BadInputError(f"lockstep with backend {values['backend']}: only sim and mock can wait")
    for name, (low, high) in BOUNDS.items():
        if not low <= number(values, name) <= high:
            raise BadInputError(f"{name} {values[name]}: must lie within {low:g} and {high:g}")
    if not re.fullmatch(r"/?([A-Za-z_]\w*(/[A-Za-z_]\w*)*/?)?", values["namespace"], re.ASCII):
        raise BadInputError(f"namespace {values['namespace']!r}: write letters, digits and _, such as ada")
    for name in SERIAL_ONLY:
        if values[name] and values["backend"] != "serial":
            raise BadInputError(f"{name} {values[name]} with backend {values['backend']}: it needs backend:=serial")
    if values["backend"] == "serial" and not values["port"]:
        raise BadInputError("backend serial: give its port:=, such as port:=/dev/ttyUSB0; hebb board find lists them")
    if values["report"] == "true" and values["record"] != "true":
        raise BadInputError("report:=true tells of a recording: add record:=true")
    if values["params_file"] and not Path(values["params_file"]).is_file():
        raise BadInputError(f"params_file {values['params_file']}: no such file")
    return values


def is_true(values: Mapping[str, str], name: str) -> bool:
    """Return an argument that is `true` or `false`."""
    return values[name] == "true"


def whole(values: Mapping[str, str], name: str) -> int:
    """Return an argument that is a whole number.

    Raises:
        BadInputError: it is none, or more than a node's parameter holds.
    """
    number = whole_number(values[name], digits=len(str(LARGEST)))
    if number is None or not 0 <= number <= LARGEST:
        raise BadInputError(f"{name} {values[name]!r}: must be a whole number, 0 or more, at most {LARGEST}")
    return number


def number(values: Mapping[str, str], name: str) -> float:
    """Return an argument that is a number.

    Raises:
        BadInputError: it is none.
    """
    try:
        return float(values[name])
    except ValueError as error:
        raise BadInputError(f"{name} {values[name]!r}: must be a number") from error
