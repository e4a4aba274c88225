"""Speed kept after a failure, plastic and stopped, kinds of failure weighing alike: one number per evolution."""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.actuator_faults import HEALTHY
from sim.studies.parts.adaptation import WALKS
from sim.studies.parts.failure_lives import by_kind
from sim.studies.parts.recoveries import speeds_kept
from sim.study.records import Record
from sim.study.summaries import paired, per_evolution, weighing_alike


def kept(records: Sequence[Record], group: str, frozen: bool = False) -> dict[int, float]:
    """Return speed after / before in the lives of a group."""
    return weighing_alike([speeds_kept(lives) for lives in by_kind(records, group, frozen)])


def speed_after(records: Sequence[Record], group: str) -> dict[int, float]:
    """Return the speed after the failure, in [m/s], of all lives of a group: those that never walked count as well."""
    return weighing_alike([per_evolution(lives, "speed_after") for lives in by_kind(records, group)])


def gap(records: Sequence[Record], group: str) -> dict[int, float]:
    """Return plastic minus stopped, as shares of the speed before."""
    pairs = paired(kept(records, group), kept(records, group, frozen=True))
    return {seed: plastic - frozen for seed, (plastic, frozen) in pairs.items()}


def answer(records: Sequence[Record], group: str) -> dict[int, float]:
    """Return what plasticity keeps of its own healthy speed, minus what stopped weights keep of theirs.

    Evolutions whose stopped weights hardly walk on a healthy body have no such number.
    """
    healthy = paired(kept(records, HEALTHY), kept(records, HEALTHY, frozen=True))
    damaged = paired(kept(records, group), kept(records, group, frozen=True))
    return {
        seed: damaged[seed][0] / plastic - damaged[seed][1] / frozen
        for seed, (plastic, frozen) in healthy.items()
        if seed in damaged and min(plastic, frozen) >= WALKS
    }
