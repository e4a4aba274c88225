"""What plant and controller tell each other of servos behind a port that do not follow, read alike by all listeners."""

from __future__ import annotations

import json

from firmware_bridge.board_report import Power
from hebb_controller.phases import Phase

#: How the plant's reasons begin when servos do not follow, whatever it sends them.
TROUBLE = tuple(f"{power.value}:" for power in Power if power is not Power.ARMED)
#: How they begin when an operator has allowed torque, and a command that starts from the pose is waited for.
ALLOWED = "allowed:"
#: How a controller's reason begins that has let go because the servos have.
LET_GO = "the servos let go: "


def trouble_in(text: str) -> str:
    """Return why servos do not follow by a message of `plant/state`; nothing where they do, or where it is none."""
    reason = _field(text, "reason")
    return reason if reason.startswith(TROUBLE) else ""


def ramps(text: str) -> bool:
    """Return True for a controller's `~/mode` that tells of a ramp from the measured pose."""
    return _field(text, "phase") == Phase.RAMP.value


def _field(text: str, name: str) -> str:
    try:
        entry = json.loads(text)
    except ValueError:
        return ""
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""
