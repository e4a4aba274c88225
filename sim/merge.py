"""Merging rules: K-means over the evolved rules, one shared rule in place of each cluster.

The merging half of evolve and merge (Pedersen & Risi 2021, arXiv 2104.07959). Rules that are shared already are merged
on: every rule counts as often as synapses follow it, so that the same error is least at every merge.
"""

from __future__ import annotations

import dataclasses
import importlib.util
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
    check_how(seed, scale)
    check_count(book, nb_rules, per_layer)
    check_distinct(book, nb_rules, per_layer)
    groups = _groups(book, per_layer)
    spread = np.concatenate(groups).std(axis=0) if scale == "term" else np.ones(groups[0].shape[1])
    spread[spread == 0.0] = 1.0
    shares = shares_of(nb_rules, [len(group) for group in groups])
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


def need_sklearn() -> None:
    """Refuse to merge where there is nothing to find clusters with.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    if importlib.util.find_spec("sklearn") is None:
        raise MissingExtraError("scikit-learn", "merge")


def check_how(seed: int, scale: str) -> None:
    """Refuse a way of merging that there is not.

    Raises:
        BadInputError: an unknown scale, or a seed that cannot be.
    """
    if scale not in SCALES:
        raise unknown("scale", scale, SCALES)
    if not 0 <= seed < 2**32:
        raise BadInputError(f"seed {seed}: must lie within 0 and {2**32 - 1}")


def check_count(book: Rulebook, nb_rules: int, per_layer: bool) -> None:
    """Refuse a number of rules that the synapses cannot share.

    Raises:
        BadInputError: a rulebook without rules, fewer rules than groups or more than synapses.
    """
    if not book.coefficients:
        raise BadInputError(f"a {book.rule} rulebook has no rules to merge: pass one that was evolved with plasticity")
    shares_of(nb_rules, [len(group) for group in _groups(book, per_layer)])


def check_distinct(book: Rulebook, nb_rules: int, per_layer: bool) -> None:
    """Refuse more rules than there are different ones to merge.

    Raises:
        BadInputError: with how many there are.
    """
    groups = _groups(book, per_layer)
    for group, share in zip(groups, shares_of(nb_rules, [len(group) for group in groups]), strict=True):
        distinct = len(np.unique(group, axis=0))
        if share > distinct:
            raise BadInputError(f"{share} rules: there are only {distinct} different rules to merge, choose fewer")


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


def shares_of(nb_rules: int, sizes: Sequence[int]) -> list[int]:
    """Return how many of the rules each group of so many synapses gets: one at least, the rest in proportion.

    Raises:
        BadInputError: fewer rules than groups, or more than synapses.
    """
    spare = nb_rules - len(sizes)
    if spare < 0 or nb_rules > min(sum(sizes), MOST_RULES):
        raise BadInputError(
            f"{nb_rules} rules: must be {len(sizes)} to {min(sum(sizes), MOST_RULES)} for {sum(sizes)} synapses"
        )
    exact = np.array(sizes) / sum(sizes) * spare
    shares = np.floor(exact).astype(int)
    by_remainder = np.argsort(shares - exact)
    while (left := spare - shares.sum()) > 0:  # again where a group had a rule for each of its synapses already
        for k in [k for k in by_remainder if shares[k] + 1 < sizes[k]][:left]:
            shares[k] += 1
    return [1 + int(n) for n in shares]


def _groups(book: Rulebook, per_layer: bool) -> list[Points]:
    layers = [layer.reshape(len(layer), -1).T.astype(np.float64) for layer in book.coefficients]
    return layers if per_layer else [np.concatenate(layers)]


def _clusters(points: Points, nb: int, seed: int) -> tuple[Points, npt.NDArray[np.int64]]:
    need_sklearn()
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    distinct, inverse, counts = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    if nb == len(distinct):
        return distinct, inverse.reshape(-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted: Any = KMeans(nb, n_init=1, random_state=seed).fit(distinct, sample_weight=counts)
    return fitted.cluster_centers_, fitted.labels_[inverse.reshape(-1)].astype(np.int64)
