"""Running a study: nothing is lived twice, what no longer holds is dropped, what cannot be judged is kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from fixtures_rulebooks import random_rulebook
from matplotlib.figure import Figure

from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from sim.study import records as store
from sim.study.cell import Cell
from sim.study.evolutions import RULES
from sim.study.records import Record
from sim.study.run import StudyConfig, run_study
from sim.study.study import Findings, Study

pytestmark = pytest.mark.sim
DOC = """A study: for tests?

Question: Does it run?

Source: Nowhere.

Protocol: As written.
"""


class Toy:
    """A study whose lives are counted, not lived."""

    def __init__(self, folder: Path) -> None:
        self.lived: list[str] = []
        self.treatments = ["one", "two"]
        self.config = StudyConfig(folder / "out", folder / "evolutions", jobs=1)
        self.study = Study("toy", 99, DOC, {"c": 1}, self.cells, self.findings, self.draw, self.live)
        self.save(0)

    def save(self, seed: int) -> None:
        path = self.config.evolutions / "c" / "1" / RULES
        path.parent.mkdir(parents=True, exist_ok=True)
        random_rulebook(load_robot("realant"), seed).save(path)

    def cells(self, evolutions: object, quick: bool) -> list[Cell]:
        return [Cell("c", 1, treatment, 2) for treatment in self.treatments]

    def live(self, cell: Cell, book: Rulebook) -> list[Record]:
        self.lived.append(cell.treatment)
        common = {"cell": cell.name, "of": 2, "digest": book.digest} | cell.as_dict()
        return [common | {"episode": k, "distance": 1.0} for k in range(2)]

    def findings(self, records: object) -> Findings:
        return Findings((f"{len(records)} lives.",), (), {"lives": len(records)})  # type: ignore[arg-type]

    def draw(self, records: object) -> Figure:
        return Figure()

    def run(self) -> list[str]:
        said: list[str] = []
        run_study(self.study, self.config, said.append)
        return said

    @property
    def records(self) -> list[Record]:
        return store.read(self.config.data_of("toy"))


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path)


def test_what_was_lived_is_not_lived_again(toy: Toy) -> None:
    toy.run()
    assert toy.lived == ["one", "two"] and len(toy.records) == 4
    toy.treatments.append("three")
    toy.run()
    assert toy.lived == ["one", "two", "three"] and len(toy.records) == 6
    assert "6 lives." in (toy.config.folder / "toy.md").read_text()


def test_lives_of_other_rules_and_of_no_interest_are_dropped(toy: Toy) -> None:
    toy.run()
    toy.treatments.pop()
    assert "2 records" in toy.run()[0] and len(toy.records) == 2
    toy.save(7)
    assert "2 records" in toy.run()[0]
    assert toy.lived == ["one", "two", "one"]


def test_lives_whose_rules_are_elsewhere_are_kept(toy: Toy) -> None:
    toy.run()
    toy.config = dataclasses.replace(toy.config, evolutions=toy.config.folder / "nothing")
    toy.treatments = []
    assert toy.run() == [] and len(toy.records) == 4


def test_a_cell_that_a_kill_cut_short_is_lived_again(toy: Toy) -> None:
    toy.run()
    path = toy.config.data_of("toy")
    path.write_text("".join(line + "\n" for line in path.read_text().splitlines()[:-1]))
    toy.run()
    assert len(toy.lived) == 3 and len(toy.records) == 4
