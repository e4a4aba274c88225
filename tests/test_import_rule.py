"""Who may import whom, and what the core may not load: read from the sources, then tried in a fresh interpreter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Folder -> the folders of this project that it may import, at any place in a file.
MAY_IMPORT = {
    "hebb_controller": {"hebb_controller"},
    "sim": {"sim", "hebb_controller"},
    "firmware_bridge": {"firmware_bridge", "hebb_controller"},
    "calibration": {"calibration", "firmware_bridge", "hebb_controller"},
}
#: What importing the core must not load.
HEAVY = {"torch", "pybullet", "matplotlib", "PIL", "onnx", "onnxruntime", "serial", "rclpy", "mujoco", "tqdm"}
#: Verbs of `hebb` reach for the other halves, inside their functions only.
COMMAND_LINE = {"cli.py"} | {p.name for p in (ROOT / "hebb_controller").glob("cli_*.py")}


def imports(source: str, everywhere: bool) -> Iterator[str]:
    """Yield the top-level names that a source imports: everywhere, or only while it is itself imported."""
    nodes = [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif everywhere or not _runs_later(node):
            nodes.extend(ast.iter_child_nodes(node))


def _runs_later(node: ast.AST) -> bool:
    typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    return typing_only or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_folders_import_only_what_lies_below_them(folder: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path in modules(folder)
        if (bad := set(imports(path.read_text(), path.name not in COMMAND_LINE)) & set(MAY_IMPORT) - MAY_IMPORT[folder])
    }
    assert wrong == {}


def test_core_needs_nothing_heavy_at_module_level() -> None:
    wrong = {
        path.name: sorted(bad)
        for path in modules("hebb_controller")
        if (bad := set(imports(path.read_text(), everywhere=False)) & (HEAVY | {"sim"}))
    }
    # The bridges to torch and ONNX are modules of their own; nothing else of the core imports them when it is imported.
    assert {name for name in wrong if not name.startswith(("torch_", "onnx_"))} == set()


@pytest.mark.parametrize("module", ["hebb_controller", "hebb_controller.cli"])
def test_core_loads_nothing_heavy(module: str) -> None:
    if not (ROOT / (module.replace(".", "/") + ".py")).exists() and "." in module:
        pytest.skip(f"{module} does not exist")
    program = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
