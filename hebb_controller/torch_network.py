"""Many plastic networks in one torch call: a population of rules, or many lives of one.

The same shape of interface as `PlasticNetwork`, with a leading axis for the members. It exists for batched work, such
as a convolutional front end or a simulator on the same device; for one network on a CPU the numba kernel is far faster.
It knows the usual clock alone: every `adapt` changes the weights, from the last `act` (see `network_clock.py`).

torch is imported when the first population is made, never before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, MissingExtraError, unknown
from hebb_controller.kernel import CAP_BOUND, LIMIT, NORMALISATIONS, TINY, VARIANCE_EPSILON
from hebb_controller.network import PlasticNetwork
from hebb_controller.rules import FloatArray, Rule, checked_weights, fold, weight_shapes
from hebb_controller.shared_rules import SharedRules

if TYPE_CHECKING:
    import torch

Tensor = Any


class TorchPopulation:
    """`members` plastic networks of one shape and one rule.

    Args:
        layer_sizes: units per layer, inputs first.
        rule: the variant, or None for static networks.
        coefficients: per layer, shape `(members, terms, post, pre)`, or `(terms, post, pre)` where all members share
            them; or shared rules, written out for all members; None for static networks.
        members: how many networks.
        normalisation: `none`, `max`, `var`, `clip` or `cap`, per member and layer.
        device: a torch device.

    Raises:
        BadInputError: unknown normalisation, no members, wrong shapes, or a coefficient that is not finite.
        MissingExtraError: torch is not installed.
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        rule: Rule | None,
        coefficients: Sequence[FloatArray] | SharedRules | None,
        members: int,
        normalisation: str = "none",
        device: str | torch.device = "cpu",
    ) -> None:
        try:
            import torch
        except ImportError as error:
            raise MissingExtraError("torch", "torch") from error
        if normalisation not in NORMALISATIONS:
            raise unknown("normalisation", normalisation, NORMALISATIONS)
        if members < 1:
            raise BadInputError(f"{members} members: need at least one")
        self._torch = torch
        self.layer_sizes = tuple(int(n) for n in layer_sizes)
        self.members = members
        self.normalisation = normalisation
        self.device = torch.device(device)
        self._shapes = weight_shapes(self.layer_sizes)
        self._weights: list[Tensor] = [torch.zeros(members, *shape, device=self.device) for shape in self._shapes]
        self._activations: list[Tensor] = [torch.zeros(members, n, device=self.device) for n in self.layer_sizes]
        self.set_rule(rule, coefficients)

    def set_rule(self, rule: Rule | None, coefficients: Sequence[FloatArray] | SharedRules | None) -> None:
        """Replace the rule and its coefficients; the weights stay as they are. No rule makes the networks static.

        Raises:
            BadInputError: wrong shapes, or a coefficient that is not finite or beyond 1e6.
        """
        self.plastic = rule is not None
        self._folded: list[Tensor] = []
        if rule is None:
            return
        if isinstance(coefficients, SharedRules):
            coefficients = coefficients.coefficients()
        arrays = [np.asarray(c, dtype=np.float32) for c in coefficients or ()]
        shapes = rule.coefficient_shapes(self.layer_sizes)
        if [c.shape for c in arrays] not in ([(self.members, *s) for s in shapes], shapes):
            raise BadInputError(
                f"coefficients of shapes {[c.shape for c in arrays]}: rule {rule.name} needs {shapes}, "
                f"with {self.members} in front where members differ"
            )
        if not all(np.abs(c).max() <= LIMIT for c in arrays):
            raise BadInputError("coefficients hold NaN, infinity or more than 1e6: evolve or load them again")
        # Terms first: fold knows the axis order (terms, post, pre) and does not mind more axes behind it.
        by_term = [np.moveaxis(c, -3, 0) for c in arrays]
        self._folded = [self._torch.from_numpy(fold(rule, c)).to(self.device) for c in by_term]

    @property
    def weights(self) -> list[Tensor]:
        """The weights, one tensor per layer, shape `(members, post, pre)`: write into them to ablate synapses."""
        return self._weights

    @weights.setter
    def weights(self, layers: Iterable[npt.ArrayLike]) -> None:
        arrays = checked_weights(layers, [(self.members, *shape) for shape in self._shapes])
        self._weights = [self._torch.from_numpy(w.clip(-LIMIT, LIMIT)).to(self.device) for w in arrays]

    def reset(self, rngs: Sequence[np.random.Generator], start: str = "uniform") -> None:
        """Forget: every member draws its weights exactly as a `PlasticNetwork` with its generator would.

        Args:
            rngs: one generator per member.
            start: `uniform`, `normal` or `zeros`.

        Raises:
            BadInputError: unknown start, or not one generator per member.
        """
        if len(rngs) != self.members:
            raise BadInputError(f"{len(rngs)} generators: need one for each of {self.members} members")
        single = PlasticNetwork(self.layer_sizes, None, None)
        drawn = []
        for rng in rngs:
            single.reset(rng, start)
            drawn.append([w.copy() for w in single.weights])
        self.weights = [np.stack(layer) for layer in zip(*drawn, strict=True)]
        for activation in self._activations:
            activation.zero_()

    def act(self, x: Tensor) -> Tensor:
        """Return the actions, shape `(members, layer_sizes[-1])`, for observations `(members, layer_sizes[0])`.

        Args:
            x: a tensor or array; what is not finite counts as 0.

        Raises:
            BadInputError: wrong shape.
        """
        torch = self._torch
        x = torch.as_tensor(x).to(self.device, torch.float32)
        if tuple(x.shape) != (self.members, self.layer_sizes[0]):
            raise BadInputError(f"observations of shape {tuple(x.shape)}: need {(self.members, self.layer_sizes[0])}")
        bound = float(LIMIT)
        o = torch.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0).clamp(-bound, bound)
        self._activations = [o]
        for w in self._weights:
            o = torch.tanh(torch.nan_to_num(torch.bmm(w, o.unsqueeze(2)).squeeze(2)))
            self._activations.append(o)
        return o.clone()

    def adapt(self) -> None:
        """Change every weight by its rule, from the activations of the last `act`; nothing in static networks."""
        torch = self._torch
        pairs = zip(self._activations[:-1], self._activations[1:], strict=True)
        for layer, ((pre, post), folded) in enumerate(zip(pairs, self._folded, strict=False)):
            a, b, c, d = folded
            o_i, o_j = pre.unsqueeze(1), post.unsqueeze(2)
            w = self._weights[layer] + torch.addcmul(b, a, o_j) * o_i + torch.addcmul(d, c, o_j)
            self._weights[layer] = self._normalised(w)

    def _normalised(self, w: Tensor) -> Tensor:
        torch = self._torch
        bound = 1.0 if self.normalisation == "clip" else float(LIMIT)
        w = torch.nan_to_num(w, nan=0.0).clamp(-bound, bound)
        if self.normalisation == "max":
            largest = w.abs().amax(dim=(1, 2), keepdim=True)
            return w / torch.where(largest > float(TINY), largest, 1.0)
        if self.normalisation == "cap":
            largest = w.abs().amax(dim=(1, 2), keepdim=True)
            return w * (float(CAP_BOUND) / largest.clamp(min=float(CAP_BOUND)))
        if self.normalisation == "var":
            exact = w.double()
            correction = 1 if exact[0].numel() > 1 else 0
            variance = exact.var(dim=(1, 2), correction=correction, keepdim=True)
            return ((exact - exact.mean(dim=(1, 2), keepdim=True)) / (variance + VARIANCE_EPSILON).sqrt()).float()
        return w
