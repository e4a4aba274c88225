"""Whether a rulebook holds together: what is refused at saving and at loading."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.gru import GRU, gru_shapes
from hebb_controller.kernel import LIMIT, NORMALISATIONS
from hebb_controller.network import OUTPUTS
from hebb_controller.network_clock import check_clock
from hebb_controller.observation import LAYOUTS, observation_size
from hebb_controller.pixels import PIXEL_LAYOUTS
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import Rule, weight_shapes

if TYPE_CHECKING:
    from hebb_controller.rulebook import Rulebook


def check_rulebook(book: Rulebook) -> None:
    """Refuse a rulebook that does not hold together.

    Raises:
        RulebookError: unknown rule, normalisation or layout, wrong shapes, NaN, a setting out of range, a provenance
            that is no mapping.
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
    _check_encoded(book, rule)
    expected = [] if rule is None else rule.coefficient_shapes(book.layer_sizes)
    if [c.shape for c in book.coefficients] != expected:
        raise RulebookError(f"coefficients do not fit the sizes {list(book.layer_sizes)}")
    if [w.shape for w in book.start_weights] not in ([shapes] if book.static else [[], shapes]):
        raise RulebookError(f"start weights do not fit the sizes {list(book.layer_sizes)}")
    if not all(np.abs(t).max() <= LIMIT for t in (*book.coefficients, *book.start_weights)):
        raise RulebookError("holds NaN, infinity or more than 1e6")


def check_fits_robot(book: Rulebook, robot: RobotSpec) -> None:
    """Refuse a robot that these rules were not made for.

    Raises:
        RulebookError: with what differs.
    """
    if book.front_end is not None:
        raise RulebookError(
            f"rulebook is for {book.robot!r}, which sees pixels, not for a robot such as {robot.name!r}"
        )
    if robot.name != book.robot:
        raise RulebookError(f"rulebook is for robot {book.robot!r}, not {robot.name!r}: pass one evolved for it")
    if robot.contract_hash != book.robot_hash:
        raise RulebookError(
            f"rulebook was evolved on other joints, limits or rate of {robot.name!r} "
            f"(hash {book.robot_hash}, now {robot.contract_hash}): evolve again or restore the robot file"
        )
    ends = (observation_size(book.layout, robot), robot.nb_joints)
    if (book.layer_sizes[0], book.layer_sizes[-1]) != ends:
        raise RulebookError(
            f"rulebook of sizes {list(book.layer_sizes)}: {robot.name!r} with layout {book.layout} has "
            f"{ends[0]} inputs and {ends[1]} outputs: evolve again"
        )


def _check_encoded(book: Rulebook, rule: Rule | None) -> None:
    if book.encoded is None:
        return
    if rule is None:
        raise RulebookError(f"rule {book.rule}: changes no weight, so nothing may stand for its coefficients")
    try:
        book.encoded.check(rule, book.layer_sizes)
    except BadInputError as error:
        raise RulebookError(str(error)) from error
    written_out = book.encoded.coefficients()
    same = len(book.coefficients) == len(written_out) and all(
        np.array_equal(c, w, equal_nan=True) for c, w in zip(book.coefficients, written_out, strict=True)
    )
    if not same:
        raise RulebookError("coefficients are not those of what encodes them: change them with encoded=None")


def _check_settings(book: Rulebook) -> None:
    pixels = PIXEL_LAYOUTS.get(book.layout)
    layout = LAYOUTS.get(book.layout) if book.front_end is None else pixels
    if layout is None or layout.version != book.layout_version:
        raise RulebookError(f"observation layout {book.layout} v{book.layout_version} is not known here")
    if book.front_end is not None and pixels is not None:
        given, features = (pixels.shape, book.front_end.picture), book.front_end.nb_features
        if given[0] != given[1] or features != book.layer_sizes[0]:
            raise RulebookError(
                f"front end of {given[1]} with {features} features does not fit layout {book.layout} {given[0]} "
                f"and sizes {list(book.layer_sizes)}"
            )
    if book.outputs not in OUTPUTS or (book.rule == GRU and book.outputs != "tanh"):
        raise RulebookError(f"outputs {book.outputs!r} of rule {book.rule}: choose one of {', '.join(OUTPUTS)}")
    if book.normalisation not in NORMALISATIONS:
        raise RulebookError(f"normalisation {book.normalisation!r}: choose one of {', '.join(NORMALISATIONS)}")
    if not 0.0 < book.action_filter <= 1.0:
        raise RulebookError(f"action filter {book.action_filter}: must lie in (0, 1]")
    if not (book.control_rate > 0.0 and math.isfinite(book.control_rate)):
        raise RulebookError(f"control rate {book.control_rate} Hz: must be positive")
    if not isinstance(book.provenance, dict):
        raise RulebookError(f"provenance {str(book.provenance)[:40]!r}: must be a mapping of names to values")
    if book.static and (book.update_every, book.average_over) != (1, 1):
        raise RulebookError(f"rule {book.rule}: changes no weight, so update every and average over must be 1")
