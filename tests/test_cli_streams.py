"""Whatever becomes of the terminal, work that is under way is finished, and an interrupt is one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sim
COMMAND = f"{sys.executable} -m hebb_controller.cli"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = ["bash", "-c", f"set -o pipefail; {command}"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("reader", ["| head -n 1 > first", "| true", ">&-"])
def test_a_life_whose_reader_leaves_is_lived_and_reported(reader: str, tmp_path: Path) -> None:
    result = shell(f"{COMMAND} run --robot realant --steps 20 --out out {reader}", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".json", ".png"}


def test_a_failure_that_nobody_reads_is_still_one(tmp_path: Path) -> None:
    result = shell(f"{COMMAND} robot check nowhere.yaml 2>&1 >/dev/null | true", tmp_path)
    assert result.returncode == 2


def test_what_only_shows_things_ends_with_its_reader(tmp_path: Path) -> None:
    program = (
        "import sys; from hebb_controller import cli\n"
        "class Parser:\n"
        "    def parse_args(self, words):\n"
        "        from argparse import Namespace\n"
        "        return Namespace(verb=lambda options: endless(), ends_with_reader=True)\n"
        "def endless():\n"
        "    while True: print('again', flush=True)\n"
        "cli.make_parser = lambda with_evolve: Parser()\n"
        "sys.exit(cli.main())\n"
    )
    (tmp_path / "program.py").write_text(program)
    result = shell(f"timeout 20 {sys.executable} program.py | head -n 1", tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "again\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's full disk")
def test_a_full_disk_is_a_failure_told_once(tmp_path: Path) -> None:
    result = shell(f"{COMMAND} robots > /dev/full", tmp_path)
    assert result.returncode == 1 and result.stderr == "hebb: error: input or output: No space left on device\n"


def test_a_terminal_without_our_letters_shows_others(tmp_path: Path) -> None:
    result = shell(f"PYTHONIOENCODING=ascii {COMMAND} run --robot realant --steps 20 --out out", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("realant ? intact ? rulebook realant ? seed 0\n")


def test_an_interrupt_while_modules_are_loaded_is_one_line() -> None:
    program = (
        "import sys\n"
        "from hebb_controller.cli import main\n"
        "assert 'numpy' not in sys.modules  # nothing that takes time comes before main can answer\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'numpy': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "sys.exit(main())\n"
    )
    result = subprocess.run([sys.executable, "-c", program, "robots"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (130, "hebb: error: interrupted\n")
