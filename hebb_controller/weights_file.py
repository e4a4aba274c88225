"""The weights of a life in a file: what a network has become, to be taken up again or looked at. No pickle."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load, save

from hebb_controller.errors import BadInputError
from hebb_controller.network_face import Network
from hebb_controller.rulebook_file import write_atomically

_LAYER = "weights.{}"


def save_weights(path: Path, network: Network, rulebook_digest: str) -> Path:
    """Write a network's weights, atomically, and return the path.

    Raises:
        BadInputError: the folder does not exist or cannot be written to.
    """
    tensors = {_LAYER.format(k): w for k, w in enumerate(network.snapshot())}
    try:
        return write_atomically(Path(path), save(tensors, metadata={"rulebook": rulebook_digest}))
    except OSError as error:
        raise BadInputError(f"weights not written to {path}: {error.strerror or error}") from error


def load_weights(path: Path, network: Network) -> None:
    """Put the weights of a file into a network; on any fault its old ones stay.

    Raises:
        BadInputError: no such file, not a file of weights, or of other sizes.
    """
    try:
        tensors = load(Path(path).read_bytes())
    except OSError as error:
        raise BadInputError(f"no weights in {path}: {error.strerror or error}") from error
    except SafetensorError as error:
        raise BadInputError(f"{path}: not a file of weights: {error}") from error
    names = [_LAYER.format(k) for k in range(len(network.layer_sizes) - 1)]
    if sorted(tensors) != sorted(names):
        raise BadInputError(f"{path}: holds {', '.join(sorted(tensors)) or 'nothing'}, wanted {', '.join(names)}")
    network.weights = [tensors[name] for name in names]
