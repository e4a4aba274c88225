"""The words that other tools build on: targets of the Makefile, what each installs, and what is said without Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def make(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON"}}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=clean | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder with what the Makefile reads, and no .venv."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def test_help_lists_the_targets() -> None:
    listed = {line.split()[0] for line in make("help").stdout.splitlines()}
    assert {"install", "install-dev", "run", "test", "lint", "typecheck", "format", "bench", "clean"} <= listed


def test_run_installs_neither_torch_nor_test_tools(clone: Path) -> None:
    plan = make("--dry-run", "run", folder=clone).stdout
    assert "-e '.[record,robot,ros,train,view]'" in plan
    assert "'.[dev]'" not in plan
    assert ".venv/bin/hebb launch" in plan


def test_test_installs_everything(clone: Path) -> None:
    plan = make("--dry-run", "test", folder=clone).stdout
    assert plan.index("-e '.[record,robot,ros,train,view]'") < plan.index("-e '.[dev]'") < plan.index("pytest")


def test_says_what_to_do_without_a_fitting_python(clone: Path) -> None:
    tools = clone / "tools"
    tools.mkdir()
    for tool in ("sh", "touch", "test", "printf"):
        if found := shutil.which(tool):
            (tools / tool).symlink_to(found)
    (tools / "make").symlink_to(shutil.which("make") or "")
    done = make("install", folder=clone, PATH=str(tools), HOME=str(clone))
    assert done.returncode == 2
    assert "Python 3.10 or 3.11" in done.stderr
    assert not (clone / ".venv").exists()


def test_refuses_an_interpreter_that_does_not_fit(clone: Path) -> None:
    wrong = clone / "python3.99"
    wrong.write_text("#!/bin/sh\nexit 1\n")
    wrong.chmod(0o755)
    done = make("install", f"PYTHON={wrong}", folder=clone)
    assert done.returncode == 2
    assert f"PYTHON={wrong}: not a Python 3.10 or 3.11" in done.stderr


def test_every_pin_is_a_plain_version() -> None:
    for pins in (ROOT / "requirements").glob("*.txt"):
        for line in pins.read_text().splitlines():
            if not line.startswith("#"):
                name, _, version = line.partition("==")
                assert name and version and set(version) <= set("0123456789.abcrpost"), f"{pins.name}: {line}"


@pytest.mark.skipif(sys.version_info[:2] not in ((3, 10), (3, 11)), reason="pins are for 3.10 and 3.11")
def test_there_are_pins_for_this_python() -> None:
    assert (ROOT / "requirements" / f"python{sys.version_info[0]}.{sys.version_info[1]}.txt").is_file()
