"""Plastic beside frozen: what a network that goes on changing gains over one that stopped, on the same lives.

Speeds are along x: a robot that turns loses them, even where it walks on.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.statistics import SLOWEST_WALK
from sim.studies.parts.recoveries import speeds_kept
from sim.study.intervals import Interval, of_median
from sim.study.records import Record
from sim.study.summaries import paired, per_evolution, weighing_alike

#: Treatments of the curve are called `curve STEP`; a damage that meets weights that stopped has one of these behind its
#: name: they stay as they were, or at their mean over the last steps.
FROZEN, AVERAGED = " frozen", " averaged"
#: Wiped weights are a damage of their own kind: to come back from them is repair, no answer to a damaged body.
WIPE = "wipe"
#: No damage at all: what stopping costs by itself.
HEALTHY = "healthy"
#: Weights that keep less of the speed than this on a healthy body hardly walk.
WALKS = 0.1


def curve_names(records: Sequence[Record]) -> list[str]:
    """Return the treatments of the frozen-weight curve, by step, `never` last."""
    names = {r["treatment"] for r in records if r["treatment"].startswith("curve")}
    return sorted(names, key=lambda n: 10**9 if n.endswith("never") else int(n.split()[1]))


def curve_share(records: Sequence[Record], name: str) -> dict[int, float]:
    """Return the speed under a stop as a share of the speed without, one number per evolution.

    Evolutions that do not even walk slowly when nothing stops have none.
    """
    speeds = {
        n: per_evolution([r for r in records if r["treatment"] == n], "speed_after") for n in (name, "curve never")
    }
    never = speeds["curve never"]
    return {seed: v / never[seed] for seed, v in speeds[name].items() if never.get(seed, 0.0) >= SLOWEST_WALK}


def damage_kinds(records: Sequence[Record]) -> list[str]:
    """Return the kinds of damage, legs together."""
    names = [r["treatment"] for r in records if not r["treatment"].startswith("curve")]
    return list(dict.fromkeys(name.split()[0] for name in names))


def plastic_and_stopped(records: Sequence[Record], kind: str, control: str = FROZEN) -> dict[int, tuple[float, float]]:
    """Return plastic and stopped speed after damage, as shares of the speed before, for every evolution.

    Mean speed after over mean speed before; lives that did not walk before the damage are left out, in both.

    Args:
        records: of one robot.
        kind: of damage.
        control: how the weights stopped.
    """
    lives: dict[str, list[Record]] = {"": [], FROZEN: [], AVERAGED: []}
    for r in records:
        if r["treatment"].split()[0] == kind:
            lives[next((c for c in (FROZEN, AVERAGED) if r["treatment"].endswith(c)), "")].append(r)
    return paired(speeds_kept(lives[""]), speeds_kept(lives[control]))


def gaps(records: Sequence[Record], kind: str, control: str = FROZEN) -> dict[int, float]:
    """Return plastic minus stopped for every evolution."""
    return {seed: plastic - stopped for seed, (plastic, stopped) in plastic_and_stopped(records, kind, control).items()}


def pooled_gaps(records: Sequence[Record]) -> dict[int, float]:
    """Return plastic minus frozen over all damages of the actuators, kinds weighing alike, for every evolution."""
    return weighing_alike([gaps(records, kind) for kind in damage_kinds(records) if kind not in (WIPE, HEALTHY)])


def answers(records: Sequence[Record], control: str = FROZEN) -> list[float]:
    """Return what plasticity keeps of its own healthy speed after damage, minus what stopped weights keep of theirs.

    One number per evolution, kinds of damage weighing alike; those that `hardly_walk` have none.
    """
    out = hardly_walk(records, control)
    healthy = {s: own for s, own in plastic_and_stopped(records, HEALTHY, control).items() if s not in out}
    found = []
    for kind in damage_kinds(records):
        if kind not in (WIPE, HEALTHY):
            pairs = {s: pair for s, pair in plastic_and_stopped(records, kind, control).items() if s in healthy}
            found.append({s: p / healthy[s][0] - f / healthy[s][1] for s, (p, f) in pairs.items()})
    return list(weighing_alike(found).values())


def hardly_walk(records: Sequence[Record], control: str = FROZEN) -> dict[int, tuple[float, float]]:
    """Return the plastic and stopped shares of evolutions one of which is under a tenth without any damage."""
    return {seed: pair for seed, pair in plastic_and_stopped(records, HEALTHY, control).items() if min(pair) < WALKS}


def long_enough(records: Sequence[Record]) -> int | None:
    """Return the first stop that leaves 90 % of the speed; None if none does."""
    for name in curve_names(records)[:-1]:
        share = of_median(list(curve_share(records, name).values())).value
        if share >= 0.9:
            return int(name.split()[1])
    return None


def sure(gap: Interval) -> str:
    """Say on which side of none a gap is."""
    return gap.told("more than none", "less than none", unsure="too few evolutions for an interval")
