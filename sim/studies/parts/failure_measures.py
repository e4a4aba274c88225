"""What a failure leaves of the speed that the very same lives have without it, plastic and stopped.

Lives of all treatments share their draws: episode k has the same body, start weights and noise, and up to the onset
the same steps. What a failure costs is therefore told by its lives and by the healthy ones of the same episodes, all of
them: none is left out for what it did before.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.statistics import SLOWEST_WALK
from sim.studies.parts.actuator_faults import AS_SATURATED, HEALTHY, SATURATED
from sim.studies.parts.failure_lives import by_kind
from sim.study.records import Record
from sim.study.summaries import differences, paired, per_evolution, weighing_alike


def speed_after(records: Sequence[Record], group: str) -> dict[int, float]:
    """Return the speed after the failure, in [m/s]: mean over all lives, kinds of failure weighing alike."""
    return weighing_alike([per_evolution(lives, "speed_after") for lives in by_kind(records, group)])


def kept(records: Sequence[Record], group: str, frozen: bool = False) -> dict[int, float]:
    """Return the speed after a failure over that of the same lives without one, kinds weighing alike.

    Args:
        records: of one condition.
        group: of treatments.
        frozen: ask the lives whose weights stopped at the onset, on both sides.

    Returns:
        One number per evolution; none for one that does not walk in all its healthy lives taken together.
    """
    walk = per_evolution(by_kind(records, HEALTHY, frozen)[0], "speed_after")
    walk = {seed: speed for seed, speed in walk.items() if speed >= SLOWEST_WALK}
    found = _with_and_without(records, group, frozen)
    return weighing_alike(
        [{seed: a / b for seed, (a, b) in pairs.items() if seed in walk and b > 0.0} for pairs in found]
    )


def lost(records: Sequence[Record], group: str, frozen: bool = False) -> dict[int, float]:
    """Return the speed of the same lives without a failure minus that after it, in [m/s]."""
    found = _with_and_without(records, group, frozen)
    return weighing_alike([{seed: before - after for seed, (after, before) in pairs.items()} for pairs in found])


def _with_and_without(records: Sequence[Record], group: str, frozen: bool) -> list[dict[int, tuple[float, float]]]:
    """Return, for each kind of failure, every evolution's speed after it and that of the same lives without it."""
    (healthy,) = by_kind(records, AS_SATURATED if group == SATURATED else HEALTHY, frozen)
    found = []
    for lives in by_kind(records, group, frozen):
        episodes = {r["episode"] for r in lives}
        whole = per_evolution([r for r in healthy if r["episode"] in episodes], "speed_after")
        found.append(paired(per_evolution(lives, "speed_after"), whole))
    return found


def cost_of_stopping(records: Sequence[Record]) -> dict[int, float]:
    """Return the speed of healthy lives whose weights stopped over that of the same lives with weights that change."""
    plastic, stopped = (per_evolution(by_kind(records, HEALTHY, frozen)[0], "speed_after") for frozen in (False, True))
    return {seed: s / p for seed, (p, s) in paired(plastic, stopped).items() if p >= SLOWEST_WALK}


def adaptation(records: Sequence[Record], group: str) -> dict[int, float]:
    """Return what plasticity keeps after a failure of its healthy speed, minus what stopped weights keep of theirs.

    Evolutions that do not walk in their healthy lives, plastic or stopped, have no such number.
    """
    return differences(kept(records, group), kept(records, group, frozen=True))


def saved(records: Sequence[Record], group: str) -> dict[int, float]:
    """Return by how much less speed a failure costs a plastic network than one that stopped, in [m/s].

    For evolutions that walk in their healthy lives as long as their weights change: others have nothing to lose.
    """
    walk = kept(records, group)
    return {s: v for s, v in differences(lost(records, group, frozen=True), lost(records, group)).items() if s in walk}


def left_out(records: Sequence[Record], group: str) -> str:
    """Name, for a sentence, the evolutions that walk while their weights change, and not once they stopped."""
    lame = sorted(set(kept(records, group)) - set(adaptation(records, group)))
    named = f"evolution{'s' * (len(lame) > 1)} {' and '.join(map(str, lame))}"
    return f", without {named}, whose stopped weights do not walk" if lame else ""
