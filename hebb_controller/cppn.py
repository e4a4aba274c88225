"""A compositional pattern producing network: a small net that paints the rules of a large one.

It is asked once for every synapse, with the places of its two units (`substrate.py`), and answers with the synapse's
coefficients, one per term of the rule (after adaptive HyperNEAT, Risi & Stanley 2010). Its size does not depend on the
network's, so the same CPPN can be painted onto a robot with another number of joints.

The topology is fixed: hidden layers whose units cycle through a few functions, and a linear output per term. Nothing
here needs more than numpy: a CPPN is asked when a rulebook is loaded, never in a control step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.rules import FloatArray
from hebb_controller.substrate import AXES, Substrate

Floats = npt.NDArray[np.floating[Any]]

#: What a hidden unit may make of its sum.
FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "sin": np.sin,
    "gauss": lambda x: np.exp(-x * x),
    "tanh": np.tanh,
    "abs": np.abs,
    "linear": lambda x: x,
}
#: The functions of a hidden layer's units, in turn. Sines come twice: they alone go on varying from place to place, and
#: rules that do not vary between synapses cannot encode a gait.
CYCLE = ("sin", "gauss", "tanh", "sin", "abs", "linear")
#: Inputs: places of the pre- and the postsynaptic unit, which layer of synapses (-1 first, +1 last), their distance.
NB_INPUTS = 2 * len(AXES) + 2


@dataclass(frozen=True)
class Cppn:
    """A CPPN.

    Attributes:
        weights: per layer, shape `(units, inputs + 1)`, the bias last; the last layer's units are the rule's terms.
        functions: names of the functions that the units of a hidden layer take in turn.
    """

    weights: tuple[FloatArray, ...]
    functions: tuple[str, ...] = CYCLE

    def __post_init__(self) -> None:
        """Refuse layers that do not fit together.

        Raises:
            BadInputError: no hidden layer, layers of other widths, or a function that there is not.
        """
        for name in self.functions:
            if name not in FUNCTIONS:
                raise unknown("function of a CPPN", name, FUNCTIONS)
        shapes = [layer.shape for layer in self.weights]
        wanted = cppn_shapes([shape[0] for shape in shapes[:-1]], shapes[-1][0] if shapes else 0)
        if shapes != wanted or not self.functions:
            raise BadInputError(f"CPPN of weights {shapes}, {len(self.functions)} functions: needs {wanted}, 1 or more")

    @property
    def nb_terms(self) -> int:
        """How many terms it paints."""
        return len(self.weights[-1])

    def __call__(self, asked: Floats) -> Floats:
        """Return the coefficients of synapses: shape `(n, terms)` for inputs of shape `(n, NB_INPUTS)`."""
        values = asked
        for layer in self.weights[:-1]:
            sums = _sums(layer, values)
            values = np.empty_like(sums)
            for k, name in enumerate(self.functions):
                units = slice(k, None, len(self.functions))
                values[:, units] = FUNCTIONS[name](sums[:, units])
        return _sums(self.weights[-1], values)


def cppn_shapes(hidden: Sequence[int], nb_terms: int) -> list[tuple[int, int]]:
    """Return the shape of each of a CPPN's weight matrices.

    Raises:
        BadInputError: no hidden layer, or a layer without units.
    """
    if not hidden or min(*hidden, nb_terms) < 1:
        raise BadInputError(
            f"CPPN of hidden sizes {list(hidden)}: needs one layer or more, of 1 unit or more, such as 24"
        )
    sizes = [NB_INPUTS, *hidden, nb_terms]
    return [(units, incoming + 1) for incoming, units in zip(sizes[:-1], sizes[1:], strict=True)]


def synapse_inputs(substrate: Substrate) -> list[FloatArray]:
    """Return what a CPPN is asked: per layer of synapses, shape `(post * pre, NB_INPUTS)`, presynaptic unit fastest."""
    asked = []
    nb_layers = len(substrate.layers) - 1
    for k, (pre, post) in enumerate(zip(substrate.layers[:-1], substrate.layers[1:], strict=True)):
        of_pre = np.tile(pre, (len(post), 1))
        of_post = np.repeat(post, len(pre), axis=0)
        rest = np.empty((len(of_pre), 2), dtype=np.float32)
        rest[:, 0] = 2.0 * k / (nb_layers - 1) - 1.0 if nb_layers > 1 else 0.0
        rest[:, 1] = np.linalg.norm(of_post - of_pre, axis=1)
        asked.append(np.concatenate([of_pre, of_post, rest], axis=1))
    return asked


def paint(cppn: Cppn, substrate: Substrate) -> list[FloatArray]:
    """Return the coefficients that a CPPN paints onto a substrate: per layer, shape `(terms, post, pre)`, float32."""
    sizes = substrate.layer_sizes
    painted = []
    for asked, pre, post in zip(synapse_inputs(substrate), sizes[:-1], sizes[1:], strict=True):
        terms = cppn(asked).T.reshape(-1, post, pre)
        painted.append(np.ascontiguousarray(terms, dtype=np.float32))
    return painted


def _sums(layer: Floats, values: Floats) -> Floats:
    # Not `@`: a matrix product's last bits, and its time on a busy machine, hang on how many threads it finds.
    sums: Floats = np.einsum("ni,ui->nu", values, layer[:, :-1]) + layer[:, -1]
    return sums
