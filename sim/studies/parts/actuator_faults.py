"""What the study of the actuators calls its faults, and the speed that is kept, kinds pooled."""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.recoveries import speeds_kept
from sim.study.records import Record
from sim.study.summaries import weighing_alike

REALANT = ("hebbian-dr", "static-dr")
ANT = ("shipped/ant", "shipped/ant-unbounded", "shipped/ant-static")
HEALTHY, SATURATED = "healthy", "saturated"
ONSET, END = 300, 400
STEPS, ANT_STEPS = 800, 1000
#: Faults that stay: the study's word -> how a schedule writes it.
STAYING = {"limp": "limp", "locked": "lock", "weak": "weak=0.5", "late": "delay=4"}
KINDS = (HEALTHY, SATURATED, *(f"{word} {part}" for part in ("leg", "joint") for word in STAYING))


def of_kind(records: Sequence[Record], kind: str) -> list[Record]:
    """Return the lives of one kind of fault, all legs or joints together."""
    return [r for r in records if r["treatment"] == kind or r["treatment"].startswith(f"{kind} ")]


def kept_by_kind(records: Sequence[Record], part: str) -> dict[int, float]:
    """Return the share of speed kept over all faults that stay, kinds weighing alike, one number per evolution."""
    return weighing_alike([speeds_kept(of_kind(records, f"{word} {part}")) for word in STAYING])
