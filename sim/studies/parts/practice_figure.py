"""The picture of the study of practice."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.actuator_faults import HEALTHY, SATURATED, STEPS
from sim.studies.parts.failure_measures import speed_after
from sim.studies.parts.practice_lives import CONDITIONS, ENDING, LONGER, REVERSED, WIPED, of_study
from sim.studies.parts.recoveries import recovery_times
from sim.studies.parts.recovery_figure import time_axis, times
from sim.study.figure import colour_of, empty_figure, legend_of, mark_of, medians_with_samples, name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where

LABELS = {
    HEALTHY: "nothing\nfails",
    SATURATED: "saturated\n100 steps",
    REVERSED: "saturated the\nother way",
    LONGER: "saturated\n200 steps",
    WIPED: "a third of\nthe weights\nwiped",
}
#: The longest recovery that a life of study 2 can show.
LONGEST = STEPS - 400
STEP = 0.165


def draw(records: Sequence[Record]) -> Figure:
    """Draw recovery times and the speed after, by what befell the life."""
    figure, (left, right) = empty_figure(13.0, 5.4, columns=2)
    mine = of_study(records)
    there = [c for c in CONDITIONS if where(mine, condition=c)]
    time_axis(left, LONGEST, "steps to 90 % of the speed before")
    asked = (*ENDING, WIPED)
    for number, condition in enumerate(there):
        offset = STEP * (number - 0.5 * (len(there) - 1))
        colour, mark = colour_of(condition), mark_of(condition)
        for place, treatment in enumerate(asked):
            found = list(recovery_times(where(mine, condition=condition, treatment=treatment)).values())
            label = f"{name_of(condition)}, n = {len(found)}" if treatment == SATURATED else ""
            middle = of_median(found)
            times(left, place + offset, found, middle, colour, LONGEST, label, mark=mark, spread=0.3 * STEP)
        lives = where(mine, condition=condition)
        speeds = [list(speed_after(lives, group).values()) for group in LABELS]
        places = [k + offset for k in range(len(LABELS))]
        medians_with_samples(right, places, speeds, colour, mark=mark, spread=0.3 * STEP)
    left.set_xticks(range(len(asked)), [LABELS[name] for name in asked])
    left.set_title("How soon does it walk again?")
    right.set_xticks(range(len(LABELS)), LABELS.values())
    right.set(ylabel="speed after [m/s]")
    right.grid(axis="y")
    right.set_title("How fast does it walk then?")
    for axes, groups in ((left, asked), (right, LABELS)):
        axes.set_xlim(-0.5, len(groups) - 0.5)
        for edge in range(1, len(groups)):
            axes.axvline(edge - 0.5, color="#DDDDDD", lw=0.6, zorder=0)
    legend_of(figure, left, 3)
    return figure
