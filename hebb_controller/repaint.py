"""One rulebook's CPPN, painted again: onto another robot, with other joints and other numbers of units."""

from __future__ import annotations

import dataclasses

from hebb_controller.errors import BadInputError
from hebb_controller.observation import layout_named
from hebb_controller.painted_rules import PaintedRules
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.substrate import substrate_of


def repaint(book: Rulebook, robot: RobotSpec, hidden: tuple[int, ...] | None = None) -> Rulebook:
    """Return a rulebook for `robot`, painted by the CPPN of another robot's.

    The layout of the observations, the rule, its normalisation and its clock are kept; the action filter and the
    control rate are the new robot's. Nothing is evolved: whether it walks has to be tried.

    Args:
        book: a rulebook whose rules were painted (`hebb evolve --encoding cppn`).
        robot: for whom.
        hidden: units of the hidden layers; None: as many as in `book`.

    Raises:
        BadInputError: rules that no CPPN painted, start weights that fit the old network alone, hidden layers without
            units, or a robot that has no places to paint.
    """
    if not isinstance(book.encoded, PaintedRules):
        raise BadInputError(
            "its rules were not painted, and fit one network alone: pass a rulebook of 'hebb evolve --encoding cppn'"
        )
    if book.start_weights:
        raise BadInputError("its start weights are evolved, and fit one network alone: evolve with --init uniform")
    if hidden is not None and min(hidden, default=0) < 1:
        raise BadInputError(f"hidden layers of {' '.join(map(str, hidden))} units: each needs 1 or more")
    places = substrate_of(robot, book.layout, book.layer_sizes[1:-1] if hidden is None else hidden)
    return dataclasses.replace(
        book,
        layer_sizes=places.layer_sizes,
        robot=robot.name,
        robot_hash=robot.contract_hash,
        layout_version=layout_named(book.layout).version,
        action_filter=robot.action_filter,
        control_rate=robot.control_rate,
        coefficients=(),  # written out anew from what encodes them
        encoded=book.encoded.on(places),
        provenance={
            "painted_from": {"digest": book.digest, "robot": book.robot, "layer_sizes": list(book.layer_sizes)},
            "evolved_as": book.provenance,
        },
    )
