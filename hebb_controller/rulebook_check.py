"""Whether a rulebook holds together: what is refused at saving and at loading."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.gru import GRU, gru_shapes
from hebb_controller.kernel import LIMIT, NORMALISATIONS
from hebb_controller.network_clock import check_clock
from hebb_controller.observation import LAYOUTS
from hebb_controller.rules import Rule, weight_shapes

if TYPE_CHECKING:
    from hebb_controller.rulebook import Rulebook


def check_rulebook(book: Rulebook) -> None:
    """Refuse a rulebook that does not hold together.

    Raises:
        RulebookError: unknown rule, normalisation or layout, wrong shapes, NaN, a setting out of range.
    """
    try:
        shapes = gru_shapes(book.layer_sizes) if book.rule == GRU else weight_shapes(book.layer_sizes)
        rule = None if book.static else Rule.named(book.rule)
        check_clock(book.update_every, book.average_over)
    except BadInputError as error:
        raise RulebookError(str(error)) from error
    except (TypeError, ValueError) as error:
        raise RulebookError(f"layer sizes {book.layer_sizes!r}, rule {book.rule!r}: not readable") from error
    _check_settings(book)
    expected = [] if rule is None else rule.coefficient_shapes(book.layer_sizes)
    if [c.shape for c in book.coefficients] != expected:
        raise RulebookError(f"coefficients do not fit the sizes {list(book.layer_sizes)}")
    if [w.shape for w in book.start_weights] not in ([shapes] if book.static else [[], shapes]):
        raise RulebookError(f"start weights do not fit the sizes {list(book.layer_sizes)}")
    if not all(np.abs(t).max() <= LIMIT for t in (*book.coefficients, *book.start_weights)):
        raise RulebookError("holds NaN, infinity or more than 1e6")


def _check_settings(book: Rulebook) -> None:
    layout = LAYOUTS.get(book.layout)
    if layout is None or layout.version != book.layout_version:
        raise RulebookError(f"observation layout {book.layout} v{book.layout_version} is not known here")
    if book.normalisation not in NORMALISATIONS:
        raise RulebookError(f"normalisation {book.normalisation!r}: choose one of {', '.join(NORMALISATIONS)}")
    if not 0.0 < book.action_filter <= 1.0:
        raise RulebookError(f"action filter {book.action_filter}: must lie in (0, 1]")
    if not (book.control_rate > 0.0 and math.isfinite(book.control_rate)):
        raise RulebookError(f"control rate {book.control_rate} Hz: must be positive")
    if book.static and (book.update_every, book.average_over) != (1, 1):
        raise RulebookError(f"rule {book.rule}: changes no weight, so update every and average over must be 1")
