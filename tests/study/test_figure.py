"""How the pictures look: every condition has a colour of its own, and panels keep what is drawn in sight."""

from __future__ import annotations

import pytest

from sim.studies.parts.clock_figure import draw as draw_clocks
from sim.studies.parts.long_lives import LONG
from sim.studies.parts.recovery_figure import place_of_never, time_axis, times
from sim.study.catalogue import all_studies
from sim.study.colours import LOOKS, MUTED
from sim.study.figure import empty_figure, points_with_intervals
from sim.study.intervals import of_median
from tests.study.made_up import record


def test_every_condition_of_a_study_has_a_colour_of_its_own() -> None:
    asked = {condition for study in all_studies().values() for condition in study.needs}
    assert asked - set(LOOKS) == set()
    colours = [colour.lower() for colour, _ in LOOKS.values()] + [colour.lower() for colour in MUTED]
    assert len(colours) == len(set(colours))


def test_a_time_that_never_came_stands_above_all_numbers_and_the_least_one_is_explained() -> None:
    figure, axes = empty_figure()
    time_axis(axes, 400, "steps", 23, "at cruising speed from step 0")
    times(axes, 0.0, [30.0, float("inf")], of_median([30.0, float("inf")]), "#000000", 400)
    highest = max(max(line.get_ydata()) for line in axes.get_lines() if len(line.get_xdata()) == 2)
    assert highest == place_of_never(400) < axes.get_ylim()[1]
    assert [text.get_text() for text in axes.texts] == ["line at 23: what a robot at cruising speed from step 0 gets"]


def test_intervals_are_drawn_from_end_to_end() -> None:
    for flat in (False, True):
        _, axes = empty_figure()
        middle = of_median([1.0, 2.0, 3.0, 4.0, 9.0])
        points_with_intervals(axes, [5.0], [middle], "#000000", flat=flat)
        (bar,) = axes.collections[0].get_segments()
        ends = ((middle.low, 5.0), (middle.high, 5.0)) if flat else ((5.0, middle.low), (5.0, middle.high))
        assert bar.ravel().tolist() == pytest.approx([x for end in ends for x in end])


def test_small_panels_share_a_scale_that_holds_all_lines() -> None:
    fast = [record("norm-none", 1, LONG, paces=[2.0] * 10, attractor="unbounded")]
    slow = [record("hebbian-dr", 1, LONG, paces=[0.1] * 10, attractor="limit cycle")]
    panels = [axes for part in draw_clocks(slow + fast).subfigs for axes in part.axes]
    assert [axes.get_title().split("\n")[0] for axes in panels[:2]] == ["max", "none"]
    assert all(axes.get_ylim()[0] == 0.0 and axes.get_ylim()[1] > 2.0 for axes in panels[:2])
    types = panels[3]
    assert [label.get_text() for label in types.get_xticklabels()] == ["max (n = 1)", "none (1)"]
    heights = {line.get_ydata()[0] for line in types.get_lines()}
    assert {types.get_yticklabels()[int(h)].get_text() for h in heights} == {"limit cycle", "unbounded"}
