"""The weights of a life in a file: what a network has become, to be taken up again or looked at. No pickle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from hebb_controller.errors import BadInputError
from hebb_controller.network_face import Network
from hebb_controller.rulebook_file import write_atomically

_LAYER, _RULEBOOK = "weights.{}", "rulebook"


def save_weights(path: Path, network: Network, rulebook_digest: str) -> Path:
    """Write a network's weights, atomically, and return the path.

    Raises:
        BadInputError: the folder does not exist or cannot be written to.
    """
    tensors = {_LAYER.format(k): w for k, w in enumerate(network.snapshot())}
    try:
        return write_atomically(Path(path), save(tensors, metadata={_RULEBOOK: rulebook_digest}))
    except OSError as error:
        raise BadInputError(f"weights not written to {path}: {error.strerror or error}") from error


def load_weights(path: Path, network: Network, rulebook_digest: str | None = None) -> None:
    """Put the weights of a file into a network; on any fault its old ones stay.

    Args:
        path: the file.
        network: the network.
        rulebook_digest: of the rules that will change the weights; None: whoever asks knows that they fit.

    Raises:
        BadInputError: no such file, not a file of weights, of other sizes, or grown under another rulebook.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            grown_under = (file.metadata() or {}).get(_RULEBOOK)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except OSError as error:
        raise BadInputError(f"no weights in {path}: {error.strerror or error}") from error
    except (SafetensorError, KeyError, TypeError, ValueError) as error:  # KeyError: a type that numpy has not
        why = " ".join(str(error).split())
        raise BadInputError(f"{path}: not a file of weights: {type(error).__name__}: {why}") from error
    names = [_LAYER.format(k) for k in range(len(network.layer_sizes) - 1)]
    if sorted(tensors) != sorted(names):
        raise BadInputError(f"{path}: holds {', '.join(sorted(tensors)) or 'nothing'}, wanted {', '.join(names)}")
    if any(tensor.dtype != np.float32 for tensor in tensors.values()):
        raise BadInputError(f"{path}: holds weights that are not float32: save them again as float32")
    if rulebook_digest is not None and grown_under != rulebook_digest:
        grown = f"under rulebook {grown_under[:12]}" if grown_under else "under a rulebook that the file does not name"
        raise BadInputError(
            f"{path}: its weights grew {grown}, here is {rulebook_digest[:12]}: start with that rulebook, or load "
            "weights that were saved under this one"
        )
    try:
        network.weights = [tensors[name] for name in names]
    except (TypeError, ValueError) as error:  # BadInputError is one: sizes, NaN
        raise BadInputError(f"{path}: {error}") from error
