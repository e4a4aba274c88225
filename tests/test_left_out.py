"""Tests whose dependency is missing: left out and said so by pytest itself, refused where nothing may be left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Pytest in an environment in which rclpy cannot be found.
_WITHOUT = """
import importlib.util, sys
import pytest
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "rclpy" else real(name, package)
sys.exit(pytest.main(["--collect-only", "-p", "no:cacheprovider", "tests/test_left_out.py"]))
"""


@pytest.mark.parametrize(
    ("judges", "code", "said"),
    [
        ("", 0, "left out: all tests marked ros, which need rclpy"),
        ("1", 4, "rclpy cannot be found, and no test may be"),
    ],
)
def test_what_is_missing_is_said_or_refused(judges: str, code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"HEBB_JUDGES": judges},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code and said in done.stdout + done.stderr
