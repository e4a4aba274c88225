"""A stage of a trial: `ros2 launch hebb_controller trial.launch.py trial:=FILE stage:=shadow`; see docs/trials.md.

The launch system hands no input to its children: `hebb trial` asks its questions on the terminal itself.
"""

import sys

from launch.actions import DeclareLaunchArgument, EmitEvent, OpaqueFunction, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.substitutions import LaunchConfiguration

from launch import LaunchDescription

#: name -> (default, description, choices)
ARGUMENTS = {
    "trial": (None, "the trial's YAML file, or a shipped name", None),
    "stage": ("", "shadow, suspended or ground; empty: the first that has not passed", None),
    "out": ("", "folder of the trial; empty: trials/NAME", None),
    "resume": ("false", "go on with a stage that was begun", ["true", "false"]),
    "assume_yes": ("false", "ask nobody, where nothing but a simulation moves", ["true", "false"]),
}


def generate_launch_description():
    """Return what to launch."""
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=text, choices=choices)
        for name, (default, text, choices) in ARGUMENTS.items()
    ]
    return LaunchDescription([*declared, OpaqueFunction(function=start)])


def start(context):
    """Return the one process, whose end ends the launch."""
    from launch.actions import ExecuteProcess

    from hebb_controller_ros.trial_run_words import words_of

    given = {name: LaunchConfiguration(name).perform(context) for name in ARGUMENTS}
    trial = ExecuteProcess(cmd=[sys.executable, *words_of(given)], output="screen", name="trial")
    end = EmitEvent(event=Shutdown(reason="the trial has ended"))
    return [trial, RegisterEventHandler(OnProcessExit(target_action=trial, on_exit=[end]))]
