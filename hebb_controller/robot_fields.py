"""Checked access to the fields of a description: every problem is noted with its place, none stops the reading."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

#: Longest value that is shown whole.
_SHOWN = 80
#: What stands in for a field that could not be read, until all problems are known.
NOTHING = 1.0


class Fields:
    """One section of a description.

    Args:
        values: the section as parsed; anything but a mapping is a problem.
        place: where it lies, such as `body.leg[0]`; empty at the top.
        problems: shared list, one short text per problem.

    Attributes:
        problems: all problems noted so far, in every section.
    """

    def __init__(self, values: Any, place: str, problems: list[str]) -> None:
        self.place = place
        self.problems = problems
        self._values: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
        self._used: set[str] = set()
        self._sections: list[Fields] = []
        if not isinstance(values, Mapping):
            self.note("", f"must hold keys and values, not {_shown(values)}")

    def note(self, key: str, problem: str) -> None:
        """Note a problem with `key`, or with the section itself."""
        place = ".".join(part for part in (self.place, key) if part)
        self.problems.append(f"{place}: {problem}" if place else problem)

    def has(self, key: str) -> bool:
        """Return True if the section has `key`."""
        return key in self._values

    def raw(self, key: str) -> Any:
        """Return a value unchecked, None where there is none."""
        self._used.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value:
            self.note(key, "missing" if value is None else f"must be a text, not {_shown(value)}")
            return ""
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """Return one of `choices`."""
        value = self.text(key, default)
        if value not in choices and value:
            self.note(key, f"{_shown(value)}: choose one of {', '.join(choices)}")
        return value

    def number(
        self, key: str, lowest: float, highest: float, default: float | None = None, above: bool = False
    ) -> float:
        """Return a finite number within bounds; `above`: the lower bound itself is not allowed."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if value is None:
            self.note(key, "missing")
            return NOTHING
        return self._checked(key, value, lowest, highest, above)

    def angle(self, stem: str, default: float | None = None, lowest: float = -2 * math.pi) -> float:
        """Return an angle in [rad] from `stem_deg` or `stem_rad`."""
        key, factor = self._angle_key(stem)
        value = self.number(key, lowest / factor, 2 * math.pi / factor, None if default is None else default / factor)
        return value * factor

    def angles(self, stem: str) -> tuple[float, float]:
        """Return a range of angles in [rad] from `stem_deg` or `stem_rad`, lower bound first."""
        key, factor = self._angle_key(stem)
        lower, upper = self.vector(key, 2)
        if lower >= upper:
            self.note(key, f"[{lower:g}, {upper:g}]: the first must be below the second")
        return lower * factor, upper * factor

    def vector(self, key: str, size: int) -> tuple[float, ...]:
        """Return `size` finite numbers."""
        value = self.raw(key)
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != size:
            self.note(key, "missing" if value is None else f"must be {size} numbers in brackets, not {_shown(value)}")
            return (0.0,) * (size - 1) + (NOTHING,)
        return tuple(self._checked(key, v, -math.inf, math.inf, False) for v in value)

    def rate(self) -> float:
        """Return the control rate in [Hz] from `control_rate_hz` or `control_period_s`."""
        if self.has("control_period_s"):
            period = self.number("control_period_s", 0.001, 1.0)
            return 1.0 / period if period > 0.0 else NOTHING
        return self.number("control_rate_hz", 1.0, 1000.0)

    def section(self, key: str) -> Fields:
        """Return a section within this one."""
        value = self.raw(key)
        return self._child(key, {} if value is None else value, value is None)

    def sections(self, key: str) -> list[Fields]:
        """Return the sections of a list within this one, at least one."""
        value = self.raw(key)
        if not isinstance(value, list) or not value:
            self.note(key, "missing" if value is None else "must be a list of sections, each starting with '- '")
            return []
        return [self._child(f"{key}[{k}]", item, False) for k, item in enumerate(value)]

    def finish(self) -> None:
        """Note every key that nobody asked for, here and in the sections within."""
        for key in self._values:
            if key not in self._used:
                self.note(str(key), f"unknown key: choose among {', '.join(sorted(self._used))}")
        for section in self._sections:
            section.finish()

    def _child(self, key: str, value: Any, missing: bool) -> Fields:
        if missing:
            self.note(key, "missing")
        child = Fields(value, ".".join(part for part in (self.place, key) if part), [] if missing else self.problems)
        self._sections.append(child)
        return child

    def _angle_key(self, stem: str) -> tuple[str, float]:
        if self.has(f"{stem}_rad"):
            return f"{stem}_rad", 1.0
        return f"{stem}_deg", math.pi / 180.0

    def _checked(self, key: str, value: Any, lowest: float, highest: float, above: bool) -> float:
        number = _finite(value)
        if number is None:
            self.note(key, f"must be a number, not {_shown(value)}")
            return NOTHING
        if not lowest <= number <= highest or (above and number == lowest):
            bound = f"above {lowest:g}" if above else f"at least {lowest:g}"
            limit = "" if math.isinf(highest) else f", at most {highest:g}"
            self.note(key, f"{number:g}: must be {bound}{limit}")
        return number


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number beyond what a double holds
        return None
    return number if math.isfinite(number) else None


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "one with thousands of digits"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
