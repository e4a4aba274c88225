"""What a controller asks of its network: the face that the plastic and the gated recurrent network share.

`take_input` is how each of them takes an observation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError
from hebb_controller.rules import FloatArray


class Network(Protocol):
    """What turns observations into actions: `network.PlasticNetwork`, `gru.GruNetwork`, and without weights `SineGait`.

    Attributes:
        layer_sizes: units per layer, inputs first.
        normalisation: what follows a change of the weights; `none` where nothing changes them.
        plastic: True if `adapt` changes the weights.
        non_finite_inputs: how many inputs so far were not finite and counted as 0.
    """

    layer_sizes: tuple[int, ...]
    normalisation: str
    plastic: bool
    non_finite_inputs: int

    @property
    def nb_synapses(self) -> int:
        """Number of weights in all layers."""

    @property
    def activations(self) -> list[FloatArray]:
        """Copies of the last forward pass's activations, one array per layer, inputs first."""

    def snapshot(self) -> list[FloatArray]:
        """Return copies of the weights, one matrix per pair of layers; changes no bit of the life that follows."""

    @property
    def weights(self) -> list[FloatArray]:
        """The weights, one matrix per pair of layers: views, good until the next `adapt`."""

    @weights.setter
    def weights(self, layers: Iterable[npt.ArrayLike]) -> None: ...

    def reset(self, rng: np.random.Generator | None = None, start: str | Sequence[npt.ArrayLike] = "uniform") -> None:
        """Forget everything and start from the weights that `start` draws or gives."""

    def forget(self) -> None:
        """Forget earlier steps, keep the weights: another life with what was learnt."""

    def act(self, x: npt.ArrayLike) -> FloatArray:
        """Return the action for an observation: a copy, shape `(layer_sizes[-1],)`."""

    def adapt(self) -> None:
        """Let the weights change, from what the last `act` left; nothing where they never change."""

    def warm_up(self) -> None:
        """Compile, or load from the cache, what `act` and `adapt` run."""


def take_input(x: npt.ArrayLike, into: npt.NDArray[Any]) -> None:
    """Copy an observation into a network's own buffer, whose length is that of the inputs.

    Raises:
        BadInputError: another shape.
    """
    x = np.asarray(x)
    if x.shape != into.shape:
        raise BadInputError(f"observation of shape {x.shape}: the network has {into.size} inputs")
    into[:] = x
