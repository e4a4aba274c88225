"""Fixtures: a chip that runs the true firmware, and the board in both of its shapes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from avr_build import missing_tools
from either_board import EitherBoard, emulated
from simulated_board import SimulatedBoard, simulated_board


@pytest.fixture
def chip() -> Iterator[SimulatedBoard]:
    """A chip that has just got power."""
    if reason := missing_tools():
        pytest.skip(reason)
    with simulated_board() as board:
        yield board


@pytest.fixture(params=["emulation", "firmware"])
def either(request: pytest.FixtureRequest) -> Iterator[EitherBoard]:
    """The board in one shape, then in the other."""
    if request.param == "emulation":
        with emulated() as board:
            yield board
        return
    board = request.getfixturevalue("chip")
    yield EitherBoard(board.line_path, board.seconds, board.reset, board.set_supply)
