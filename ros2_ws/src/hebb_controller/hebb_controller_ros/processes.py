"""Which processes a launch starts, with which parameters: one list for the launch files and for `hebb launch`.

Nothing here starts anything, and nothing here needs ROS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.live_faults import LiveFaults, is_wipe, split_faults
from hebb_controller.robot import POSITION
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook, rulebook_named_like
from hebb_controller_ros.launch_arguments import SERIAL_ONLY, is_true, number, resolve, whole
from hebb_controller_ros.params_file import not_left_to
from sim.bodies import embody


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
    rulebook = values["rulebook"] or rulebook_named_like(robot.name, values["robot"], "rulebook:=FILE")
    load_rulebook(rulebook).check_robot(robot)
    if values["backend"] in ("sim", "shadow"):
        embody(robot, values["body"])  # refuses a body that there is not
    faults = [text.strip() for text in values["faults"].split(";") if text.strip()]
    simulated = is_true(values, "use_sim_time")
    scheduled, _ = split_faults(faults)  # refuses what cannot be read, before anything starts
    LiveFaults(robot, scheduled, can_weaken=values["backend"] != "serial")  # or what the body cannot have
    common = {"use_sim_time": simulated}
    shared: dict[str, Any] = {
        "namespace": values["namespace"].strip("/"),
        "params_file": values["params_file"],
        "log_level": values["log_level"],
    }
    shadow = values["backend"] == "shadow"
    recorders = int(is_true(values, "record"))
    plant = {
        # The plant makes the time that the others follow.
        "backend": "sim" if shadow else values["backend"],
        "robot": values["robot"],
        "body": values["body"],
        "seed": whole(values, "seed"),
        **{name: values[name] for name in SERIAL_ONLY},
        "lockstep": is_true(values, "lockstep"),
        "realtime_factor": number(values, "realtime_factor"),
        "publish_clock": simulated,
        "listeners": 1 + recorders,
        "realtime_priority": whole(values, "realtime_priority"),
        "horizon": whole(values, "duration"),
        "faults": [text for text in faults if not is_wipe(text)] or [""],
    }
    controller = {
        "robot": values["robot"],
        "rulebook": values["rulebook"],
        "seed": whole(values, "seed"),
        "autostart": is_true(values, "autostart"),
        "lockstep": is_true(values, "lockstep"),
        "shadow": shadow,
        "listeners": recorders + (not shadow),
        "realtime_priority": whole(values, "realtime_priority"),
        "ramp_time": number(values, "ramp_time"),
        "fade_time": number(values, "fade_time"),
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
    if is_true(values, "record"):
        made.insert(0, _minor("recorder", "recorder_node", common | {"robot": robot.name}, shared))
    if is_true(values, "watch"):
        made.append(_minor("watch", "watch_node", common | {"robot": robot.name}, shared))
    if is_true(values, "view"):
        view = {
            "robot": values["robot"],
            "backend": values["backend"],
            "host": values["view_host"],
            "port": whole(values, "view_port"),
        }
        made.append(_minor("view", "view_node", common | view, shared))
    return tuple(
        replace(process, parameters=not_left_to(process.params_file, process.name, process.parameters, given))
        for process in made
    )


def _minor(name: str, executable: str, parameters: dict[str, Any], shared: Mapping[str, Any]) -> Process:
    return Process(name, f"hebb_controller_ros.{executable}", executable, parameters=parameters, **shared)
