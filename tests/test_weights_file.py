"""Weights in files: what comes back, and what is refused in one line, the old weights staying."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot
from safetensors.numpy import save

from hebb_controller.errors import BadInputError
from hebb_controller.network import PlasticNetwork
from hebb_controller.weights_file import load_weights, save_weights

BOOK = random_rulebook(servo_robot())


def network(seed: int = 0) -> PlasticNetwork:
    made = BOOK.network()
    assert isinstance(made, PlasticNetwork)
    made.reset(np.random.default_rng(seed))
    return made


def unlike_numpy(shapes: list[tuple[int, ...]], kind: str) -> bytes:
    """Return a safetensors file of a two-byte type that numpy does not have."""
    header, end = {}, 0
    for k, shape in enumerate(shapes):
        size = 2 * int(np.prod(shape))
        header[f"weights.{k}"] = {"dtype": kind, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(end)


def refused(path: Path, words: str, digest: str | None = BOOK.digest) -> None:
    made = network(1)
    before = [w.copy() for w in made.weights]
    with pytest.raises(BadInputError, match=words) as caught:
        load_weights(path, made, digest)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    assert all(map(np.array_equal, before, made.weights))


def test_weights_come_back_under_their_rulebook(tmp_path: Path) -> None:
    path = save_weights(tmp_path / "w.safetensors", network(0), BOOK.digest)
    other = network(1)
    load_weights(path, other, BOOK.digest)
    assert all(map(np.array_equal, network(0).weights, other.weights))


def test_weights_of_another_rulebook_are_refused(tmp_path: Path) -> None:
    path = save_weights(tmp_path / "w.safetensors", network(0), "0123456789abcdef")
    refused(path, "grew under rulebook 0123456789ab, here is")
    tensors = {f"weights.{k}": w for k, w in enumerate(network(0).weights)}
    unnamed = tmp_path / "unnamed.safetensors"
    unnamed.write_bytes(save(tensors))
    refused(unnamed, "a rulebook that the file does not name")
    load_weights(unnamed, network(1))  # whoever knows better asks for no rulebook


@pytest.mark.parametrize("kind", ["BF16", "F8_E4M3", "NOPE"])
def test_types_that_numpy_has_not_are_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(unlike_numpy([w.shape for w in network().weights], kind))
    # Which of the two depends on whether something else has taught numpy that type.
    refused(path, "not a file of weights|not float32", None)


def test_files_that_hold_no_such_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    refused(path, "no weights in")
    refused(tmp_path, "no weights in|not a file of weights")
    for content in (b"", b"\xff" * 100, b"weights"):
        path.write_bytes(content)
        refused(path, "not a file of weights")
    whole = [np.asarray(w) for w in network().weights]
    for spoilt, words in (
        ({"weights.0": whole[0]}, "wanted weights.0, weights.1"),
        ({f"weights.{k}": w.astype(float) for k, w in enumerate(whole)}, "not float32"),
        ({f"weights.{k}": w[:1] for k, w in enumerate(whole)}, "shapes"),
        ({f"weights.{k}": np.full_like(w, np.nan) for k, w in enumerate(whole)}, "NaN"),
    ):
        path.write_bytes(save(spoilt, metadata={"rulebook": BOOK.digest}))
        refused(path, words)
