"""Who walks again, Hebbian beside static: after saturation, beside the same lives without it; under faults that stay.

Which of the two recovers more often depends on the fault, so that none of these sentences stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.actuator_faults import HEALTHY, SATURATED, STAYING, of_kind
from sim.studies.parts.failure_measures import kept
from sim.studies.parts.recoveries import counted, recovery_times, shares_recovered
from sim.studies.parts.several_intervals import excluding
from sim.study.intervals import of_difference, of_median
from sim.study.records import Record
from sim.study.study import Figures
from sim.study.summaries import differences, weighing_alike

#: What both kinds of network keep of the speed that they have over the same steps without saturation.
KEPT = "speed kept, of that without saturation"


def recovered_after_staying(records: Sequence[Record], part: str) -> dict[int, float]:
    """Return the share of lives that regain their speed under faults that stay, kinds weighing alike, by evolution."""
    return weighing_alike([shares_recovered(of_kind(records, f"{word} {part}")) for word in STAYING])


def saturation_said(hebbian: Sequence[Record], static: Sequence[Record], figures: Figures) -> list[str]:
    """Compare lives that were saturated with the same lives without it, and both kinds of network in what it costs."""
    both = {"Hebbian": hebbian, "static": static}
    parts, lost = [], []
    for name, mine in both.items():
        saturated, healthy = of_kind(mine, SATURATED), of_kind(mine, HEALTHY)
        lost.append(list(differences(shares_recovered(saturated), shares_recovered(healthy)).values()))
        change = of_median(lost[-1])
        figures[f"recovered after saturation minus healthy, {name}"] = change
        parts.append(
            f"{name} {counted(saturated)} lives, {counted(healthy)} of the same without it, difference by evolution "
            f"{change.text()}"
        )
    times = [list(recovery_times(of_kind(each, SATURATED)).values()) for each in both.values()]
    speeds = [list(kept(each, SATURATED).values()) for each in both.values()]
    asked = {
        "steps to 90 % of the speed": of_difference(*times),
        "share of lives that regain it, less that without saturation": of_difference(*lost),
        KEPT: of_difference(*speeds),
    }
    asked = {words: gap for words, gap in asked.items() if gap.n}
    figures |= {f"after saturation, Hebbian minus static, {words}": gap for words, gap in asked.items()}
    listed = "; ".join(f"{words} {gap.text('.0f' if 'steps' in words else '.3f')}" for words, gap in asked.items())
    n = min((gap.n for gap in asked.values()), default=0)
    return [
        f"realant, lives that regain their speed to stay after saturation: {'; '.join(parts)}.",
        f"realant after saturation, Hebbian minus static, n = {n}: {listed}: {excluding(asked, 0.0)}. A static network "
        "has nothing to recover: its time is the body's.",
    ]


def staying_said(hebbian: Sequence[Record], static: Sequence[Record], part: str, figures: Figures) -> str:
    """Compare the lives that walk again under faults that stay."""
    shares = [list(recovered_after_staying(each, part).values()) for each in (hebbian, static)]
    gap = of_difference(*shares)
    figures[f"recovered, {part} faults, Hebbian minus static"] = gap
    both = [f"{name} {of_median(found).text()}" for name, found in zip(("Hebbian", "static"), shares, strict=True)]
    return (
        f"realant, share of lives that regain 90 % of their speed with one {part} limp, locked, weak or late to the "
        f"end: {', '.join(both)}; Hebbian minus static {gap.text()}, n = {gap.n}: "
        f"{gap.told('more lives recover with Hebbian rules', 'fewer lives recover with Hebbian rules')}."
    )
