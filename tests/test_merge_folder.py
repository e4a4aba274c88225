"""The folder of a merge schedule: what is refused leaves it alone, and settings that were damaged are told of."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook
from pretend_engine import SMALL

pytest.importorskip("sklearn")

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from sim import merge as merging
from sim.merge_schedule import SETTINGS, MergeSchedule, run_schedule

#: 28 x 4 and 4 x 8 synapses.
SYNAPSES = 144


def evolved(**changes: object) -> Rulebook:
    """Return a rulebook that says how it was evolved."""
    made = random_rulebook(load_robot("ant"), hidden=SMALL.hidden, normalisation="none")
    return dataclasses.replace(made, provenance={"config": SMALL.as_dict(), "generations": 6}, **changes)  # type: ignore[arg-type]


def alike() -> Rulebook:
    """Return one whose second layer follows a single rule."""
    first, second = evolved().coefficients
    return evolved(coefficients=(first, np.ones_like(second)))


@pytest.mark.parametrize(
    ("book", "rules", "how", "message"),
    [
        (evolved(), (0,), {}, f"0 rules: must be 1 to {SYNAPSES}"),
        (evolved(), (40, -1), {}, f"-1 rules: must be 1 to {SYNAPSES}"),
        (evolved(), (SYNAPSES, 1), {"per_layer": True}, f"1 rules: must be 2 to {SYNAPSES}"),
        (alike(), (40,), {"per_layer": True}, "9 rules: there are only 1 different rules"),
        (evolved(rule="static", coefficients=(), start_weights=()), (9,), {}, "no rules to merge"),
    ],
)
def test_a_refused_schedule_leaves_no_folder(
    book: Rulebook, rules: tuple[int, ...], how: dict[str, bool], message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "schedule"
    with pytest.raises(BadInputError, match=message) as caught:
        run_schedule(book, MergeSchedule(rules, (1,), **how), folder)  # type: ignore[arg-type]
    assert not folder.exists() and "\n" not in str(caught.value)


def test_without_scikit_learn_no_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="scikit-learn"):
        run_schedule(evolved(), MergeSchedule((9,), (1,)), tmp_path / "schedule")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", [b"rules: [1\n", b"\xff\xfe", b"rules: [1]\nrules: [2]\n"])
def test_damaged_settings_are_told_of_in_one_line(text: bytes, tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_bytes(text)
    with pytest.raises(BadInputError, match=rf"{SETTINGS}: damaged \(.*put it back, or choose another") as caught:
        run_schedule(evolved(), MergeSchedule((9,), (1,)), tmp_path, resume=True)
    assert "\n" not in str(caught.value) and (tmp_path / SETTINGS).read_bytes() == text
