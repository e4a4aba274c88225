"""What a robot's small computer installs comes as wheels: pip resolves it for CPython 3.12 on aarch64, from here."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")


def test_robot_extra_resolves_to_wheels_on_aarch64(tmp_path: Path) -> None:
    every = requires("hebb-controller") or []
    wanted = [line.split(";")[0].strip() for line in every if "extra ==" not in line or 'extra == "robot"' in line]
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--target", str(tmp_path / "none")]
    command += ["--only-binary=:all:", "--implementation=cp", "--python-version=3.12", "--report", str(report)]
    command += [f"--platform={name}" for name in PLATFORMS]
    done = subprocess.run([*command, *wanted], capture_output=True, text=True)
    if "Connection" in done.stderr or "name resolution" in done.stderr:
        pytest.skip("no package index in reach")
    assert done.returncode == 0, done.stderr
    resolved = {
        e["metadata"]["name"].lower(): e["download_info"]["url"] for e in json.loads(report.read_text())["install"]
    }
    assert {"numpy", "numba", "llvmlite", "pyserial", "pyyaml", "safetensors"} <= set(resolved)
    assert all(url.endswith(".whl") for url in resolved.values())
    compiled = {name: url for name, url in resolved.items() if name in ("numpy", "numba", "llvmlite")}
    assert all("aarch64" in url and "cp312" in url for url in compiled.values()), compiled
    heavy = {"torch", "pybullet", "matplotlib"} & set(resolved)
    assert not heavy, f"a robot needs none of {heavy}"
