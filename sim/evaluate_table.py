"""The statistics of many lives as a table for a terminal."""

from __future__ import annotations

from typing import Any

from sim.world import BULLET

#: Key of the JSON object -> what it is called in the table, and its number format.
_ROWS = {
    "reward": ("reward", ".0f"),
    "distance_m": ("distance [m]", ".2f"),
    "speed_m_s": ("speed [m/s]", ".3f"),
    "cruise_m_s": ("cruising speed [m/s]", ".3f"),
    "steps_to_90": ("steps to 90 % of cruising", ".0f"),
    "recovery_steps": ("steps to recover 90 %", ".0f"),
    "recovery_first_steps": ("  the first time", ".0f"),
    "speed_kept": ("speed kept afterwards", ".2f"),
    "steps": ("steps lived", ".0f"),
}
#: Counts that stand beside a row when they are not 0.
_COUNTS = {"not_reached": "never reached it", "not_recovered": "never recovered", "not_perturbed": "not walking before"}


def as_text(figures: dict[str, Any]) -> str:
    """Return the table of the JSON object that `hebb evaluate` computes."""
    lines = [
        f"{figures['robot']}, {figures['body']}, rulebook {figures['rulebook']} ({figures['rulebook_digest']}), "
        f"{figures['episodes']} episodes, seed {figures['seed']}"
        + ("" if figures["world"]["engine"] == BULLET else f", in {figures['world']['engine']}"),
        f"{'':28s} {'mean':>10s} {'std':>10s} {'median':>10s} {'n':>6s}",
    ]
    for key, (label, form) in _ROWS.items():
        row = figures[key]
        if row is None:
            continue
        cells = " ".join(f"{_shown(row[name], form):>10s}" for name in ("mean", "std", "median"))
        counts = "".join(f"  {row[key]} {words}" for key, words in _COUNTS.items() if row.get(key))
        lines.append(f"{label:28s} {cells} {row['n']:6d}{counts}")
    lines.append(f"{'falls':28s} {figures['falls']:10d} of {figures['episodes']}")
    return "\n".join(lines)


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
