"""Where results are to go: looked at before the work begins, and refused in one line where they cannot."""

from __future__ import annotations

import os
from pathlib import Path

from hebb_controller.errors import BadInputError


def check_folder(folder: Path, flag: str = "--out") -> Path:
    """Refuse a folder that cannot be made or written to, and return it; nothing is made.

    Args:
        folder: that will hold results.
        flag: what names it on the command line.

    Raises:
        BadInputError: it is a file, lies below one, or may not be written to.
    """
    there = folder
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise BadInputError(f"{flag} {folder}: {there} is a file, not a folder: name another {flag}")
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadInputError(f"{flag} {folder}: {there} may not be written to: name another {flag}")
    return folder


def check_file(path: Path, flag: str = "--out") -> Path:
    """Refuse a file that cannot be written, and return its path; nothing is made.

    Args:
        path: of the file that will be written.
        flag: what names it on the command line.

    Raises:
        BadInputError: it is a folder, or lies where none can be.
    """
    if path.is_dir():
        raise BadInputError(f"{flag} {path}: is a folder, not a file: name a file in it")
    check_folder(path.parent, flag)
    return path
