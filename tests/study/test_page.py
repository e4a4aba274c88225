"""The committed results page says what the committed records say, to the letter; so does the README's part of it."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path

import pytest

from hebb_controller.cli import main
from sim.study.catalogue import all_studies
from sim.study.evolutions import Evolutions
from sim.study.page import glance, index_page, numbers_of, study_page
from sim.study.quotation import BEGIN, END, quote, quotes
from sim.study.run import StudyConfig, records_for, sources_of
from sim.study.study import Findings, Study

pytestmark = pytest.mark.sim
ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "results"
CONFIG = StudyConfig(RESULTS, RESULTS / "evolutions")
STUDIES = all_studies()


def first_difference(path: Path, wanted: str) -> str | None:
    """Return where a file departs from a text, in one line: a diff of whole pages takes minutes."""
    if not path.is_file():
        return f"{path} is missing"
    lines = zip_longest(path.read_text().splitlines(), wanted.splitlines(), fillvalue="nothing")
    return next((f"{path}:{k}: {a!r}, not {b!r}" for k, (a, b) in enumerate(lines, 1) if a != b), None)


def quoted(text: Path) -> list[str]:
    """Return the lines between the marks."""
    return text.read_text().partition(BEGIN)[2].partition(END)[0].splitlines()


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[Study, Findings]]:
    return {name: (study, study.findings(records_for(study, CONFIG))) for name, study in STUDIES.items()}


@pytest.mark.parametrize("name", STUDIES)
def test_the_page_is_what_the_records_say(name: str, found: dict[str, tuple[Study, Findings]]) -> None:
    study, findings = found[name]
    page = study_page(study, findings, sources_of(study, CONFIG))
    assert (RESULTS / f"{name}.md").read_text() == page, f"run: hebb study {name} --page"
    assert (RESULTS / "data" / f"{name}.json").read_text() == numbers_of(study, findings)
    assert (RESULTS / f"{name}.png").is_file()


def test_the_index_is_what_the_pages_say(found: dict[str, tuple[Study, Findings]]) -> None:
    assert first_difference(RESULTS / "README.md", index_page(found.values())) is None, "run: hebb study --all --page"


def test_the_readme_quotes_the_headlines(found: dict[str, tuple[Study, Findings]]) -> None:
    lines = glance(found.values(), "docs/results")
    assert len(lines) > 20
    assert quoted(ROOT / "README.md") == lines, "run: hebb study --all --page"
    index = (RESULTS / "README.md").read_text()
    assert all(line.replace("(docs/results/", "(") in index for line in lines)


def test_a_quotation_changes_nothing_else(tmp_path: Path) -> None:
    text = tmp_path / "README.md"
    for without in ("", "<!-- results -->\n", "<!-- /results -->\n<!-- results -->\n"):
        text.write_text(without)
        assert not quotes(text)
    text.write_text("before\n<!-- results -->\nold\nolder\n<!-- /results -->\nafter\n")
    assert quotes(text) and quote(text, ["new"]) == text
    assert text.read_text() == "before\n<!-- results -->\nnew\n<!-- /results -->\nafter\n" and quoted(text) == ["new"]


@pytest.mark.parametrize("name", STUDIES)
def test_headlines_are_figures_of_their_study(name: str, found: dict[str, tuple[Study, Findings]]) -> None:
    study, findings = found[name]
    assert study.headlines and all(headline.figure in findings.figures for headline in study.headlines)


@pytest.mark.parametrize("name", STUDIES)
def test_records_belong_to_the_evolutions_that_are_there(name: str) -> None:
    evolutions = Evolutions(RESULTS / "evolutions")
    for condition, seed, digest in {
        (r["condition"], r["evolution"], r["digest"]) for r in records_for(STUDIES[name], CONFIG)
    }:
        assert evolutions.digest(condition, seed) == digest, f"{condition} {seed}: run hebb study {name} again"


@pytest.mark.parametrize("name", STUDIES)
def test_nothing_that_an_evolution_should_have_lived_is_missing(name: str) -> None:
    wanted = STUDIES[name].cells(Evolutions(RESULTS / "evolutions"), quick=False)
    lived = {record["cell"] for record in sources_of(STUDIES[name], CONFIG)[name]}
    missing = [cell for cell in wanted if cell.name not in lived]
    assert not missing, f"{len(missing)} cells, as {missing[0]}: run hebb study {name}"


@pytest.mark.parametrize("name", STUDIES)
def test_the_numbers_are_strict_json(name: str) -> None:
    json.loads((RESULTS / "data" / f"{name}.json").read_text(), parse_constant=pytest.fail)


def test_the_verb_lists_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "--evolutions", str(RESULTS / "evolutions")]) == 0
    listed = capsys.readouterr().out
    assert all(study.title in listed for study in STUDIES.values())
    assert main(["study", "bodis"]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1 and "bodies" in message
    assert main(["study", "bodies", "--jobs", "0"]) == 2


@pytest.mark.slow
def test_all_studies_run_quickly_and_go_on_where_they_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["study", "--all", "--quick", "--out", str(tmp_path), "--evolutions", str(RESULTS / "evolutions")]
    assert main(words) == 0
    data = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    assert {f"{name}.jsonl" for name in STUDIES} <= set(data)
    capsys.readouterr()
    assert main(words) == 0
    assert "to live" not in capsys.readouterr().err  # nothing is lived twice
    assert data == {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
