"""Files of one JSON object a line, appended to while work goes on: a kill may cut the last line short, no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError


def read_json_lines(path: Path, is_one: Callable[[Any], bool], what: str, then: str) -> list[dict[str, Any]]:
    """Return the objects of a file's lines, without a last one that was cut short.

    Args:
        path: of the file.
        is_one: whether a line's content is what belongs here.
        what: what that is called.
        then: what to do once a wrong line is gone.

    Raises:
        BadInputError: a line that does not belong here.
    """
    found = []
    lines = path.read_bytes().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            content = json.loads(line.decode())
        except json.JSONDecodeError as error:
            if number == len(lines):
                break
            raise _wrong(path, number, what, then) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise _wrong(path, number, what, then) from error
        if not is_one(content):
            raise _wrong(path, number, what, then)
        found.append(content)
    return found


def _wrong(path: Path, number: int, what: str, then: str) -> BadInputError:
    return BadInputError(f"{path}, line {number}: not {what}: delete this line, {then}")
