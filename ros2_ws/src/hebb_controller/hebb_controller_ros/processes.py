"""Which processes a launch starts, with which parameters: one list for the launch files and for `hebb launch`.

Nothing here starts anything, and nothing here needs ROS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.live_faults import is_wipe, split_faults
from hebb_controller.robot import POSITION
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from hebb_controller_ros.params_file import not_left_to
from sim.bodies import embody

BOOLEANS = ("true", "false")
#: Least and greatest of the arguments that are numbers: those of the nodes' parameters, known before a node starts.
BOUNDS = {
    "realtime_factor": (0.01, 100.0),
    "ramp_time": (0.0, 60.0),
    "fade_time": (0.0, 60.0),
    "view_port": (0, 65535),
    "realtime_priority": (0, 99),
}
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


@dataclass(frozen=True)
class Process:
    """One process to start.

    Attributes:
        name: name of its node.
        module: run with `python -m`.
        executable: the same under `ros2 run hebb_controller`.
        namespace: of its node; empty: none.
        parameters: of its node, as far as the launch sets them.
        params_file: read before `parameters`; empty: none.
        log_level: of its node.
        critical: True: when it ends, everything ends.
    """

    name: str
    module: str
    executable: str
    namespace: str
    parameters: dict[str, Any] = field(default_factory=dict)
    params_file: str = ""
    log_level: str = "info"
    critical: bool = False


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
        if not low <= _number(values, name) <= high:
            raise BadInputError(f"{name} {values[name]}: must lie within {low:g} and {high:g}")
    if not re.fullmatch(r"(/?[A-Za-z_]\w*)*/?", values["namespace"], re.ASCII):
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


def processes(given: Mapping[str, str]) -> tuple[Process, ...]:
    """Return the processes that these arguments ask for.

    With a `params_file`, parameters that it states are left to it, unless their argument is among those given.

    Raises:
        BadInputError: an argument that does not exist, or a value that it cannot have.
    """
    values = resolve(given)
    robot = load_robot(values["robot"])
    if robot.actuation != POSITION:
        raise BadInputError(
            f"robot {robot.name} is driven by torque: ROS carries position-driven ones, such as realant and sts12"
        )
    load_rulebook(values["rulebook"] or robot.name).check_robot(robot)
    if values["backend"] in ("sim", "shadow"):
        embody(robot, values["body"])  # refuses a body that there is not
    faults = [text.strip() for text in values["faults"].split(";") if text.strip()]
    simulated = _is(values, "use_sim_time")
    split_faults(faults)  # refuses what cannot be read, before anything starts
    common = {"use_sim_time": simulated}
    shared: dict[str, Any] = {
        "namespace": values["namespace"].strip("/"),
        "params_file": values["params_file"],
        "log_level": values["log_level"],
    }
    shadow = values["backend"] == "shadow"
    recorders = int(_is(values, "record"))
    plant = {
        # The plant makes the time that the others follow.
        "backend": "sim" if shadow else values["backend"],
        "robot": values["robot"],
        "body": values["body"],
        "seed": _whole(values, "seed"),
        **{name: values[name] for name in SERIAL_ONLY},
        "lockstep": _is(values, "lockstep"),
        "realtime_factor": _number(values, "realtime_factor"),
        "publish_clock": simulated,
        "listeners": 1 + recorders,
        "realtime_priority": _whole(values, "realtime_priority"),
        "horizon": _whole(values, "duration"),
        "faults": [text for text in faults if not is_wipe(text)] or [""],
    }
    controller = {
        "robot": values["robot"],
        "rulebook": values["rulebook"],
        "seed": _whole(values, "seed"),
        "autostart": _is(values, "autostart"),
        "lockstep": _is(values, "lockstep"),
        "shadow": shadow,
        "listeners": recorders + (not shadow),
        "realtime_priority": _whole(values, "realtime_priority"),
        "ramp_time": _number(values, "ramp_time"),
        "fade_time": _number(values, "fade_time"),
        "faults": [text for text in faults if is_wipe(text)] or [""],
    }
    made = [
        Process("plant", "hebb_controller_ros.plant_node", "plant_node", parameters=plant, critical=True, **shared),
        Process(
            "hebb_controller",
            "hebb_controller_ros.controller_node",
            "controller_node",
            parameters=common | controller,
            critical=True,
            **shared,
        ),
    ]
    if _is(values, "record"):
        made.insert(0, _minor("recorder", "recorder_node", common | {"robot": robot.name}, shared))
    if _is(values, "watch"):
        made.append(_minor("watch", "watch_node", common | {"robot": robot.name}, shared))
    if _is(values, "view"):
        view = {
            "robot": values["robot"],
            "backend": values["backend"],
            "host": values["view_host"],
            "port": _whole(values, "view_port"),
        }
        made.append(_minor("view", "view_node", common | view, shared))
    return tuple(
        replace(process, parameters=not_left_to(process.params_file, process.name, process.parameters, given))
        for process in made
    )


def _minor(name: str, executable: str, parameters: dict[str, Any], shared: Mapping[str, Any]) -> Process:
    return Process(name, f"hebb_controller_ros.{executable}", executable, parameters=parameters, **shared)


def _is(values: Mapping[str, str], name: str) -> bool:
    return values[name] == "true"


def _whole(values: Mapping[str, str], name: str) -> int:
    if not values[name].isdigit():
        raise BadInputError(f"{name} {values[name]!r}: must be a whole number, 0 or more")
    return int(values[name])


def _number(values: Mapping[str, str], name: str) -> float:
    try:
        return float(values[name])
    except ValueError as error:
        raise BadInputError(f"{name} {values[name]!r}: must be a number") from error
