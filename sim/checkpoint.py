"""Checkpoints: everything that the next generation depends on, written whole or not at all."""

from __future__ import annotations

import json
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


@dataclass(frozen=True)
class Checkpoint:
    """A run between two generations.

    Attributes:
        config: settings of the run.
        state: state of the strategy.
        steps: control steps lived so far.
        seconds: wall time so far, in [s].
        best: best evaluation of the mean so far; None before the first.
    """

    config: EvolveConfig
    state: EsState
    steps: int
    seconds: float
    best: float | None

    def save(self, folder: Path) -> Path:
        """Write the checkpoint; the one before survives a full disk or a kill."""
        state = self.state
        tensors = {"mean": state.mean, "first_moment": state.first_moment, "second_moment": state.second_moment}
        header = {
            "config": self.config.as_dict(),
            "generation": state.generation,
            "steps": self.steps,
            "seconds": self.seconds,
            "best": self.best,
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
            mean, first, second = (file.get_tensor(k) for k in ("mean", "first_moment", "second_moment"))
        return Checkpoint(
            EvolveConfig.from_dict(header["config"]),
            EsState(header["generation"], mean, first, second),
            header["steps"],
            header["seconds"],
            header["best"],
        )
    except (SafetensorError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise BadInputError(f"{path}: not a whole checkpoint ({type(error).__name__}: {error})") from error
