"""A rulebook as bytes: a safetensors file with one JSON header, under a digest that covers both.

The header lies in the safetensors metadata under the key `hebb`. It holds `digest`, a hash over the rest of the header
and over every tensor's name, type, shape and bytes: a file that was altered anywhere is refused, or else says exactly
what it said before.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from hebb_controller.errors import RulebookError, told_of

SCHEMA = 1


def digest(header: Mapping[str, Any], tensors: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return a short hash of a header (but for its `digest`) and all tensors.

    Raises:
        RulebookError: the header cannot be written as JSON, or holds NaN or infinity.
    """
    sha = hashlib.sha256(_json({k: v for k, v in header.items() if k != "digest"}).encode())
    for name in sorted(tensors):
        array = tensors[name]
        sha.update(f"{name} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
    return sha.hexdigest()[:16]


def write(path: Path, header: Mapping[str, Any], tensors: Mapping[str, npt.NDArray[Any]]) -> Path:
    """Write a rulebook file, atomically, and return its path.

    Raises:
        RulebookError: the header cannot be written as JSON, or holds NaN or infinity.
    """
    arrays = {k: np.ascontiguousarray(v) for k, v in tensors.items()}
    whole = {**header, "digest": digest(header, arrays)}
    return write_atomically(path, save(arrays, metadata={"hebb": _json(whole)}))


def read(path: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Read a rulebook file: its header, without schema and digest, and its tensors.

    Raises:
        RulebookError: a file that cannot be read, is truncated, altered or of another schema.
    """
    try:
        path.open("rb").close()  # safetensors says that a file is not found where it may not be read
    except OSError as error:
        raise RulebookError(f"{path}: cannot be read ({error.strerror}): see to its permissions") from error
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
        header = json.loads(metadata["hebb"])
        schema = header["schema"]
        stored = header["digest"]
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise RulebookError(f"{path}: not a whole rulebook ({_one_line(error)}): fetch or save it again") from error
    if schema != SCHEMA:
        raise RulebookError(
            f"{path}: schema version {_one_line(schema)}, this package reads {SCHEMA}: update it or evolve again"
        )
    if stored != digest(header, tensors):
        raise RulebookError(f"{path}: its content does not match its digest: the file was altered; fetch it again")
    if not all(_is_allowed(name, tensor) for name, tensor in tensors.items()):
        raise RulebookError(f"{path}: holds tensors that are not float32: save it again from float32 arrays")
    return {k: v for k, v in header.items() if k not in ("schema", "digest")}, tensors


def _is_allowed(name: str, tensor: npt.NDArray[Any]) -> bool:
    # Which rule a synapse follows is a count; everything else is a coefficient or a weight.
    if name.startswith("assignment."):
        return tensor.dtype in (np.uint8, np.uint16, np.uint32)
    return bool(tensor.dtype == np.float32)


def write_atomically(path: Path, data: bytes) -> Path:
    """Write `data` under a temporary name, then rename: an old file survives a full disk or a kill."""
    with told_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    return path


def _json(header: Mapping[str, Any]) -> str:
    try:
        return json.dumps(header, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise RulebookError(f"rulebook header: {_one_line(error)}: use strings, finite numbers and lists") from error


def _one_line(value: object) -> str:
    name = f"{type(value).__name__}: " if isinstance(value, Exception) else ""
    return name + " ".join(str(value).split())[:200]
