"""YAML as `yaml.safe_load` reads it, but for a key that stands twice: of two values, one would silently be lost."""

from __future__ import annotations

from typing import Any

import yaml

from hebb_controller.errors import BadInputError


def load_strictly(text: str) -> Any:
    """Return what a text in YAML holds.

    Raises:
        BadInputError: a key that stands twice in one section; both lines are named.
        yaml.YAMLError: not YAML.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # an alias, perhaps of something that it lies in
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            _check_keys(node)
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return yaml.safe_load(text)


def _check_keys(section: yaml.MappingNode) -> None:
    first: dict[tuple[str, str], int] = {}
    for key, _ in section.value:
        if isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1
            if (key.tag, key.value) in first:
                raise BadInputError(
                    f"{key.value!r} stands twice, in lines {first[key.tag, key.value]} and {line}: keep one"
                )
            first[key.tag, key.value] = line
