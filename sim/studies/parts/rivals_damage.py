"""What damage in the middle of a life does to the rivals: speed kept, steps to regain it, falls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.recoveries import recovery_time, speeds_kept, time_text
from sim.study.figure import name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Table

SATURATE, LOCK = "saturate", "lock"


def kept(records: Sequence[Record], condition: str, treatment: str) -> list[float]:
    """Return the mean speed after damage as a share of that before, one number per evolution."""
    return list(speeds_kept(where(records, condition=condition, treatment=treatment)).values())


def damage_said(records: Sequence[Record], there: Sequence[str]) -> list[str]:
    """Return a sentence on each damage."""
    said = []
    for treatment, words in ((SATURATE, "Saturated for 100 steps"), (LOCK, "With a leg locked")):
        shares = {condition: of_median(kept(records, condition, treatment)) for condition in there}
        parts = [
            f"{name_of(c)} {share.text()}" + (f" (n = {share.n})" if np.isfinite(share.low) else "")
            for c, share in shares.items()
            if share.n
        ]
        if parts:
            said.append(f"{words}, the speed kept is: {'; '.join(parts)}.")
    return said


def damage_table(records: Sequence[Record], there: Sequence[str], figures: Figures) -> Table:
    """Return the table of damage, and put its numbers into `figures`."""
    rows = []
    for condition in there:
        shares = [of_median(kept(records, condition, treatment)) for treatment in (SATURATE, LOCK)]
        figures |= {f"{condition} kept, {t}": s for t, s in zip((SATURATE, LOCK), shares, strict=True)}
        falls = []
        for treatment in (SATURATE, LOCK):
            lives = where(records, condition=condition, treatment=treatment)
            falls.append(f"{sum(r['fallen'] for r in lives)} of {len(lives)}")
        saturated = where(records, condition=condition, treatment=SATURATE)
        steps = time_text(recovery_time(saturated))
        rows.append(
            (name_of(condition), shares[0].text(), steps, falls[0], shares[1].text(), falls[1], str(shares[0].n))
        )
    head = (
        "network",
        "speed kept after saturation",
        "steps to 90 %",
        "falls",
        "speed kept, a leg locked",
        "falls",
        "n",
    )
    return Table("Damage in the middle of a life", head, tuple(rows))
