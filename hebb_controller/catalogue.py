"""What comes with the project, as `hebb robots` and `hebb rulebook` tell it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook, load_rulebook, shipped_rulebooks
from hebb_controller.shared_rules import SharedRules

#: Headline facts of a rulebook's provenance, in the order of a line.
_FACTS = ("generations", "population", "environment_steps", "fitness")


def catalogue(
    robots: Sequence[RobotSpec], bodies_of: Callable[[RobotSpec], Sequence[str]] | None = None
) -> dict[str, Any]:
    """Return robots, their bodies and the shipped rulebooks, ready for JSON.

    Args:
        robots: the robots.
        bodies_of: returns a robot's bodies; None where there is no simulator to ask: bodies are then null.
    """
    return {
        "robots": [
            {
                "name": robot.name,
                "description": robot.description,
                "actuation": robot.actuation,
                "joints": list(robot.joint_names),
                "control_rate": robot.control_rate,
                "observation": robot.observation,
                "bodies": None if bodies_of is None else list(bodies_of(robot)),
            }
            for robot in robots
        ],
        "rulebooks": [rulebook_entry(name, load_rulebook(name)) for name in shipped_rulebooks()],
    }


def rulebook_entry(name: str, book: Rulebook) -> dict[str, Any]:
    """Return a rulebook's header, ready for JSON."""
    return {
        "name": name,
        "robot": book.robot,
        "rule": book.rule,
        "layer_sizes": list(book.layer_sizes),
        "normalisation": book.normalisation,
        "update_every": book.update_every,
        "average_over": book.average_over,
        "layout": book.layout,
        "layout_version": book.layout_version,
        "action_filter": book.action_filter,
        "control_rate": book.control_rate,
        "rules": nb_rules(book),
        "start": "evolved" if book.start_weights else "random",
        "evolved_numbers": book.nb_evolved,
        **{field: part.header() for field, part in book.parts.items()},
        "digest": book.digest,
        "robot_hash": book.robot_hash,
        "provenance": book.provenance,
    }


def nb_rules(book: Rulebook) -> int:
    """Return how many rules a rulebook has: one per synapse where they are not shared."""
    if isinstance(book.encoded, SharedRules):
        return book.encoded.nb_rules
    return sum(layer[0].size for layer in book.coefficients)


def catalogue_text(listing: dict[str, Any]) -> str:
    """Return the catalogue as text for a terminal."""
    lines = ["robots"]
    for robot in listing["robots"]:
        lines.append(f"  {robot['name']:14s} {robot['description']}")
        rate = f"{robot['control_rate']:.4g} Hz"
        lines.append(f"  {'':14s} {len(robot['joints'])} joints, {robot['actuation']}-driven, {rate}")
        if robot["bodies"] is None:
            lines.append(f"  {'':14s} bodies: install the extra [sim] to see them")
        else:
            text = f"bodies: {', '.join(robot['bodies'])}"
            lines += textwrap.wrap(text, 110, initial_indent=" " * 17, subsequent_indent=" " * 19)
    lines.append("rulebooks")
    lines += [f"  {book['name']:14s} {one_line(book)}" for book in listing["rulebooks"]] or ["  none yet"]
    return "\n".join(lines)


def one_line(entry: dict[str, Any]) -> str:
    """Return a rulebook's headline facts."""
    sizes = "-".join(str(n) for n in entry["layer_sizes"])
    parts = [f"robot {entry['robot']}", f"{entry['rule']} {sizes}", f"{entry['start']} start"]
    provenance = entry["provenance"]
    parts += [f"{key.replace('_', ' ')} {_shown(provenance[key])}" for key in _FACTS if provenance.get(key) is not None]
    return ", ".join(parts)


def rulebook_text(entry: dict[str, Any]) -> str:
    """Return a rulebook's header as text for a terminal."""
    lines = [f"{key.replace('_', ' '):16s} {_shown(value)}" for key, value in entry.items() if key != "provenance"]
    lines.append("provenance")
    lines += [f"  {key.replace('_', ' '):22s} {_shown(value)}" for key, value in entry["provenance"].items()]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, list):
        return " ".join(_shown(part) for part in value)
    return str(value)
