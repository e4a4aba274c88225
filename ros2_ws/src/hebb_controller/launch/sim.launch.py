"""One simulated quadruped, for testing: like quadruped.launch.py with nothing but the simulator."""

from hebb_controller_ros.launch_builder import description


def generate_launch_description():
    """Return what to launch."""
    return description(fixed={"backend": "sim", "port": ""})
