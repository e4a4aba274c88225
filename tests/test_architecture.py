"""Whole-tree rules that go beyond single folders' imports (`test_import_rule.py`): the ROS edge, and every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "hebb_controller"
OPTIONAL = {"torch", "onnx", "onnxruntime", "pybullet", "mujoco", "serial", "rclpy", "matplotlib", "PIL", "tqdm"}
OPTIONAL |= {"gymnasium", "pygame", "Box2D", "sklearn", "ray"}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_every_core_module_imports_without_anything_optional() -> None:
    modules = [f"hebb_controller.{p.stem}" for p in sorted(CORE.glob("*.py")) if not p.stem.startswith("__")]
    program = f"import sys, importlib\n[importlib.import_module(m) for m in {modules!r}]\n"
    program += f"print(*sorted(({OPTIONAL!r} | {{'sim', 'firmware_bridge', 'calibration'}}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_only_the_edge_knows_ros() -> None:
    folders = ("hebb_controller", "sim", "firmware_bridge", "calibration")
    ros = {"rclpy", "launch", "launch_ros", "sensor_msgs", "std_msgs", "trajectory_msgs", "hebb_controller_ros"}
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if (bad := imported(path) & ros) and not path.name.startswith("cli_")
    }
    assert wrong == {}


@pytest.mark.parametrize("folder", ["hebb_controller", "sim", "firmware_bridge", "calibration", "ros2_ws"])
def test_nothing_unpickles_or_evaluates(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not imported(path) & {"pickle", "dill", "cloudpickle"}, path
        calls = [n.func for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
        assert not [f for f in calls if isinstance(f, ast.Name) and f.id in ("eval", "exec")], path
        unsafe = [f for f in calls if isinstance(f, ast.Attribute) and f.attr in ("unsafe_load", "full_load")]
        assert not unsafe, path
        loads = [ast.unparse(f) for f in calls if isinstance(f, ast.Attribute) and f.attr == "load"]
        assert "yaml.load" not in loads and "torch.load" not in loads, path
