"""What all tests share: markers that follow from where a test lies, and what is skipped without its dependency."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: Marker -> the package that its tests need.
NEEDS = {"ros": "rclpy", "sim": "pybullet"}
TESTS = Path(__file__).parent

# The same examples in every run, and no deadline: the machine may be busy evolving.
settings.register_profile(
    "steady", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

# Without PyBullet the tests of the offline half cannot even be imported.
collect_ignore = [] if importlib.util.find_spec("pybullet") else ["sim"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in tests/sim as `sim` and in tests/benchmarks as `slow`; skip what cannot run here."""
    missing = {marker for marker, package in NEEDS.items() if importlib.util.find_spec(package) is None}
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder == "sim":
            item.add_marker(pytest.mark.sim)
        if folder == "benchmarks":
            item.add_marker(pytest.mark.slow)
        for marker in missing & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.skip(reason=f"needs {NEEDS[marker]}"))
