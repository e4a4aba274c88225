"""What a check found, how bad that is, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Verdict(Enum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True)
class CheckResult:
    """One check.

    Attributes:
        name: what was looked at.
        verdict: how bad it is.
        found: what was seen, in words.
        advice: what to do; empty if nothing.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def graded(name: str, value: float, warn_above: float, fail_above: float, found: str, advice: str) -> CheckResult:
    """Return the result of a figure that should be small; one that is not finite fails."""
    verdict = Verdict.OK if value <= warn_above else Verdict.WARN if value <= fail_above else Verdict.FAIL
    return CheckResult(name, verdict, found, "" if verdict is Verdict.OK else advice)


def passed(results: Sequence[CheckResult]) -> bool:
    """Return whether nothing failed; a warning is no failure."""
    return all(result.verdict is not Verdict.FAIL for result in results)


def results_table(results: Sequence[CheckResult]) -> str:
    """Return the results as a table for a terminal, what to do under what was found."""
    lines = []
    for result in results:
        lines.append(f"{result.verdict.value:5s}{result.name:13s}{result.found}")
        if result.advice:
            lines.append(f"{'':18s}-> {result.advice}")
    nb = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    summary = f"{len(results)} checks: {nb[Verdict.FAIL]} failed, {nb[Verdict.WARN]} to look at"
    return "\n".join([*lines, summary])


def results_json(results: Sequence[CheckResult]) -> list[dict[str, Any]]:
    """Return the results as JSON takes them."""
    return [
        {"check": r.name, "verdict": r.verdict.value.lower(), "found": r.found, "advice": r.advice} for r in results
    ]
