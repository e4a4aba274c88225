"""The versions that numbers depend on, for reports and for the headers of rulebooks."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import hebb_controller


def versions(*more: str) -> dict[str, str]:
    """Return the versions of what the numbers depend on; `more`: further packages."""
    found = {"hebb-controller": hebb_controller.__version__, "python": platform.python_version()}
    for package in ("numpy", "numba", "pybullet", "safetensors", *more):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
