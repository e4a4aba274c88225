"""The types of settings, as their fields declare them: what a file may say of each."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from hebb_controller.errors import BadInputError, unknown

_Check = Callable[[Any], bool]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


#: Declared type -> what a value must be, in words, and whether it is that.
_SCALARS: dict[str, tuple[str, _Check]] = {
    "int": ("a whole number", _is_whole),
    "float": ("a number (YAML wants 1.0e-3, not 1e-3)", _is_number),
    "str": ("text", _is_text),
}
#: The same for the entries of lists.
_LISTS: dict[str, tuple[str, _Check]] = {
    "tuple[str, ...]": ("a list of names", _is_text),
    "tuple[int, ...]": ("a list of whole numbers", _is_whole),
}


def typed(values: Any, kind: type, within: str = "") -> dict[str, Any]:
    """Return settings with their lists as tuples, a lone value as a tuple of one.

    Args:
        values: settings by name, as a YAML or JSON file holds them.
        kind: the dataclass whose fields they are; what is none of the types above is left alone.
        within: what the names in messages begin with, such as `es.`.

    Raises:
        BadInputError: no mapping, a setting that is not known, or a value of another type.
    """
    if not isinstance(values, dict):
        raise BadInputError(f"{within.rstrip('.') or 'settings'} {values!r}: must hold settings by name")
    types = {field.name: str(field.type) for field in dataclasses.fields(kind)}
    for name in values:
        if name not in types:
            raise unknown("setting", name, types)
    return {name: _typed(f"{within}{name}", value, types[name]) for name, value in values.items()}


def _typed(name: str, value: Any, declared: str) -> Any:
    if declared in _SCALARS:
        words, fits = _SCALARS[declared]
        if not fits(value):
            raise BadInputError(f"{name} {value!r}: must be {words}")
    if declared in _LISTS:
        words, fits = _LISTS[declared]
        value = tuple(value) if isinstance(value, (list, tuple)) else (value,)
        for entry in value:
            if not fits(entry):
                raise BadInputError(f"{name} {entry!r}: must be {words}")
    return value
