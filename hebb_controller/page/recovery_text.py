"""How lanes came through what befell them, in words."""

from __future__ import annotations

from hebb_controller.page.frames import HOLDS, INTERRUPTED, RECOVERED, RECOVERING, Outcome


def outcome_text(outcome: Outcome) -> str:
    """Return a few words for a table."""
    if outcome.state == RECOVERED and outcome.seconds is not None:
        return f"recovered in {outcome.seconds:.1f} s"
    share = "" if outcome.share is None else f", {100.0 * max(outcome.share, 0.0):.0f} % of its speed"
    if outcome.state in (HOLDS, RECOVERING):
        return f"{outcome.state}{share}"
    if outcome.state == INTERRUPTED and outcome.seconds is not None:
        return f"recovered in {outcome.seconds:.1f} s"
    return outcome.state
