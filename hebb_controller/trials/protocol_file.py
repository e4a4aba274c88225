"""A protocol as YAML: read strictly, all that is wrong told in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.faults import NO_WEAKENING, WEAKENING
from hebb_controller.robot_fields import Fields
from hebb_controller.strict_yaml import load_strictly
from hebb_controller.trials.protocol import BACKENDS, TrialProtocol
from hebb_controller.trials.protocol_sections import (
    LONGEST,
    flag,
    named,
    read_conditions,
    read_distance,
    read_limits,
    read_perturbations,
    read_serial,
    read_stages,
    whole,
)

_EXAMPLES = Path(__file__).parent / "examples"


def shipped_protocols() -> dict[str, Path]:
    """Return the protocols that come with the project, name -> file."""
    return {path.stem: path for path in sorted(_EXAMPLES.glob("*.yaml"))}


def find_protocol(name_or_path: str) -> Path:
    """Return the path of a shipped name or of an existing file.

    Raises:
        BadInputError: neither; the message lists the shipped names.
    """
    shipped = shipped_protocols()
    path = shipped.get(name_or_path, Path(name_or_path))
    if not path.is_file():
        raise BadInputError(f"no protocol {name_or_path!r}: a file, or one of {', '.join(shipped)}")
    return path


def read_protocol(path: Path) -> TrialProtocol:
    """Read a protocol.

    Raises:
        BadInputError: no such file, or one line that lists all that is wrong with it.
    """
    try:
        text = Path(path).read_bytes().decode()
    except OSError as error:
        raise BadInputError(f"no protocol {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: not a text in UTF-8") from error
    try:
        return protocol_from(load_strictly(text))
    except BadInputError as error:
        raise BadInputError(f"{path}: {' '.join(str(error).split())[:1500]}") from error


def protocol_from(description: Any) -> TrialProtocol:
    """Return the protocol that a parsed file describes.

    Raises:
        BadInputError: one line that lists all that is wrong.
    """
    problems: list[str] = []
    top = Fields(description, "", problems)
    name = named(top, "name")
    backend = top.choice("backend", BACKENDS, "sim")
    duration = top.number("duration_s", 0.0, LONGEST, above=True)
    distance = read_distance(top, backend)
    protocol = TrialProtocol(
        name=name,
        robot=top.text("robot"),
        conditions=read_conditions(top),
        stages=read_stages(top, duration),
        rulebook=top.text("rulebook", ""),
        backend=backend,
        body=top.text("body", "intact"),
        lockstep=flag(top, "lockstep", True),
        serial=read_serial(top, backend),
        seed=whole(top, "seed", 0, 2**31 - 1, 0),
        ramp_time=top.number("ramp_time_s", 0.0, 60.0, 1.0),
        fade_time=top.number("fade_time_s", 0.0, 60.0, 0.5),
        perturbations=read_perturbations(top, duration),
        abort=read_limits(top),
        distance=distance,
        surface=top.text("surface", ""),
        notes=top.text("notes", ""),
        blind=flag(top, "blind", False),
    )
    if backend == "serial" and any(made.fault.partition("=")[0] in WEAKENING for made in protocol.perturbations):
        top.note("perturbations", NO_WEAKENING)
    if backend == "serial" and protocol.body != "intact":
        top.note("body", "a simulated robot has that: build it, and say so under notes")
    top.finish()
    if problems:
        raise BadInputError("; ".join(problems))
    return protocol
