"""The launch description: every process of `processes`, as actions of the ROS launch system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hebb_controller.robot_file import load_robot
from hebb_controller_ros.launch_arguments import ARGUMENTS, resolve
from hebb_controller_ros.launch_command import DISCOVERY, reach_of, warning_of
from hebb_controller_ros.processes import processes


def description(fixed: Mapping[str, str] | None = None) -> Any:
    """Return a `LaunchDescription` with every argument, apart from those that `fixed` decides."""
    from launch.actions import DeclareLaunchArgument, OpaqueFunction
    from launch.substitutions import LaunchConfiguration

    from launch import LaunchDescription

    fixed = {"report": "false"} | dict(fixed or {})  # `hebb report` tells it afterwards
    declared = [argument for argument in ARGUMENTS if argument.name not in fixed]

    def start(context: Any) -> list[Any]:
        values = {a.name: LaunchConfiguration(a.name).perform(context) for a in declared}
        # What stands at its default counts as not given: the launch system does not tell them apart.
        return actions({a.name: values[a.name] for a in declared if values[a.name] != a.default} | fixed)

    declarations = [
        DeclareLaunchArgument(
            argument.name,
            default_value=argument.default,
            description=argument.description,
            choices=list(argument.choices) or None,
        )
        for argument in declared
    ]
    return LaunchDescription([*declarations, OpaqueFunction(function=start)])


def actions(given: Mapping[str, str]) -> list[Any]:
    """Return the actions for arguments that are known: the nodes, and an end for all when one that matters ends."""
    from ament_index_python.packages import get_package_share_directory
    from launch.actions import EmitEvent, LogInfo, RegisterEventHandler, SetEnvironmentVariable
    from launch.event_handlers import OnProcessExit
    from launch.events import Shutdown
    from launch_ros.actions import Node

    values = resolve(given)
    reach = reach_of(values)
    made: list[Any] = [SetEnvironmentVariable(DISCOVERY, reach)]
    if warning_of(reach):
        made.append(LogInfo(msg=warning_of(reach)))
    for process in processes(given):
        node = Node(
            package="hebb_controller",
            executable=process.executable,
            name=process.name,
            namespace=process.namespace,
            parameters=[*([process.params_file] if process.params_file else []), process.parameters],
            arguments=["--ros-args", "--log-level", process.log_level],
            output="screen",
        )
        made.append(node)
        if process.critical:
            end = EmitEvent(event=Shutdown(reason=f"{process.name} ended"))
            made.append(RegisterEventHandler(OnProcessExit(target_action=node, on_exit=[end])))
    if values["rviz"] == "true":
        from sim.urdf import robot_urdf

        urdf = robot_urdf(load_robot(values["robot"]))
        publisher = {"package": "robot_state_publisher", "executable": "robot_state_publisher"}
        made.append(Node(**publisher, namespace=values["namespace"], parameters=[{"robot_description": urdf}]))
        config = Path(get_package_share_directory("hebb_controller"), "rviz", "hebb.rviz")
        made.append(Node(package="rviz2", executable="rviz2", name="rviz", arguments=["-d", str(config)]))
    return made
