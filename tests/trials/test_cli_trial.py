"""`hebb trial` on the command line: one line for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
from hebb_controller.cli import main, make_parser
from hebb_controller.errors import BadInputError
from hebb_controller.trials import operator
from hebb_controller.trials.protocol import KINDS
from hebb_controller.trials.protocol_file import protocol_from, shipped_protocols


def test_what_is_wrong_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: x\ncolour: red\n")
    # The shipped protocol's own port may well be there: an emulator at somebody's desk.
    robot = tmp_path / "robot.yaml"
    robot.write_text(shipped_protocols()["sts12-emulated"].read_text().replace("/tmp/hebb-servos", "/dev/null"))
    for words, said in (
        (["no-such"], "a file, or one of realant"),
        ([str(file)], "colour: unknown key: choose among abort"),
        (["realant", "--stage", "orbit"], "invalid choice"),
        (["realant", "--stage", "ground", "--out", str(tmp_path / "o"), "--assume-yes"], "needs stage suspended"),
        ([str(robot), "--out", str(tmp_path / "o"), "--assume-yes"], "is no pseudo-terminal"),
    ):
        try:
            code = main(["trial", *words])
        except SystemExit as error:  # argparse
            code = error.code
        captured = capsys.readouterr()
        assert code == 2 and said in captured.err and captured.err.count("\n") == 1
    assert not (tmp_path / "o").exists()


def test_the_commands_of_the_guide_are_understood() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "trials.md").read_text()
    commands = [line.split("#")[0].split()[1:] for line in guide.splitlines() if line.startswith("    hebb ")]
    assert len(commands) >= 6
    for words in commands:
        make_parser(with_evolve=False).parse_args(words)


def test_the_guide_lists_every_key_of_a_protocol() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "trials.md").read_text()
    with pytest.raises(BadInputError, match="unknown key") as caught:
        protocol_from({"colour": 1})
    known = str(caught.value).split("choose among ")[1].split(";")[0].split(", ")
    assert len(known) > 15 and all(f"`{key}`" in guide for key in known)
    assert all(f"| `{kind}` |" in guide for kind in KINDS)


def test_without_a_terminal_nothing_is_launched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_terminal(*_: object, **__: object) -> None:
        raise OSError(6, "No such device or address")

    monkeypatch.setattr(operator, "open", no_terminal, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["trial", "realant", "--stage", "shadow", "--out", str(tmp_path)]) == 2
    assert "nobody is there to answer" in capsys.readouterr().err
    assert not (tmp_path / "shadow" / "runs").exists()
