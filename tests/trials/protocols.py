"""Protocols for tests: small, and as a parsed file would give them."""

from __future__ import annotations

from typing import Any

from hebb_controller.trials.protocol import TrialProtocol
from hebb_controller.trials.protocol_file import protocol_from


def description(**more: Any) -> dict[str, Any]:
    """Return a whole description, changed by `more`; None takes a key away."""
    whole = {
        "name": "small",
        "robot": "realant",
        "duration_s": 6,
        "repetitions": 2,
        "seed": 5,
        "conditions": [{"kind": "plastic"}, {"kind": "frozen"}, {"kind": "sine"}],
    } | more
    return {key: value for key, value in whole.items() if value is not None}


def made(**more: Any) -> TrialProtocol:
    """Return the protocol of that description."""
    return protocol_from(description(**more))
