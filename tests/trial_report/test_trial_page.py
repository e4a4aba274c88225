"""The files of a report: one page that needs nothing else, numbers that agree, and errors of one line."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
from planted import Plan, write_attempt, write_recording, write_trial

from hebb_controller.cli import main

pytestmark = pytest.mark.ros
EVIL = '<script>alert("1")</script> & "more"'


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Path:  # type: ignore[no-untyped-def]
    """A trial with losses in it, reported, and put beside a smaller one."""
    folder = tmp_path_factory.mktemp("page")
    bus = tuple({"bus_cycles": str(50 * k), "supply_V": "12.0", "health": "ok"} for k in range(3))
    good = write_recording(folder / "raw", Plan(steps=110, fault=(75, 80), still=0, bus=bus))
    runs = [(b, c, good) for b in range(1, 6) for c in ("plastic", "frozen")] + [(6, "plastic", None)]
    told = {k: {"distance_m": 1.0 + 0.1 * k, "distance_source": "operator"} for k in range(1, 11)}
    told[3] |= {"reason": EVIL}
    root = folder / "trial"
    prompts = [{"at": 0.5, "duration": 0.1, "operator": EVIL}]
    stage = write_trial(root / "ground", runs, told, name=EVIL, protocol={"perturbations": prompts})
    plan = json.loads((stage / "trial.json").read_text())["plan"]
    write_attempt(stage, plan[10], 1, good, {"outcome": "aborted", "reason": EVIL})
    small(folder, good)
    assert main(["report", str(root)]) == 0
    assert main(["report", str(stage), str(folder / "small")]) == 0
    return stage


def small(folder: Path, recording: Path) -> Path:
    return write_trial(folder / "small", [(1, "plastic", recording), (1, "frozen", recording)], backend="serial")


PAGES = ("report", "beside-small")


class Data(HTMLParser):
    """The numbers of a page: their place in the JSON file, whole value, and how they are written."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[list[str], float, str]] = []
        self._open: tuple[list[str], float] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data":
            told = dict(attrs)
            self._open = ((told["data-at"] or "").split("|"), float(told["value"] or "nan"))

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.found.append((*self._open, data))
            self._open = None


@pytest.mark.parametrize("name", PAGES)
def test_page_and_json_tell_the_same_numbers(trial: Path, name: str) -> None:
    numbers = json.loads((trial / "report" / f"{name}.json").read_text())
    reader = Data()
    reader.feed((trial / "report" / f"{name}.html").read_text())
    assert len(reader.found) > 150
    for place, value, words in reader.found:
        there = numbers
        for step in place:
            there = there[int(step)] if isinstance(there, list) else there[step]
        assert there == value
        digits = len(words.partition(".")[2]) if "e" not in words else 6
        assert float(words.replace("\u2212", "-")) == pytest.approx(value, abs=0.5001 * 10.0**-digits), place


@pytest.mark.parametrize("name", PAGES)
def test_the_page_refers_to_nothing_outside_and_is_well_formed(trial: Path, name: str) -> None:
    page = (trial / "report" / f"{name}.html").read_text()
    assert not re.search(r"https?:|//\w|url\(|@import|<link|<script|<img|<iframe| src=", page)
    assert "prefers-color-scheme: dark" in page and "@media print" in page and 'name="viewport"' in page
    tables = page.count("<table")
    assert tables > 3 and tables == page.count("<caption") and 'scope="row"' in page and 'scope="col"' in page
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) > 4
    for picture in pictures:
        shown = ElementTree.fromstring(picture)
        assert shown.get("role") == "img" and shown.get("aria-label") or shown.get("aria-hidden") == "true"
        assert "nan" not in picture and "inf" not in picture.replace("inference", "")
    body = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", page, flags=re.DOTALL)
    ElementTree.fromstring(body.removeprefix("<!DOCTYPE html>").replace('<meta charset="utf-8">', "").replace(
        '<meta name="viewport" content="width=device-width,initial-scale=1">', ""))  # fmt: skip


def test_csv_has_a_row_for_each_run_and_goes_back_to_the_same_numbers(trial: Path) -> None:
    numbers = json.loads((trial / "report" / "report.json").read_text())
    with (trial / "report" / "report.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(numbers["runs"]) == 11
    for row, run in zip(rows, numbers["runs"], strict=True):
        for key, value in run.items():
            if key == "perturbations":
                continue
            back = None if row[key] == "" else row[key] if isinstance(value, str) else float(row[key])
            assert back == (value if value != "" else None), key
    with (trial / "report" / "beside-small.csv").open(newline="") as stream:
        assert [row["trial"] for row in csv.DictReader(stream)] == ["first"] * 11 + ["second"] * 2


def test_reports_are_repeatable_and_whole(trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lone = trial.parents[1] / "small"
    assert main(["report", str(lone)]) == 0
    capsys.readouterr()
    assert main(["report", str(lone), "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "report.json").read_text())
    for suffix in (".html", ".json", ".csv"):
        assert (tmp_path / f"report{suffix}").read_bytes() == (lone / "report" / f"report{suffix}").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report.json", "report.csv"}


def test_bad_input_is_one_line_and_an_exit_code(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    begun = write_trial(tmp_path / "begun", [(1, "plastic", None)])
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "trial.json").write_text("{")
    poor = tmp_path / "poor"
    poor.mkdir()
    (poor / "trial.json").write_text('{"name": "x"}')
    recording = next((trial.parents[1] / "raw").glob("*.mcap"))
    for words, said in (
        ([tmp_path / "nowhere"], "no recording"),
        ([tmp_path / "empty"], "no trial.json"),
        ([begun], "no finished run to report: nothing was begun"),
        ([tmp_path / "damaged"], "damaged"),
        ([poor], "without robot"),
        ([trial, recording], "both"),
        ([recording, recording], "both"),
    ):
        capsys.readouterr()
        assert main(["report", *map(str, words)]) == 2
        error = capsys.readouterr().err
        assert said in error and error.count("\n") == 1, error
    assert not (begun / "report").exists()


def test_a_report_needs_neither_simulator_nor_plots_nor_ros() -> None:
    heavy = {"pybullet", "matplotlib", "rclpy", "mujoco", "torch"}
    program = f"import sys, hebb_controller_ros.trial_report\nprint(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
