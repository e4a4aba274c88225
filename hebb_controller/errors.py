"""Errors of the whole distribution: one base class, every message one line that says what to do next.

HebbError
+-- BadInputError (ValueError)     a name, number or file that the caller can mend: exit code 2
|   +-- RobotError                 a robot description that does not hold together
|   +-- RulebookError              a rulebook that is damaged or belongs to another robot
+-- MissingExtraError (ImportError)  an optional dependency that this verb needs
+-- RunFailedError (RuntimeError)  the work itself failed: exit code 1
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

#: From this Python on PyBullet has no wheels, and pip leaves it out without a word: pyproject.toml says so too.
NO_PYBULLET = (3, 12)


class HebbError(Exception):
    """Base class of every error that this project raises on purpose."""

    exit_code = 1


class BadInputError(HebbError, ValueError):
    """Raised when the caller gave something that cannot be used."""

    exit_code = 2


class RobotError(BadInputError):
    """Raised when a robot description is incomplete or contradicts itself."""


class RulebookError(BadInputError):
    """Raised when a rulebook is damaged, or made for another robot, layout or size."""


class MissingExtraError(HebbError, ImportError):
    """Raised when a verb needs an optional dependency that is not installed."""

    exit_code = 2

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: {how_to_install(package, extra)}")
        self.package = package
        self.extra = extra


class RunFailedError(HebbError, RuntimeError):
    """Raised when a run could not be completed although its input was good."""


def how_to_install(package: str, extra: str) -> str:
    """Return what to do about an optional dependency that is missing: the project is installed from its checkout."""
    command = f"pip install '.[{extra}]' in the checkout"
    if package == "pybullet" and sys.version_info >= NO_PYBULLET:
        this = ".".join(map(str, sys.version_info[:2]))
        return f"it has no wheels for Python {this}: make an environment of Python 3.10 or 3.11, there {command}"
    return command


def unknown(kind: str, name: str, choices: Iterable[str]) -> BadInputError:
    """Return the error for a name that is not among `choices`, which it lists."""
    return BadInputError(f"unknown {kind} {name!r}: choose one of {', '.join(sorted(choices))}")


def in_one_line(message: str) -> str:
    """Return an error as `hebb` prints it."""
    return f"hebb: error: {' '.join(message.split())}"


@contextlib.contextmanager
def told_of(path: Path) -> Iterator[None]:
    """Have an `OSError` name `path`, which somebody asked for, and not a temporary file or what a link points to."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
