"""The ROS 2 package around `hebb_controller_ros`; the library below it is installed with pip."""

from pathlib import Path

from setuptools import setup

PACKAGE = "hebb_controller"
NODES = ("controller_node", "plant_node", "recorder_node", "view_node", "watch_node")


def files(folder: str) -> tuple[str, list[str]]:
    """Return where a folder's files go, and which they are."""
    return f"share/{PACKAGE}/{folder}", [str(path) for path in sorted(Path(folder).iterdir())]


setup(
    name=PACKAGE,
    version="0.1.0",
    description="Quadruped controllers that learn while they walk, as ROS 2 nodes",
    license="Apache-2.0",
    packages=["hebb_controller_ros"],
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
        files("launch"),
        files("config"),
        files("rviz"),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    entry_points={"console_scripts": [f"{node} = hebb_controller_ros.{node}:main" for node in NODES]},
)
