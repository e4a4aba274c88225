"""Checkpoints: everything that the next generation depends on, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import write_atomically
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsState

FILE = "checkpoint.safetensors"
#: Those of `EsState`.
TENSORS = ("mean", "first_moment", "second_moment", "kept")
#: What a checkpoint from before engines were written down says of them.
UNKNOWN = "unknown"
#: What the words of a header must be.
_WORDS: dict[str, Callable[[Any], bool]] = {
    "config": lambda value: isinstance(value, dict),
    "generation": lambda value: type(value) is int and value >= 0,
    "steps": lambda value: type(value) is int and value >= 0,
    "seconds": lambda value: type(value) in (int, float),
    "best": lambda value: value is None or type(value) in (int, float),
    "engines": lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
    "warm_start": lambda value: isinstance(value, str),
    "robot": lambda value: isinstance(value, str),
}


@dataclass(frozen=True)
class Checkpoint:
    """A run between two generations.

    Attributes:
        config: settings of the run.
        state: state of the strategy.
        steps: control steps lived so far.
        seconds: wall time so far, in [s].
        best: best evaluation so far of what the state keeps; None before the first.
        engines: names of the engines that have lived it so far (`sim.engine.Engine`), in the order of their first use.
        warm_start: digest of the rulebook without which the state cannot be read (encoding shared); empty: none.
        robot: digest of the robot (`sim.resumed_robot`); empty: none, or a checkpoint from before it was written down.
    """

    config: EvolveConfig
    state: EsState
    steps: int
    seconds: float
    best: float | None
    engines: tuple[str, ...] = ()
    warm_start: str = ""
    robot: str = ""

    def save(self, folder: Path) -> Path:
        """Write the checkpoint; the one before survives a full disk or a kill."""
        state = self.state
        tensors = {name: getattr(state, name) for name in TENSORS}
        header = {
            "config": self.config.as_dict(),
            "generation": state.generation,
            "steps": self.steps,
            "seconds": self.seconds,
            "best": self.best,
            "engines": list(self.engines),
            "warm_start": self.warm_start,
            "robot": self.robot,
        }
        return write_atomically(folder / FILE, save(tensors, metadata={"hebb": json.dumps(header)}))


def load_checkpoint(folder: Path) -> Checkpoint:
    """Read the checkpoint of a run.

    Raises:
        BadInputError: none there, or not a whole one.
    """
    path = folder / FILE
    if not path.is_file():
        raise BadInputError(f"no checkpoint in {folder}: start the run without --resume")
    try:
        with safe_open(path, framework="numpy") as file:
            header: dict[str, Any] = json.loads((file.metadata() or {})["hebb"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        for name, fits in _WORDS.items():
            if name in header and not fits(header[name]):
                raise TypeError(f"{name} {header[name]!r}")
        tensors.setdefault("kept", tensors["mean"])  # before there was an average, the newest search point was kept
        if {(tensors[name].ndim, tensors[name].shape) for name in TENSORS} != {(1, tensors["mean"].shape)}:
            raise TypeError("tensors of different lengths")
        return Checkpoint(
            EvolveConfig.from_dict(header["config"]),
            EsState(header["generation"], *(tensors[name] for name in TENSORS)),
            header["steps"],
            header["seconds"],
            header["best"],
            tuple(header.get("engines", [UNKNOWN])),
            header.get("warm_start", ""),
            header.get("robot", ""),
        )
    except (SafetensorError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise BadInputError(f"{path}: not a whole checkpoint ({type(error).__name__}: {error})") from error
