"""`make avr-tools`: silent where all is there, one line and no failure where nothing is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from avr_build import missing_tools

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def avr_tools(path: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    return subprocess.run(
        ["make", "avr-tools"], cwd=ROOT, env=clean | {"PATH": path}, capture_output=True, text=True, check=False
    )


def test_says_how_where_there_is_no_apt(tmp_path: Path) -> None:
    for tool in ("sh", "make", "id", "env"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    done = avr_tools(str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith("the servo board's firmware is not tested here") and "sudo apt install" in line


@pytest.mark.skipif(bool(missing_tools()), reason=missing_tools() or "all there")
def test_is_silent_where_all_is_there() -> None:
    done = avr_tools(os.environ["PATH"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
