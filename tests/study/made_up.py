"""Made-up records: what a study would have written had it lived these lives."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def record(condition: str, evolution: int, treatment: str, episode: int = 0, **values: Any) -> Record:
    """Return one record; what is not given is what an ordinary life would have."""
    cell = f"{condition}{evolution}{treatment}{values.get('body', '')}"
    usual = {"distance": 1.0, "steps": 500, "fallen": False, "ended": "horizon", "cruise": 0.1, "steps_to_90": 40}
    names = {"cell": cell, "of": 1, "episode": episode, "digest": f"{condition}-{evolution}", "condition": condition}
    return names | {"evolution": evolution, "treatment": treatment} | usual | values
