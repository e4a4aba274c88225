"""What may be said beside `--resume`: a run goes on under the settings that it was begun with."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from sim.evolve_config import EvolveConfig

#: Settings that may change on resume: they change no life.
FREE = ("generations", "workers")
#: So many differences are named, the rest are counted.
_MOST = 3


def refuse_changed(asked: EvolveConfig, begun: EvolveConfig, given: Collection[str], name: str, folder: Path) -> None:
    """Refuse settings that are not those of the checkpoint.

    Args:
        asked: what the command line comes to.
        begun: what the checkpoint says.
        given: the settings that have been given as flags.
        name: the named settings of `--config`; empty: none.
        folder: the run's folder.

    Raises:
        BadInputError: with what differs, and what the run was begun with.
    """
    differing = [
        (f"--{field.replace('_', '-')} {_text(value)}" if field in given else f"{field} {_text(value)} in {name}", was)
        for field, value, was in _differences(asked, begun)
    ]
    if differing:
        told = "; ".join(f"{what}: {folder} was begun with {_text(was)}" for what, was in differing[:_MOST])
        more = f" (and {len(differing) - _MOST} more)" if len(differing) > _MOST else ""
        raise BadInputError(f"{told}{more}; on --resume only --generations and --workers change")


def refuse_fewer(generations: int, lived: int, folder: Path) -> None:
    """Refuse to go on to a generation that lies behind.

    Raises:
        BadInputError: with what was lived.
    """
    if generations < lived:
        raise BadInputError(
            f"--generations {generations}: {folder} has lived {lived} already; pass more, or leave the flag out"
        )


def _differences(asked: EvolveConfig, begun: EvolveConfig) -> list[tuple[str, Any, Any]]:
    return [
        (field.name, getattr(now, field.name), getattr(then, field.name))
        for now, then in ((asked, begun), (asked.es, begun.es))
        for field in dataclasses.fields(now)
        if field.name not in ("es", *FREE) and getattr(now, field.name) != getattr(then, field.name)
    ]


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(str(v) for v in value)
    return str(value) if value != "" else "nothing"
