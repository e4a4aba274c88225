"""The ROS package's own files: what colcon and rosdep read agrees with what is there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

PACKAGE = Path(__file__).parents[2] / "ros2_ws" / "src" / "hebb_controller"
MODULE = PACKAGE / "hebb_controller_ros"
#: ROS packages that a file imports.
ROS = {"rclpy", "launch", "launch_ros", "ament_index_python", "builtin_interfaces", "rcl_interfaces"}


def imported() -> set[str]:
    names = set()
    for path in MODULE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
            elif isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
    return {name for name in names if name.endswith(("_msgs", "_srvs")) or name in ROS}


def test_every_ros_import_is_a_dependency() -> None:
    root = ElementTree.parse(PACKAGE / "package.xml").getroot()
    assert root.get("format") == "3" and root.findtext("name") == "hebb_controller"
    declared = {e.text for e in root.findall("exec_depend")}
    assert imported() <= declared, imported() - declared
    assert root.findtext("export/build_type") == "ament_python"


def test_versions_agree() -> None:
    import hebb_controller

    version = ElementTree.parse(PACKAGE / "package.xml").getroot().findtext("version")
    assert version == hebb_controller.__version__
    assert f'version="{version}"' in (PACKAGE / "setup.py").read_text()


def test_executables_are_those_that_processes_start() -> None:
    from hebb_controller_ros.processes import processes

    text = (PACKAGE / "setup.py").read_text()
    nodes = set(re.findall(r'"(\w+_node)"', text))
    started = processes({"record": "true", "view": "true", "watch": "true"})
    assert {process.executable for process in started} == nodes
    for process in started:
        assert "def main() -> int:" in (MODULE / f"{process.executable}.py").read_text()


def test_script_folders_are_where_ros2_run_looks() -> None:
    text = (PACKAGE / "setup.cfg").read_text()
    assert text.count("=$base/lib/hebb_controller") == 2
    assert (PACKAGE / "resource" / "hebb_controller").is_file()


def test_installs_with_setuptools_as_colcon_does(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "setup.py",
        "-q",
        "install",
        "--root",
        str(tmp_path),
        "--single-version-externally-managed",
    ]
    words += ["--record", str(tmp_path / "record")]
    work = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(PACKAGE), str(work)], check=True)
    done = subprocess.run(words, cwd=work, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    installed = (tmp_path / "record").read_text()
    for wanted in ("lib/hebb_controller/controller_node", "launch/quadruped.launch.py", "packages/hebb_controller"):
        assert wanted in installed


@pytest.mark.parametrize("file", sorted((PACKAGE / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_parameters_exist(file: Path) -> None:
    pytest.importorskip("rclpy")
    from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
    from hebb_controller_ros.plant_parameters import PLANT_PARAMETERS

    known = {"hebb_controller": CONTROLLER_PARAMETERS, "plant": PLANT_PARAMETERS}
    for node, section in yaml.safe_load(file.read_text()).items():
        specs = {spec.name: spec for spec in known[node]}
        for name, value in section["ros__parameters"].items():
            assert type(value) is type(specs[name].default)
