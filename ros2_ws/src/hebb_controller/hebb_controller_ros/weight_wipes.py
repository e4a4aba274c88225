"""Weights that are wiped while a network is at work: those of the schedule, and those asked for by topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hebb_controller.fault_schedule import Ablation, zero_weights
from hebb_controller.live_faults import Marker, fault_text
from hebb_controller.network import PlasticNetwork


class WeightWipes:
    """What is still to be wiped.

    Args:
        scheduled: in steps since each activation.
        seed: of which weights are wiped.
    """

    def __init__(self, scheduled: Sequence[Ablation], seed: int) -> None:
        self._scheduled, self._rng = scheduled, np.random.default_rng([seed, 0, 1])
        self.begin()

    def begin(self) -> None:
        """Begin again with the schedule: an activation."""
        self._due = list(self._scheduled)

    def add(self, ablation: Ablation) -> None:
        """Add one, its step counted as those of the schedule are."""
        self._due.append(ablation)

    def now(self, step: int, network: PlasticNetwork) -> Iterator[Marker]:
        """Wipe what is due at a step; yield a marker for each."""
        for ablation in [a for a in self._due if a.step <= step]:
            self._due.remove(ablation)
            zero_weights(network, ablation.share, self._rng)
            yield Marker(step, "start", fault_text(ablation))
