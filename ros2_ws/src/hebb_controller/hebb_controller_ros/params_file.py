"""What a user's params_file decides, and what a launch argument that was given decides against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.strict_yaml import load_strictly

#: Parameters that a launch argument of another name sets.
_ARGUMENT_OF = {"horizon": "duration", "publish_clock": "use_sim_time", "shadow": "backend"}


def not_left_to(path: str, node: str, parameters: Mapping[str, Any], given: Collection[str]) -> dict[str, Any]:
    """Return those of a node's parameters that the launch sets itself.

    Args:
        path: the params_file; empty: none, and the launch sets all.
        node: name of the node.
        parameters: what the launch would set.
        given: names of the launch arguments that somebody gave; the file wins over the defaults of the others.

    Raises:
        BadInputError: the file cannot be read.
    """
    stated = _stated(Path(path), node) if path else set()
    return {k: v for k, v in parameters.items() if _ARGUMENT_OF.get(k, k) in given or k not in stated}


def _stated(path: Path, node: str) -> set[str]:
    try:
        content = load_strictly(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise BadInputError(f"params_file {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"params_file {path}: not a text in UTF-8") from error
    except BadInputError as error:
        raise BadInputError(f"params_file {path}: {error}") from error
    stated: set[str] = set()
    for name, section in content.items() if isinstance(content, dict) else ():
        if name in ("/**", node, f"/{node}") and isinstance(section, dict):
            parameters = section.get("ros__parameters") or {}
            if not isinstance(parameters, dict):
                raise BadInputError(f"params_file {path}: {name}: ros__parameters must hold parameters by name")
            stated |= set(parameters)
    return stated
