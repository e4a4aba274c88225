"""Who walks again, Hebbian beside static: after saturation, beside the same lives without it; under faults that stay.

Which of the two recovers more often depends on the fault, so that none of these sentences stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.actuator_faults import HEALTHY, SATURATED, STAYING, of_kind
from sim.studies.parts.recoveries import counted, shares_recovered
from sim.study.intervals import of_difference, of_median
from sim.study.paired import of_paired_difference
from sim.study.records import Record
from sim.study.study import Figures
from sim.study.summaries import weighing_alike


def recovered_after_staying(records: Sequence[Record], part: str) -> dict[int, float]:
    """Return the share of lives that regain their speed under faults that stay, kinds weighing alike, by evolution."""
    return weighing_alike([shares_recovered(of_kind(records, f"{word} {part}")) for word in STAYING])


def saturation_said(hebbian: Sequence[Record], static: Sequence[Record], figures: Figures) -> str:
    """Compare the lives that walk again after saturation with the same lives without it."""
    parts = []
    for name, mine in (("Hebbian", hebbian), ("static", static)):
        saturated, healthy = of_kind(mine, SATURATED), of_kind(mine, HEALTHY)
        lost = of_paired_difference(shares_recovered(saturated), shares_recovered(healthy))
        figures[f"recovered after saturation minus healthy, {name}"] = lost.figure
        parts.append(
            f"{name} {counted(saturated)} lives, {counted(healthy)} of the same without it, difference by evolution "
            f"{lost.text()}"
        )
    more = of_difference(*(list(shares_recovered(of_kind(each, SATURATED)).values()) for each in (hebbian, static)))
    return (
        f"realant, lives that regain their speed to stay after saturation: {'; '.join(parts)}. Hebbian minus static "
        f"{more.text()}, n = {more.n}: "
        f"{more.told('more lives recover with Hebbian rules', 'fewer lives recover with Hebbian rules')}. A static "
        "network has nothing to recover: its time is the body's."
    )


def staying_said(hebbian: Sequence[Record], static: Sequence[Record], part: str, figures: Figures) -> str:
    """Compare the lives that walk again under faults that stay."""
    shares = [list(recovered_after_staying(each, part).values()) for each in (hebbian, static)]
    gap = of_difference(*shares)
    figures[f"recovered, {part} faults, Hebbian minus static"] = gap.figure
    both = [f"{name} {of_median(found).text()}" for name, found in zip(("Hebbian", "static"), shares, strict=True)]
    return (
        f"realant, share of lives that regain 90 % of their speed with one {part} limp, locked, weak or late to the "
        f"end: {', '.join(both)}; Hebbian minus static {gap.text()}, n = {gap.n}: "
        f"{gap.told('more lives recover with Hebbian rules', 'fewer lives recover with Hebbian rules')}."
    )
