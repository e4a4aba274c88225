"""The recurrent rival: a gated recurrent unit with evolved weights, which remembers in its state, not in its weights.

    r = sigmoid(W_r [x h 1])      reset gate
    z = sigmoid(W_z [x h 1])      update gate
    n = tanh(W_n [x 0 1] + r * W_n [0 h 0])      candidate
    h <- (1 - z) n + z h          hidden state
    o = tanh(W_o h)               action

This is `torch.nn.GRUCell` with its second bias at 0: the reset gate acts on the product with the hidden state, not on
the state before it as in Cho et al. 2014 (arXiv 1406.1078). The output layer has no bias, as `PlasticNetwork` has none.

The weights are two matrices, one per pair of layers like everyone else's: `(3 hidden, inputs + hidden + 1)` with the
rows of r, z and n below each other and the bias as the last column, and `(outputs, hidden)`. Nothing changes them
online. The hidden state is 0 at a reset. Inputs are treated as in `PlasticNetwork`: held within +-1e6, and 0 where
they are not finite.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller import gru_kernel
from hebb_controller.errors import BadInputError
from hebb_controller.kernel import LIMIT
from hebb_controller.network_face import take_input
from hebb_controller.network_start import drawn_start
from hebb_controller.rules import FloatArray, checked_weights, split_by_shape

#: Name of this network where a rulebook names its rule.
GRU = "gru"


def gru_shapes(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return the shapes of the two weight matrices.

    Raises:
        BadInputError: not one hidden layer, or a size below 1.
    """
    sizes = [int(n) for n in layer_sizes]
    if len(sizes) != 3 or min(sizes) < 1:
        raise BadInputError(f"layer sizes {sizes}: a gru has one hidden layer of 1 unit or more, such as 31 69 8")
    inputs, hidden, outputs = sizes
    return [(3 * hidden, inputs + hidden + 1), (outputs, hidden)]


class GruNetwork:
    """A gated recurrent network behind the face of `network_face.Network`; its weights are 0 until it is reset.

    Args:
        layer_sizes: inputs, hidden units, outputs.

    Raises:
        BadInputError: not one hidden layer, or a size below 1.
    """

    normalisation = "none"
    plastic = False

    def __init__(self, layer_sizes: Sequence[int]) -> None:
        self._shapes = gru_shapes(layer_sizes)
        self.layer_sizes = tuple(int(n) for n in layer_sizes)
        self.non_finite_inputs = 0
        self._sizes = np.array(self.layer_sizes, dtype=np.int64)
        self._inputs = np.zeros(self.layer_sizes[0])
        self._activations = np.zeros(sum(self.layer_sizes), dtype=np.float32)
        self._weights = np.zeros(sum(post * pre for post, pre in self._shapes), dtype=np.float32)
        self._scratch = np.zeros(gru_kernel.scratch_size(self.layer_sizes), dtype=np.float32)

    @property
    def nb_synapses(self) -> int:
        """Number of weights and biases."""
        return int(self._weights.size)

    @property
    def activations(self) -> list[FloatArray]:
        """Copies of the last forward pass's inputs, hidden state and action."""
        return [a.copy() for a in np.split(self._activations, np.cumsum(self.layer_sizes)[:-1])]

    def snapshot(self) -> list[FloatArray]:
        """Return copies of the two weight matrices."""
        return [w.copy() for w in self.weights]

    @property
    def weights(self) -> list[FloatArray]:
        """The two weight matrices, shaped as `gru_shapes` says: views."""
        return split_by_shape(self._weights, self._shapes)

    @weights.setter
    def weights(self, layers: Iterable[npt.ArrayLike]) -> None:
        arrays = checked_weights(layers, self._shapes)
        self._weights[:] = np.concatenate([w.ravel() for w in arrays]).clip(-LIMIT, LIMIT)

    def reset(self, rng: np.random.Generator | None = None, start: str | Sequence[npt.ArrayLike] = "uniform") -> None:
        """Forget: take the start weights, clear the hidden state; arguments and errors as in `PlasticNetwork.reset`."""
        self.forget()
        if isinstance(start, str):
            self._weights[:] = drawn_start(start, self._weights.size, rng)
        else:
            self.weights = start

    def forget(self) -> None:
        """Clear the hidden state: another life with these weights."""
        self._activations[:] = 0.0

    def act(self, x: npt.ArrayLike) -> FloatArray:
        """Return the action for the observation `x`, shape `(layer_sizes[0],)`: a copy, shape `(layer_sizes[-1],)`.

        A non-finite input counts as 0 and in `non_finite_inputs`.

        Raises:
            BadInputError: wrong shape.
        """
        take_input(x, self._inputs)
        self.non_finite_inputs += gru_kernel.step(
            self._sizes, self._weights, self._activations, self._scratch, self._inputs
        )
        return self._activations[-self.layer_sizes[-1] :].copy()

    def adapt(self) -> None:
        """Do nothing: these weights never change."""

    @staticmethod
    def warm_up() -> None:
        """Compile, or load from the cache, what every network's `act` runs: call it before a control loop."""
        GruNetwork((1, 1, 1)).act(np.zeros(1))
