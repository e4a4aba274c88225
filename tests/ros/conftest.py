"""Fixtures: nodes and a listener on a domain of their own for every test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("rclpy")
from ros_processes import Ears, Nodes

if TYPE_CHECKING:
    from serial_bench import Bench

_numbers = itertools.count()


@pytest.fixture
def domain() -> int:
    """A domain id that no other test of this run, nor a run beside it, uses (0 to 101 are good everywhere)."""
    return 10 + (os.getpid() * 7 + next(_numbers)) % 90


@pytest.fixture
def nodes(domain: int) -> Iterator[Nodes]:
    """Nodes on the test's domain."""
    made = Nodes(domain)
    yield made
    made.close()


@pytest.fixture
def ears(domain: int) -> Iterator[Ears]:
    """A listener on the test's domain."""
    made = Ears(domain)
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Servos on a bench, behind a port."""
    from serial_bench import Bench  # needs pyserial, as few tests do

    made = Bench(tmp_path)
    yield made
    made.close()
