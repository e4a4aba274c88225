"""Lives with evolved rules changed and not evolved further: their names, and what is left of distance and recovery."""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.body_measures import WALKS, body_of
from sim.studies.parts.recoveries import shares_recovered
from sim.study.intervals import Interval
from sim.study.paired import of_paired_difference
from sim.study.records import Record, where
from sim.study.summaries import differences, per_evolution, weighing_alike

WHOLE_RULE, ANT = "hebbian-dr", "shipped/ant"
VARIANTS = {"rule-A": "A", "rule-AD_lr": "AD_lr", "rule-ABC_lr": "ABC_lr", "rule-ABCD": "ABCD", WHOLE_RULE: "ABCD_lr"}
UNSEEN = ("front_left_short", "back_right_short", "short_legs", "payload", "low_friction")
WHOLE, ALONE = "whole", "only_D"
#: Changes in the order of the page, and in words.
CHANGES = {
    WHOLE: "whole rules",
    ALONE: "D alone",
    **{f"no_{term}": f"without {term}" for term in "ABCD"},
    "shuffled": "shuffled",
    "mean_rule": "one rule a layer",
    "random": "drawn at random",
}
#: Ends of a treatment's name: change + what is lived.
WALK, SATURATED, HEALTHY = " walk", " saturated", " healthy"


def distances(records: Sequence[Record], change: str, bodies: Sequence[str]) -> dict[int, float]:
    """Return the mean distance over lives and bodies, bodies weighing alike, one number per evolution."""
    lives = where(records, treatment=change + WALK)
    return weighing_alike([per_evolution([r for r in lives if body_of(r) == body], "distance") for body in bodies])


def walkers(records: Sequence[Record]) -> set[int]:
    """Return the evolutions whose whole rules walk on the intact body: of what stands nothing can be left."""
    return {seed for seed, metres in distances(records, WHOLE, ("intact",)).items() if metres >= WALKS}


def left_of(records: Sequence[Record], change: str, bodies: Sequence[str]) -> list[float]:
    """Return the distance with changed rules as a share of that with the whole ones, one number per walker."""
    whole = distances(records, WHOLE, bodies)
    changed = distances(records, change, bodies)
    walk = walkers(records)
    return [distance / whole[seed] for seed, distance in changed.items() if seed in walk and whole.get(seed, 0.0) > 0.0]


def cost_of_saturation(records: Sequence[Record], change: str) -> dict[int, float]:
    """Return the share of lives that recover after saturation minus that of the same lives without it, by evolution."""
    return differences(*(shares_recovered(where(records, treatment=change + each)) for each in (SATURATED, HEALTHY)))


def rarer_with(records: Sequence[Record], change: str) -> Interval:
    """Return what saturation costs changed rules in lives that recover, minus what it costs the whole ones."""
    return of_paired_difference(cost_of_saturation(records, change), cost_of_saturation(records, WHOLE))
