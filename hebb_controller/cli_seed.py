"""What `hebb evaluate` notes of its seed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hebb_controller.rulebook import Rulebook


def note_training_seed(book: Rulebook, seed: int) -> None:
    """Say on standard error, beside the figures, that some lives were drawn as the rulebook's training lives.

    Evaluation episode g on the seed of an evolution draws the numbers that the first life of the first pair drew in
    generation g: `sim.evaluate` says why. Published figures rest on both, so the seed is what can be changed.

    Args:
        book: the rulebook; its provenance says which seed it was evolved with.
        seed: of the evaluation.
    """
    if book.provenance.get("seed") == seed:
        print(
            f"hebb: note: these rules were evolved with seed {seed} too: some of these lives are drawn as their "
            "training lives were, give another --seed for lives that they have not met",
            file=sys.stderr,
        )
