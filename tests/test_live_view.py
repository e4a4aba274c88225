"""The live view of a life in both of its forms: a block redrawn in place, plain lines."""

from __future__ import annotations

import dataclasses
import io
import os
import re

import pytest
from made_life import DT, moment

from hebb_controller.safety import Mode
from sim.live_view import PlainView, TerminalView, make_view


def test_logs_get_plain_lines() -> None:
    stream = io.StringIO()
    view = make_view("title", 300, DT, stream)
    assert isinstance(view, PlainView)
    for step in range(300):
        view.show(moment(step, mode=Mode.HOLD if step >= 150 else Mode.NOMINAL))
    view.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1 + 1 + 3 + 1  # title, first step, every hundredth, the change of mode
    assert "\x1b" not in stream.getvalue() and "hold: a reason" in lines[3]


def test_a_terminal_gets_one_block_in_place_and_its_cursor_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream, now = io.StringIO(), [0.0]
    view = TerminalView("title", 300, DT, stream, lambda: now[0])
    for step in range(300):
        now[0] += DT
        view.show(moment(step))
    view.close()
    text = stream.getvalue()
    nb_lines = 7
    assert text.startswith("\x1b[?25l") and text.endswith("\x1b[?25h")
    assert text.count(f"\x1b[{nb_lines}A") == text.count("title") - 1
    assert text.count("title") <= 20 * 300 * DT + 2
    assert "step 300/300" in text
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in "".join(TerminalView("t", 300, DT, io.StringIO())._lines(moment(3), 80))


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_view("title", 10, DT, stream), PlainView)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(make_view("title", 10, DT, stream), TerminalView)


@pytest.mark.parametrize("columns", [1, 20, 39, 49, 60, 200])
@pytest.mark.parametrize("coloured", [True, False])
def test_no_line_is_wider_than_the_terminal(columns: int, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 24)))
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not coloured:
        monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    view = TerminalView("a title that is rather long", 300, DT, stream)
    held = moment(7, mode=Mode.HOLD)
    reason = "a reason that somebody has written down at a length of more than a hundred columns, which is a lot"
    view.show(dataclasses.replace(held, record=dataclasses.replace(held.record, reason=reason)))
    view.close()
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue()).splitlines()
    assert len(lines) == 14 and max(map(len, lines)) <= min(columns, 100)
    assert stream.getvalue().count("\x1b[0m") == (0 if not coloured else 2 * 3)
