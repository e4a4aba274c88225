"""What the study of wiped weights wipes, when, and whose weights."""

from __future__ import annotations

from sim.studies.parts.weight_return import NOTHING

HEBBIAN, STATIC, ANT = "hebbian-dr", "static-dr", "shipped/ant"
ONSET = 300
STEPS, ANT_STEPS = 700, 1000
THIRD = "a third"
#: What is wiped: the study's word -> how a cell writes it.
WIPES = {
    NOTHING: (),
    THIRD: (f"0.333@{ONSET}",),
    "two thirds": (f"0.667@{ONSET}",),
    **{f"layer {k + 1}": (f"layer={k}@{ONSET}",) for k in range(3)},
}
