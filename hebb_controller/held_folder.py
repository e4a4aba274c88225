"""A folder that one program at a time works in: a lock that a killed program leaves nothing of."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hebb_controller.errors import BadInputError

#: The file in the folder that is locked; it stays, and says who held it last.
LOCK = ".lock"


@contextmanager
def held(folder: Path, who: str) -> Iterator[None]:
    """Keep every other program out of a folder, which is made where it is missing.

    Args:
        folder: the folder.
        who: what the others are told, such as `hebb evolve`.

    Raises:
        BadInputError: another program holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = " ".join(lock.read(200).split()) or who
            raise BadInputError(
                f"{folder}: another {holder} works on it: wait until that has ended, or choose another folder"
            ) from error
        lock.truncate(0)  # only now: until here it is somebody else's
        lock.write(f"{who} (process {os.getpid()})\n")
        lock.flush()
        yield
