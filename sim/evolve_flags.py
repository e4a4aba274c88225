"""The flags of `hebb evolve`: one for each setting, with its help taken from the settings' docstrings."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re
import shlex
from pathlib import Path
from typing import Any

from sim.checkpoint import load_checkpoint
from sim.engine import BATCHED, ENGINES, LOCAL
from sim.evolution_files import load_evolution, named_evolutions
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsConfig
from sim.resumed_settings import FREE, refuse_changed

#: Flags of more than one value.
_LISTS = {"bodies": str, "hardships": str, "physics": str, "hidden": int, "cppn_hidden": int}


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add every setting to `parser`; what is not given stays with the named settings or the defaults."""
    names = ", ".join(name for name in named_evolutions() if "/" not in name)
    parser.add_argument(
        "--config",
        metavar="NAME",
        help=f"named settings or a YAML file, to be overridden: {names}; study/NAME: those of the studies",
    )
    parser.add_argument("--out", type=Path, default=Path("runs/evolution"), help="folder of the run (%(default)s)")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on from the checkpoint in --out; of the settings only --generations and --workers may change",
    )
    parser.add_argument(
        "--engine",
        metavar="E",
        default=LOCAL,
        help=f"{', '.join(ENGINES)}: changes no life, and batched alone the rounding (default: %(default)s)",
    )
    parser.add_argument(
        "--address",
        default="",
        help="with --engine ray: auto for the cluster this machine belongs to, or HOST:PORT (default: start Ray here)",
    )
    parser.add_argument("--dashboard", action="store_true", help="with --engine ray started here: serve its dashboard")
    parser.add_argument(
        "--device", default="", help="with --engine batched: cpu or cuda, for the networks (default: cpu)"
    )
    for kind in (EvolveConfig, EsConfig):
        helps = _attribute_helps(kind.__doc__ or "")
        for field in dataclasses.fields(kind):
            if field.name == "es":
                continue
            default = field.default
            options: dict[str, Any] = {"default": None, "dest": field.name, "metavar": field.name.upper()}
            if field.name in _LISTS:
                options |= {"nargs": "+", "type": _LISTS[field.name]}
            else:
                options["type"] = type(default)
            help_text = f"{helps[field.name]} (default: {_shown(default)})".replace("%", "%%")
            parser.add_argument(f"--{field.name.replace('_', '-')}", help=help_text, **options)


def config_from(arguments: argparse.Namespace) -> EvolveConfig:
    """Return the settings that the flags ask for.

    Raises:
        BadInputError: unknown named settings, a value out of range, or on resume another than the run was begun with.
    """
    begun = load_checkpoint(arguments.out).config if arguments.resume else None
    values: dict[str, Any] = {}
    if arguments.config:
        values = load_evolution(arguments.config).as_dict()
    elif begun:
        values = begun.as_dict()
    if begun:  # so that `--resume` alone goes on to the same end
        values |= {name: getattr(begun, name) for name in FREE}
    strategy, given = values.pop("es", {}), set()
    for kind, into in ((EvolveConfig, values), (EsConfig, strategy)):
        for field in dataclasses.fields(kind):
            flag = getattr(arguments, field.name, None)
            if flag is not None:
                into[field.name] = flag
                given.add(field.name)
    config = EvolveConfig.from_dict(values | {"es": strategy})
    if begun:
        refuse_changed(config, begun, given, f"--config {arguments.config}", arguments.out)
    return config


def command_of(config: EvolveConfig, engine: str = LOCAL) -> str:
    """Return the `hebb evolve` command that leads to these settings: every one that is not a default.

    Args:
        config: the settings.
        engine: name of the engine, as in `sim.engine.Engine`.
    """
    words = ["hebb", "evolve"]
    for settings, defaults in ((config, EvolveConfig()), (config.es, EsConfig())):
        for field in dataclasses.fields(settings):
            value = getattr(settings, field.name)
            # Workers do not change results.
            if field.name in ("es", "workers") or value == getattr(defaults, field.name):
                continue
            values = value if isinstance(value, tuple) else (value,)
            words += [f"--{field.name.replace('_', '-')}", *(str(v) for v in values)]
    kind, _, device = engine.partition(" ")
    if kind == BATCHED:  # the others change no bit
        words += ["--engine", kind, "--device", device]
    return shlex.join(words)


def _attribute_helps(docstring: str) -> dict[str, str]:
    attributes = inspect.cleandoc(docstring).split("Attributes:", 1)[1]
    found = re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", attributes, flags=re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text).replace("`", "").rstrip(".") for name, text in found}


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return " ".join(str(v) for v in default)
    return str(default) if default != "" else "empty"
