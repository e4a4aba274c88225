"""What a rulebook can hold besides one coefficient per synapse: parts, each with a header entry and tensors of its own.

A part is a frozen dataclass. Its `header` is a JSON object whose `kind` says which class reads it back; its `tensors`
have names that no other part uses. A rulebook without a part says nothing about it, so that files which were written
before the part existed keep their digests.

To add a kind: write the class, and name it in `_ENCODINGS` or `_FRONT_ENDS` below. `Rulebook` does the rest: header,
tensors, digest, checks at saving and loading, `hebb rulebook`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy.typing as npt

from hebb_controller import front_end, painted_rules
from hebb_controller.errors import RulebookError, unknown
from hebb_controller.front_end import FrontEnd
from hebb_controller.painted_rules import PaintedRules
from hebb_controller.rules import FloatArray, Rule
from hebb_controller.shared_rules import SharedRules

Tensors = Mapping[str, npt.NDArray[Any]]


class Part(Protocol):
    """A part of a rulebook."""

    def header(self) -> dict[str, Any]:
        """Return what the rulebook's header says about it: plain values for JSON, `kind` among them."""

    def tensors(self) -> dict[str, npt.NDArray[Any]]:
        """Return its tensors by name, float32; only what is called `assignment.K` may be of an unsigned type."""

    @property
    def nb_numbers(self) -> int:
        """How many of its numbers are evolved."""


class EncodedRules(Part, Protocol):
    """Numbers that stand for all coefficients: `shared_rules.SharedRules`, `painted_rules.PaintedRules`."""

    @property
    def numbers(self) -> FloatArray:
        """The evolved numbers, float32, shape `(nb_numbers,)`: what a warm start takes."""

    def coefficients(self) -> tuple[FloatArray, ...]:
        """Return the coefficients written out: per layer, shape `(terms, post, pre)`."""

    def check(self, rule: Rule, layer_sizes: Sequence[int]) -> None:
        """Refuse what does not fit a network.

        Raises:
            BadInputError: with what does not fit.
        """


Read = Callable[[Mapping[str, Any], Tensors], Any]


def _shared(header: Mapping[str, Any], tensors: Tensors) -> SharedRules:
    return SharedRules.read(tensors)


#: Kind -> reader, from the part's header entry and all tensors of the file, for the field `Rulebook.encoded`.
_ENCODINGS: dict[str, Read] = {"shared": _shared, painted_rules.KIND: PaintedRules.read}

#: Kind -> reader, for the field `Rulebook.front_end`: what stands between pixels and the first layer.
_FRONT_ENDS: dict[str, Read] = {front_end.KIND: FrontEnd.read}

#: Field of the rulebook -> its kinds.
PARTS: dict[str, dict[str, Read]] = {"encoded": _ENCODINGS, "front_end": _FRONT_ENDS}


def read_parts(header: dict[str, Any], tensors: Tensors) -> dict[str, Any]:
    """Take the parts' entries out of `header` and return the parts themselves, by field.

    Raises:
        RulebookError: an unknown kind.
        KeyError, TypeError, ValueError: entry or tensors that a part cannot be made of.
    """
    parts = {}
    for field, kinds in PARTS.items():
        entry = header.pop(field, None)
        if entry is None:
            continue
        if entry["kind"] not in kinds:
            raise RulebookError(str(unknown(field.replace("_", " "), str(entry["kind"]), kinds)))
        parts[field] = kinds[entry["kind"]](entry, tensors)
    return parts


def layers_of(tensors: Tensors, kind: str) -> tuple[FloatArray, ...]:
    """Return the tensors `KIND.0`, `KIND.1`, ... as far as they go."""
    found: list[FloatArray] = []
    while f"{kind}.{len(found)}" in tensors:
        found.append(tensors[f"{kind}.{len(found)}"])
    return tuple(found)
