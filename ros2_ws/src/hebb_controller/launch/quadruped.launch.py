"""One quadruped: `ros2 launch hebb_controller quadruped.launch.py --show-args` lists what may be given."""

from hebb_controller_ros.launch_builder import description


def generate_launch_description():
    """Return what to launch; a bare launch simulates and moves no hardware."""
    return description()
