"""The networks of all seats as one torch population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebb_controller.torch_network import TorchPopulation
from sim.batch.seat import Seat
from sim.genome import Genome

#: torch multiplies the matrices of one member by another routine, which rounds otherwise than that for two and more.
#: A life alone gets a twin, so that no number depends on how many lives are left.
FEWEST = 2


class BatchedNetwork:
    """Acts and adapts for `seats`, whose own networks hold the weights that it begins with.

    Args:
        genome: layout of the search vector.
        seats: the lives; one that ends keeps its row, which nobody reads, until the next population is made.
        device: of torch.
    """

    def __init__(self, genome: Genome, seats: Sequence[Seat], device: str) -> None:
        self._seats = list(seats)
        rows = self._seats * FEWEST if len(self._seats) < FEWEST else self._seats
        coefficients = [np.stack(layer) for layer in zip(*(seat.coefficients for seat in rows), strict=True)]
        self._population = TorchPopulation(
            genome.layer_sizes, genome.rule, coefficients, len(rows), genome.normalisation, device
        )
        self._population.weights = [
            np.stack(layer) for layer in zip(*(seat.network.snapshot() for seat in rows), strict=True)
        ]
        self._rows = rows

    def __len__(self) -> int:
        """Return for how many lives it works, those that have ended included."""
        return len(self._seats)

    def act(self) -> None:
        """Answer every seat's observation."""
        actions = self._population.act(np.stack([seat.observation for seat in self._rows])).cpu().numpy()
        for seat, action in zip(self._seats, actions, strict=False):
            seat.action = action

    def adapt(self) -> None:
        """Let every weight change by its rule."""
        self._population.adapt()

    def wipe(self) -> None:
        """Wipe weights where a life's hardship asks for it: in its own network, by the life's own draw."""
        for row, seat in enumerate(self._seats):
            if not seat.episode.over and seat.episode.wipe_is_due:
                self._fetch(row)
                seat.episode.wipe()
                for layer, weights in zip(self._population.weights, seat.network.snapshot(), strict=True):
                    layer[row] = layer.new_tensor(weights)

    def fetch_weights(self, seats: Sequence[Seat]) -> None:
        """Put the weights of these seats into their own networks."""
        for seat in seats:
            self._fetch(self._seats.index(seat))

    def _fetch(self, row: int) -> None:
        self._seats[row].network.weights = [layer[row].cpu().numpy() for layer in self._population.weights]
