"""The command line as scripts meet it: exit codes, one line for every error, one object for --json."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fixtures_rulebooks import random_rulebook

from hebb_controller.cli import main
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook_file import write_atomically

pytestmark = pytest.mark.sim
COMMAND = [sys.executable, "-m", "hebb_controller.cli"]
ROOT = Path(__file__).parents[1]


def hebb(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *(str(a) for a in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rulebook for the ant that cannot walk."""
    made = random_rulebook(load_robot("ant"), hidden=(16, 8), normalisation="none")
    return made.save(tmp_path_factory.mktemp("books") / "toy.hebb.safetensors")


def refused(*arguments: str | Path, naming: str = "", process: bool = False) -> None:
    """Check that a call is refused in one line: in this process, or as a shell would call it."""
    if process:
        result = hebb(*arguments)
        exit_code, out, error = result.returncode, result.stdout, result.stderr
    else:
        with contextlib.redirect_stdout(io.StringIO()) as stdout, contextlib.redirect_stderr(io.StringIO()) as stderr:
            try:
                exit_code = main([str(a) for a in arguments])
            except SystemExit as stop:  # argparse
                exit_code = int(stop.code or 0)
        out, error = stdout.getvalue(), stderr.getvalue()
    assert exit_code == 2, (exit_code, error)
    assert out == ""
    assert error.startswith("hebb: error: ") and error.count("\n") == 1, error
    assert naming in error


def test_version_and_help() -> None:
    assert hebb("--version").stdout.startswith("hebb ")
    assert "evaluate" in hebb("--help").stdout


@pytest.mark.parametrize("verb", ["run", "evaluate", "robots", "robot", "rulebook", "export", "evolve"])
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0 and capsys.readouterr().out.startswith(f"usage: hebb {verb}")


def test_bad_names_are_refused_with_the_choices(book: Path) -> None:
    refused("evaluate", book, "--robot", "cat", naming="ant, bittle, pwm12, realant, sts12", process=True)
    refused("evaluate", book, "--body", "two_heads", naming="front_left_short", process=True)
    refused("evaluate", "no-such-book", naming="no-such-book", process=True)
    refused("evolve", "--rule", "ABCDEF", naming="ABCD_lr", process=True)
    refused("evaluate", book, "--fault", "explode@1:2", naming="saturate")
    refused("evaluate", book, "--fault", "limp@1:2@elbow", naming="ankle_1")
    refused("run", "--robot", "cat", naming="ant, bittle, pwm12, realant, sts12")
    refused("robot", "check", "no-such-robot.yaml", naming="no-such-robot")
    refused("rulebook", "no-such-book", naming="no-such-book")
    refused("fly", naming="evaluate")
    refused(naming="VERB")


@pytest.mark.parametrize(
    "flags",
    [
        ["--saturate", "400:300"],
        ["--saturate", "soon"],
        ["--freeze-actuators", "300"],
        ["--zero-weights", "2@400"],
        ["--zero-weights", "0.3"],
        ["--stop-plasticity", "-1"],
        ["--fault", "weak=9@1:2"],
    ],
)
def test_bad_perturbations_are_refused(book: Path, flags: list[str]) -> None:
    refused("evaluate", book, *flags, process=flags == ["--saturate", "soon"])


@pytest.mark.parametrize(
    "flags", [["--episodes", "0"], ["--episodes", "few"], ["--jobs", "0"], ["--seed", "-1"], ["--horizon", "-5"]]
)
def test_bad_numbers_are_refused(book: Path, flags: list[str]) -> None:
    refused("evaluate", book, *flags)


@pytest.mark.parametrize(
    ("words", "naming"),
    [
        (["board", "emulate", "--seed", "-1"], "seed -1"),
        (["board", "find", "--protocol", "telepathy"], "sts"),
        (["board", "find", "--highest", "999"], "999"),
        (["check", "--port", "nowhere", "--calibration", "none", "--supply", "-3"], "--supply -3"),
        (["evolve", "--randomise", "5"], "randomise 5"),
        (["run", "--plant", "serial", "--robot", "ant", "--port", "x", "--imu-port", "level"], "has no servos"),
        (["robot", "check", "my_dgo.yaml"], "no robot file my_dgo.yaml"),
        (["view", "--host", "300.1.1.1"], "address of this machine"),
    ],
)
def test_other_bad_words_are_refused(words: list[str], naming: str) -> None:
    pytest.importorskip("viser" if words[0] == "view" else "serial")
    refused(*words, naming=naming)


def test_a_rulebook_of_another_robot_is_refused(book: Path) -> None:
    refused("evaluate", book, "--robot", "realant", naming="realant")


@pytest.mark.parametrize("damage", ["cut", "altered", "text", "empty"])
def test_damaged_rulebooks_are_refused(book: Path, tmp_path: Path, damage: str) -> None:
    data = book.read_bytes()
    bad = tmp_path / "bad.hebb.safetensors"
    bad.write_bytes(
        {"cut": data[:-100], "altered": data[:-1] + bytes([data[-1] ^ 1]), "text": b"hello\n", "empty": b""}[damage]
    )
    for verb in (["evaluate", bad], ["rulebook", bad], ["run", "--rulebook", bad]):
        refused(*verb, naming="bad.hebb.safetensors", process=damage == "altered")


def test_evaluate_prints_one_object_and_nothing_else(book: Path) -> None:
    flags = ["--body", "front_right_short", "--episodes", "2", "--seed", "3", "--horizon", "80"]
    result = hebb("evaluate", book, "--robot", "ant", *flags, "--saturate", "40:50", "--json")
    assert result.returncode == 0 and result.stderr == "" and result.stdout.count("\n") == 1
    figures = json.loads(result.stdout)
    assert [figures[k] for k in ("robot", "body", "episodes", "seed")] == ["ant", "front_right_short", 2, 3]
    assert figures["rulebook"] == str(book)
    assert set(figures) >= {"reward", "distance_m", "speed_m_s", "steps_to_90", "recovery_steps", "falls"}
    assert hebb("evaluate", book, *flags, "--saturate", "40:50", "--json", "--jobs", "2").stdout == result.stdout


def test_evaluate_prints_a_table_for_people(book: Path) -> None:
    result = hebb("evaluate", book, "--episodes", "1", "--horizon", "30")
    assert result.returncode == 0 and "distance [m]" in result.stdout


def test_robots_are_listed() -> None:
    listing = json.loads(hebb("robots", "--json").stdout)
    robots = {robot["name"]: robot for robot in listing["robots"]}
    assert set(robots) >= {"ant", "realant", "sts12"}
    assert set(robots["ant"]["bodies"]) >= {"intact", "front_right_short", "front_left_short"}
    text = hebb("robots").stdout
    assert "realant" in text and "rulebooks" in text


def test_a_robot_file_is_checked() -> None:
    result = hebb("robot", "check", "ant")
    assert result.returncode == 0 and "ankle_1" in result.stdout


def test_a_rulebooks_header_is_shown(book: Path) -> None:
    assert "made up by a test" in hebb("rulebook", book).stdout
    assert json.loads(hebb("rulebook", book, "--json").stdout)["robot"] == "ant"


def test_run_tells_its_story_and_writes_its_report(book: Path, tmp_path: Path) -> None:
    video = tmp_path / "life.gif"
    result = hebb(
        "run", "--rulebook", book, "--steps", "90", "--saturate", "40:50", "--out", tmp_path, "--video", video
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert "random weights" in result.stdout and "\x1b" not in result.stdout
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["life.gif", "toy-intact-seed0-saturate-40-50.json", "toy-intact-seed0-saturate-40-50.png"]
    assert video.read_bytes().startswith(b"GIF89a")


def test_run_refuses_before_it_starts(book: Path, tmp_path: Path) -> None:
    refused("run", "--rulebook", book, "--video", tmp_path / "life.avi", naming=".gif, .mp4")
    refused("run", "--rulebook", book, "--steps", "0", naming="steps 0")


@pytest.mark.skipif(sys.platform == "darwin", reason="a window needs no X server there")
@pytest.mark.parametrize("display", [None, "", ":987", "nowhere.invalid:1", "nonsense"])
def test_a_window_without_a_display_is_refused(
    book: Path, display: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    if display is not None:
        monkeypatch.setenv("DISPLAY", display)
    refused("run", "--rulebook", book, "--gui", naming="DISPLAY")


def test_what_cannot_be_written_is_called_by_the_name_that_was_given(book: Path, tmp_path: Path) -> None:
    out = tmp_path / ("x" * 255)  # the temporary name beside it is too long; root may write anywhere else
    with pytest.raises(OSError) as caught:
        write_atomically(out, b"")
    assert caught.value.filename == str(out)
    result = hebb("board", "emulate", "--bench", "--link", tmp_path / "nowhere" / "link")
    assert result.returncode == 1 and str(tmp_path / "nowhere" / "link") in result.stderr


def interrupted(process: subprocess.Popen[str]) -> str:
    """Interrupt a process and its children, as Ctrl-C does, and return what they wrote to standard error."""
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    return errors


def test_ctrl_c_stops_a_life_and_tells_what_was_lived(book: Path, tmp_path: Path) -> None:
    command = [*COMMAND, "run", "--rulebook", str(book), "--realtime", "--out", str(tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    process = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]
    process.stdout.readline()  # it is on its way
    assert interrupted(process) == "hebb: error: interrupted\n"
    (report,) = tmp_path.glob("*-stopped.json")
    assert sorted(tmp_path.iterdir()) == [report, report.with_suffix(".png")]
    lived = json.loads(report.read_text())
    assert 0 < lived["steps"] < 700 and len(lived["series"]["reward"]) == lived["steps"]
    assert lived["story"][-1].endswith("then it was stopped")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for child processes as Linux shows them")
def test_ctrl_c_ends_the_worker_processes_too(book: Path) -> None:
    command = [*COMMAND, "evaluate", str(book), "--episodes", "200", "--jobs", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while len(children.read_text().split()) < 3:  # two workers and Python's own resource tracker
        time.sleep(0.02)
    time.sleep(0.2)
    assert interrupted(process) == "hebb: error: interrupted\n"


def test_a_reader_that_leaves_is_no_error(book: Path) -> None:
    command = f"{sys.executable} -m hebb_controller.cli robots --json | head -c 1"
    result = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert result.returncode == 0 and result.stderr == ""
