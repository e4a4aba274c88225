"""YAML as `yaml.safe_load` reads it, but for a key that stands twice: of two values, one would silently be lost.

What is wrong with a text is said in one line.
"""

from __future__ import annotations

from typing import Any

import yaml

from hebb_controller.errors import BadInputError


def load_strictly(text: str) -> Any:
    """Return what a text in YAML holds.

    Raises:
        BadInputError: not YAML, with line and column; a key that stands twice in one section, with both lines.
    """
    try:
        root, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        raise BadInputError(f"not YAML: {_place(error)}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # a letter of no text; nested too deep; no such day
        raise BadInputError(f"not YAML: {' '.join(str(error).split())}") from error
    _check_sections(root)
    return content


def _place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return where + ", ".join(part for part in (error.problem, error.context) if part)


def _check_sections(root: yaml.Node | None) -> None:
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
