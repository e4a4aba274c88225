"""Merging rules: K-means over the evolved rules, one shared rule in place of each cluster.

The merging half of evolve and merge (Pedersen & Risi 2021, arXiv 2104.07959). Rules that are shared already are merged
on: every rule counts as often as synapses follow it, so that the same error is least at every merge.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, MissingExtraError, unknown
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray, Rule
from hebb_controller.shared_rules import MOST_RULES, SharedRules

#: `none`: terms as they are, as in the paper; `term`: each term divided by its standard deviation first.
SCALES = ("none", "term")

Points = npt.NDArray[np.float64]


def merge(book: Rulebook, nb_rules: int, seed: int = 0, per_layer: bool = False, scale: str = "none") -> Rulebook:
    """Return a rulebook whose synapses share `nb_rules` rules, with where it came from in its provenance.

    Args:
        book: an evolved plastic rulebook, its rules shared or not.
        nb_rules: how many rules are left, of all layers together.
        seed: of the first centres.
        per_layer: no rule is shared across layers; each layer gets rules in proportion to its synapses.
        scale: a key of `SCALES`.

    Raises:
        BadInputError: a rulebook without rules, an unknown scale, a seed that cannot be, more rules than there are now.
        MissingExtraError: scikit-learn is not installed.
    """
    if not book.coefficients:
        raise BadInputError(f"a {book.rule} rulebook has no rules to merge: pass one that was evolved with plasticity")
    if scale not in SCALES:
        raise unknown("scale", scale, SCALES)
    if not 0 <= seed < 2**32:
        raise BadInputError(f"seed {seed}: must lie within 0 and {2**32 - 1}")
    layers = [layer.reshape(len(layer), -1).T.astype(np.float64) for layer in book.coefficients]
    spread = np.concatenate(layers).std(axis=0) if scale == "term" else np.ones(layers[0].shape[1])
    spread[spread == 0.0] = 1.0
    groups = layers if per_layer else [np.concatenate(layers)]
    shares = _shares(nb_rules, [len(group) for group in groups])
    rules: list[Points] = []
    numbers: list[npt.NDArray[np.int64]] = []
    for group, share in zip(groups, shares, strict=True):
        centres, labels = _clusters(group / spread, share, seed)
        numbers.append(labels + sum(len(r) for r in rules))
        rules.append(centres * spread)
    shapes = [layer.shape[1:] for layer in book.coefficients]
    bounds = np.cumsum([post * pre for post, pre in shapes])[:-1]
    flat = np.split(np.concatenate(numbers), bounds)
    shared = SharedRules.of(np.concatenate(rules), [f.reshape(s) for f, s in zip(flat, shapes, strict=True)])
    merged = {"rules": nb_rules, "seed": seed, "per_layer": per_layer, "scale": scale, "from": book.digest}
    merged["relative_error"] = round(relative_errors(book.coefficients, shared.coefficients())[0], 6)
    history = [*book.provenance.get("merged", []), merged]
    provenance = {**book.provenance, "merged": history}
    return dataclasses.replace(book, coefficients=(), encoded=shared, provenance=provenance)


def relative_errors(before: Sequence[FloatArray], after: Sequence[FloatArray]) -> tuple[float, list[float]]:
    """Return what merging changed: the norm of the difference over the norm before, of all terms and of each.

    Args:
        before: per layer, shape `(terms, post, pre)`.
        after: of the same shapes.
    """
    old, new = (np.concatenate([np.float64(c).reshape(len(c), -1) for c in book], axis=1) for book in (before, after))
    whole = np.linalg.norm(old - new) / max(np.linalg.norm(old), np.finfo(float).tiny)
    terms = np.linalg.norm(old - new, axis=1) / np.maximum(np.linalg.norm(old, axis=1), np.finfo(float).tiny)
    return float(whole), [float(term) for term in terms]


def loss_text(before: Rulebook, after: Rulebook) -> str:
    """Return a line on how far the merged coefficients are from those before."""
    whole, terms = relative_errors(before.coefficients, after.coefficients)
    each = ", ".join(f"{name} {error:.1%}" for name, error in zip(Rule.named(before.rule).terms, terms, strict=True))
    return f"relative error of the coefficients {whole:.1%} ({each})"


def _shares(nb_rules: int, sizes: Sequence[int]) -> list[int]:
    # One rule at least for each group, the rest in proportion; the largest remainders take what rounding leaves.
    spare = nb_rules - len(sizes)
    if spare < 0 or nb_rules > min(sum(sizes), MOST_RULES):
        raise BadInputError(
            f"{nb_rules} rules: must be {len(sizes)} to {min(sum(sizes), MOST_RULES)} for {sum(sizes)} synapses"
        )
    exact = np.array(sizes) / sum(sizes) * spare
    shares = np.floor(exact).astype(int)
    for k in np.argsort(shares - exact)[: spare - shares.sum()]:
        shares[k] += 1
    return [1 + int(n) for n in shares]


def _clusters(points: Points, nb: int, seed: int) -> tuple[Points, npt.NDArray[np.int64]]:
    try:
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "merge") from error
    distinct, inverse, counts = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    if nb > len(distinct):
        raise BadInputError(f"{nb} rules: there are only {len(distinct)} different rules to merge, choose fewer")
    if nb == len(distinct):
        return distinct, inverse.reshape(-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted: Any = KMeans(nb, n_init=1, random_state=seed).fit(distinct, sample_weight=counts)
    return fitted.cluster_centers_, fitted.labels_[inverse.reshape(-1)].astype(np.int64)
