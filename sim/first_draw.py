"""How wide the first search point of an evolution is drawn, term by term of the rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstDraw:
    """How the first search point is drawn.

    Attributes:
        coefficient_spread: standard deviation of A, B and C.
        constant_spread: standard deviation of D and D_out.
        rate_spread: standard deviation of eta.
        rate_mean: mean of eta.
        weight_spread: standard deviation of the start weights, where they are evolved.
    """

    coefficient_spread: float = 1.0
    constant_spread: float = 1.0
    rate_spread: float = 1.0
    rate_mean: float = 0.0
    weight_spread: float = 0.1

    def spread_of(self, term: str) -> float:
        """Return the standard deviation of a term of the rule."""
        if term == "eta":
            return self.rate_spread
        return self.constant_spread if term.startswith("D") else self.coefficient_spread
