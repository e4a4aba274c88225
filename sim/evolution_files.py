"""Settings of evolutions as files: those that come with the project, by name, and anybody's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from hebb_controller.errors import BadInputError
from sim.evolve_config import EvolveConfig

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
    return EvolveConfig.from_dict(_settings(name_or_path, ()))


def _settings(name_or_path: str, below: tuple[str, ...]) -> dict[str, Any]:
    path = named_evolutions().get(name_or_path, Path(name_or_path))
    if not path.is_file():
        raise BadInputError(f"no settings {name_or_path!r}: a YAML file, or one of {', '.join(named_evolutions())}")
    if name_or_path in below:
        raise BadInputError(f"{path}: extends itself by way of {', '.join(below)}")
    try:
        values = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise BadInputError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise BadInputError(f"{path}: must hold settings by name")
    if "extends" not in values:
        return values
    base = _settings(str(values.pop("extends")), (*below, name_or_path))
    strategy = (base.get("es") or {}) | (values.pop("es", None) or {})
    return base | values | {"es": strategy}
