"""Charts: round ticks, things where they belong, marks of every kind."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebb_controller_ros.trial_report_svg import MARKS, WIDTH, Chart, sample, ticks


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_and_lie_within(low: float, wide: float) -> None:
    found = ticks(low, low + wide)
    assert 2 <= len(found) <= 7
    assert low - 1e-6 * wide <= found[0] and found[-1] <= low + wide + 1e-6 * wide
    step = found[1] - found[0]
    leading = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(leading - nice) for nice in (1.0, 2.0, 2.5, 5.0, 10.0)) < 1e-2


def test_points_lie_where_the_axes_say() -> None:
    chart = Chart("c", (0.0, 10.0), (0.0, 2.0), "x", "y")
    left, bottom = chart.at(0.0, 0.0)
    right, top = chart.at(10.0, 2.0)
    assert left < right <= WIDTH and top < bottom <= chart.height
    assert chart.at(5.0, 1.0) == pytest.approx(((left + right) / 2, (top + bottom) / 2))


def test_every_part_is_well_formed_and_words_are_escaped() -> None:
    chart = Chart('a "label" <', (0.0, 0.0), (1.0, 1.0), "x", "y")
    chart.band(-5.0, 5.0, "band", "<&>")
    chart.line([0.0, math.nan, 2.0], [1.0, 1.0, math.inf], "c0", "<&>")
    chart.line(range(5000), range(5000), "c1")
    chart.bar(0.0, 1.0, 0.0, 0.5, "hold", "<&>")
    chart.column_labels(["<a>", "a name that is far too long for the room that is there"] * 4)
    for mark in MARKS:
        chart.dot(0.0, 1.0, "c2", mark, "<&>")
        ElementTree.fromstring(sample("c0", "d1", mark))
    picture = ElementTree.fromstring(chart.svg())
    assert picture.get("aria-label") == 'a "label" <'
    assert all("nan" not in str(part.attrib) for part in picture.iter())
    thinned = [part for part in picture.iter("polyline") if part.get("class") == "line c1"]
    assert len((thinned[0].get("points") or "").split()) <= 2 * WIDTH
