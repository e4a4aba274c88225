"""The plastic network: random weights that every step rewrites.

A feedforward tanh network without biases. `act` computes the command; `adapt`, called after the command has left,
changes every synapse from the activations of that same forward pass (Najarro & Risi 2020, arXiv 2007.02686). The
output layer's postsynaptic value is the bounded action; with linear outputs, as the paper's car has them, it is the
unbounded sum, and whoever drives the car bounds the action.

Normalisation after each update, per layer:

    none   nothing (the 2020 quadruped)
    max    W / max|W| (Leung et al. 2025, arXiv 2503.12406); a layer of zeros stays zero
    var    (W - mean W) / sqrt(var W + 1e-5), unbiased variance (same paper); a constant layer becomes zero
    clip   W held within [-1, 1]
    cap    W * 3000 / max|W| once max|W| is beyond 3000: young weights grow as under `none`, old ones keep learning

Every weight is held within +-1e6 before that, and so is every input. An input that is not finite counts as 0. Weights
and coefficients that are not finite are refused; a NaN written through a view of `weights` silences its unit once and
is 0 after the next `adapt`. So no input and no rule can bring NaN or infinity into an action or a weight.

With `update_every` and `average_over` the weights change less often and from smoother activations: `network_clock.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller import kernel
from hebb_controller.errors import unknown
from hebb_controller.network_clock import HebbianClock
from hebb_controller.network_face import take_input
from hebb_controller.network_rules import network_rules
from hebb_controller.network_start import drawn_start
from hebb_controller.rules import FloatArray, Rule, checked_weights, split_weights, weight_shapes
from hebb_controller.shared_rules import SharedRules

#: What the output layer does with its sums.
OUTPUTS = ("tanh", "linear")


class PlasticNetwork:
    """A network whose weights change by an evolved rule at every step; with no rule, a static network.

    Args:
        layer_sizes: units per layer, inputs first.
        rule: the variant, or None for a static network.
        coefficients: per layer, shape `(terms, post, pre)`; or shared rules, to be read through their assignment, which
            takes less memory and more time (`shared_kernel.py`); None for a static network.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.
        update_every: forward passes from one change of the weights to the next.
        average_over: forward passes over which a change averages the activations.
        outputs: `tanh`, or `linear`: what the output layer sums up is the action and its postsynaptic value.

    Raises:
        BadInputError: unknown normalisation or outputs, wrong shapes, a coefficient not finite, a clock below 1.
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        rule: Rule | None,
        coefficients: Sequence[FloatArray] | SharedRules | None,
        normalisation: str = "none",
        update_every: int = 1,
        average_over: int = 1,
        outputs: str = "tanh",
    ) -> None:
        if normalisation not in kernel.NORMALISATIONS:
            raise unknown("normalisation", normalisation, kernel.NORMALISATIONS)
        if outputs not in OUTPUTS:
            raise unknown("outputs", outputs, OUTPUTS)
        self.layer_sizes = tuple(int(n) for n in layer_sizes)
        self.normalisation = normalisation
        self.outputs = outputs
        self.non_finite_inputs = 0
        self._shapes = weight_shapes(self.layer_sizes)
        self._mode = kernel.NORMALISATIONS[normalisation]
        # Own buffers of fixed types, and no stored views: the kernel meets one signature for life, and a network can
        # be copied and pickled.
        self._sizes = np.array(self.layer_sizes, dtype=np.int64)
        self._inputs = np.zeros(self.layer_sizes[0])
        self._activations = np.zeros(sum(self.layer_sizes), dtype=np.float32)
        self._weights = np.zeros(sum(post * pre for post, pre in self._shapes), dtype=np.float32)
        self._scales = np.ones(len(self._shapes), dtype=np.float32)
        usual = (update_every, average_over) == (1, 1)
        self._clock = None if usual else HebbianClock(update_every, average_over, sum(self.layer_sizes))
        self.set_rule(rule, coefficients)

    def set_rule(self, rule: Rule | None, coefficients: Sequence[FloatArray] | SharedRules | None) -> None:
        """Replace the rule and its coefficients; the weights stay as they are. No rule makes the network static.

        Raises:
            BadInputError: wrong shapes, or a coefficient that is not finite or beyond 1e6.
        """
        self._rules = None if rule is None else network_rules(rule, coefficients, self.layer_sizes)
        self.plastic = self._rules is not None

    @property
    def nb_synapses(self) -> int:
        """Number of weights in all layers."""
        return int(self._weights.size)

    @property
    def activations(self) -> list[FloatArray]:
        """Copies of the last forward pass's activations, inputs first."""
        return [a.copy() for a in np.split(self._activations, np.cumsum(self.layer_sizes)[:-1])]

    def snapshot(self) -> list[FloatArray]:
        """Return copies of the weights as `(post, pre)` arrays, one per layer.

        Unlike a look at `weights`, which pays what normalisation owes and so rounds earlier, this changes no bit of
        the life that follows.
        """
        layers = split_weights(self.layer_sizes, self._weights.copy())
        for k, layer in enumerate(layers):
            layer *= self._scales[k]
        return layers

    @property
    def weights(self) -> list[FloatArray]:
        """The weights as `(post, pre)` arrays, one per layer: views, so `network.weights[0][:] = 0` wipes a layer.

        A view is good until the next `adapt`; take it anew after that.
        """
        layers = split_weights(self.layer_sizes, self._weights)
        for k, layer in enumerate(layers):
            layer *= self._scales[k]
        self._scales[:] = 1.0
        return layers

    @weights.setter
    def weights(self, layers: Iterable[npt.ArrayLike]) -> None:
        arrays = checked_weights(layers, self._shapes)
        self._weights[:] = np.concatenate([w.ravel() for w in arrays]).clip(-kernel.LIMIT, kernel.LIMIT)
        self._scales[:] = 1.0

    def reset(self, rng: np.random.Generator | None = None, start: str | Sequence[npt.ArrayLike] = "uniform") -> None:
        """Forget: draw new weights and clear the activations.

        Args:
            rng: the source of randomness; may be None when nothing is drawn.
            start: `uniform` U(-0.1, 0.1), `normal` N(0, 0.024), `zeros`, or the weights themselves.

        Raises:
            BadInputError: unknown start, or a drawn start without a generator.
        """
        self._activations[:] = 0.0
        self._scales[:] = 1.0
        self.forget()
        if isinstance(start, str):
            self._weights[:] = drawn_start(start, self._weights.size, rng)
        else:
            self.weights = start

    def forget(self) -> None:
        """Start another life with these weights: the clock and its window begin anew."""
        if self._clock is not None:
            self._clock.reset()

    def act(self, x: npt.ArrayLike) -> FloatArray:
        """Return the action for the observation `x`, shape `(layer_sizes[0],)`: a copy, shape `(layer_sizes[-1],)`.

        A non-finite input counts as 0 and in `non_finite_inputs`: a dead sensor must not poison the weights.

        Raises:
            BadInputError: wrong shape.
        """
        take_input(x, self._inputs)
        self.non_finite_inputs += kernel.forward(
            self._sizes, self._weights, self._scales, self._activations, self._inputs, self.outputs == "linear"
        )
        if self._clock is not None:
            self._clock.note(self._activations)
        return self._activations[-self.layer_sizes[-1] :].copy()

    def adapt(self) -> None:
        """Change every weight by the rule, from the last `act`; nothing where it is static or no change is due."""
        if self._rules is None:
            return
        activations = self._activations
        if self._clock is not None:
            if not self._clock.due:
                return
            activations = self._clock.averaged()
        self._rules.change(self._sizes, self._weights, self._scales, activations, self._mode)

    @staticmethod
    def warm_up() -> None:
        """Compile, or load from the cache, what every network's `act` and `adapt` run: call it before a control loop.

        Types do not depend on sizes or rule, so that a network of two units stands for all. What shared rules need
        besides is compiled when they are given.
        """
        scratch = PlasticNetwork((1, 1), Rule.named("A"), [np.zeros((1, 1, 1), dtype=np.float32)], average_over=2)
        scratch.act(np.zeros(1))
        scratch.adapt()
