"""Records: whole cells or none, the same file whoever lived first, nothing lost to a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hebb_controller.errors import BadInputError
from sim.study import records as store
from sim.study.cell import Cell


def lives(cell: str, number: int, of: int) -> list[dict[str, Any]]:
    common = {"cell": cell, "of": of, "condition": "c", "evolution": 1, "treatment": "t", "digest": "d"}
    return [common | {"episode": k, "distance": 1.23456789, "cruise": float("nan")} for k in range(number)]


def test_what_is_written_is_read_to_six_digits(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "s.jsonl"
    store.append(path, lives("a", 2, 2))
    first, second = store.read(path)
    assert (first["distance"], first["cruise"], second["episode"]) == (1.23457, None, 1)


def test_a_cell_that_was_cut_short_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    store.append(path, lives("a", 3, 3))
    store.append(path, lives("b", 2, 3))
    with path.open("a") as file:
        file.write('{"cell": "b", "epi')  # a kill
    assert {record["cell"] for record in store.read(path)} == {"a"}


def test_a_broken_line_in_the_middle_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("not json\n" + store.as_lines(lives("a", 1, 1)))
    with pytest.raises(BadInputError, match=r"s\.jsonl, line 1: not a record: delete this line"):
        store.read(path)
    path.write_text('{"no": "cell"}\n')
    with pytest.raises(BadInputError, match="not a record"):
        store.read(path)


def test_the_order_of_living_does_not_show(tmp_path: Path) -> None:
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    store.rewrite(one, lives("a", 2, 2) + lives("b", 1, 1))
    store.rewrite(other, lives("b", 1, 1) + lives("a", 2, 2)[::-1])
    assert one.read_bytes() == other.read_bytes()


def test_a_missing_file_has_no_records(tmp_path: Path) -> None:
    assert store.read(tmp_path / "none.jsonl") == []


def test_the_name_of_a_cell_follows_everything_in_it() -> None:
    cell = Cell("c", 1, "t", 4)
    others = [
        Cell("c", 2, "t", 4),
        Cell("c", 1, "t", 5),
        Cell("c", 1, "t", 4, body="slope"),
        Cell("c", 1, "t", 4, faults=("limp@1:2",)),
        Cell("c", 1, "t", 4, seed=1),
    ]
    assert len({c.name for c in (cell, *others)}) == 6
    assert cell.name == Cell("c", 1, "t", 4).name


def test_only_what_is_not_default_is_told() -> None:
    told = Cell("c", 1, "t", 4, wipes=("layer=1@300", "0.5@200")).as_dict()
    assert told == {
        "condition": "c",
        "evolution": 1,
        "treatment": "t",
        "episodes": 4,
        "wipes": ["layer=1@300", "0.5@200"],
    }


def test_layers_and_shares_are_told_apart() -> None:
    cell = Cell("c", 1, "t", 4, wipes=("layer=1@300", "0.5@200"))
    assert cell.wiped_layers == ((1, 300),)
    assert [(a.share, a.step) for a in cell.schedule.ablations] == [(0.5, 200)]
