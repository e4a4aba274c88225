"""Every test that docs/fault_table.md names exists, and every row names one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "fault_table.md"


def rows() -> list[list[str]]:
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "Fault" and set(row[0]) != {"-"}]


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_row_says_what_happens_and_names_tests_that_exist() -> None:
    assert len(rows()) >= 25
    for row in rows():
        assert len(row) == 5, row
        assert row[3], f"{row[0]}: no response"
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row[4])
        assert named, f"{row[0]}: no test"
        for path, name in named:
            assert (ROOT / path).is_file(), f"{row[0]}: {path} is not there"
            assert name in functions(ROOT / path), f"{row[0]}: {path} has no {name}"
