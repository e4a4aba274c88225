"""Settings of evolutions as files: those that come with the project, by name, and anybody's own."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.strict_yaml import load_strictly
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsConfig
from sim.setting_types import typed

#: Named settings that come with the project.
EVOLUTIONS = Path(__file__).parent / "evolutions"


def named_evolutions() -> dict[str, Path]:
    """Return the shipped settings, name -> file; those of the studies are called `study/NAME`."""
    paths = sorted(EVOLUTIONS.rglob("*.yaml"))
    return {path.relative_to(EVOLUTIONS).with_suffix("").as_posix(): path for path in paths}


def load_evolution(name_or_path: str) -> EvolveConfig:
    """Read settings by shipped name or from a YAML file.

    Settings may begin with `extends: NAME`, which takes over those of NAME where they say nothing themselves.

    Raises:
        BadInputError: no such name or file, or settings that cannot work.
    """
    values = _settings(name_or_path, ())
    with _told_of(_path(name_or_path)):
        return EvolveConfig.from_dict(values)


def _path(name_or_path: str) -> Path:
    return named_evolutions().get(name_or_path, Path(name_or_path))


@contextlib.contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Have what is wrong with settings name their file."""
    try:
        yield
    except BadInputError as error:
        raise BadInputError(f"{path}: {error}") from error


def _settings(name_or_path: str, below: tuple[str, ...]) -> dict[str, Any]:
    path = _path(name_or_path)
    if not path.is_file():
        raise BadInputError(f"no settings {name_or_path!r}: a YAML file, or one of {', '.join(named_evolutions())}")
    if name_or_path in below:
        raise BadInputError(f"{path}: extends itself by way of {', '.join(below)}")
    try:
        values = load_strictly(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: not a text in UTF-8") from error
    except BadInputError as error:
        raise BadInputError(f"{path}: {error}") from error
    if not isinstance(values, dict):
        raise BadInputError(f"{path}: must hold settings by name")
    base = values.pop("extends", None)
    with _told_of(path):  # here, because a file may have the fault that extends this one
        strategy = values.pop("es", None)
        strategy = typed({} if strategy is None else strategy, EsConfig, "es.")
        _refuse_strategy(values)
        values = typed(values, EvolveConfig)
    if base is None:
        return values | {"es": strategy}
    below_it = _settings(str(base), (*below, name_or_path))
    return below_it | values | {"es": below_it["es"] | strategy}


def _refuse_strategy(values: dict[str, Any]) -> None:
    """Refuse settings of the strategy where they do not belong: their flags look like all others."""
    names = [field.name for field in dataclasses.fields(EsConfig) if field.name in values]
    if names:
        raise BadInputError(f"{', '.join(names)}: of the strategy: write it under es, such as es: {{{names[0]}: ...}}")
