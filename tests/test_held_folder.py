"""One program at a time in a folder: the second is told who is there, and a killed one leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.held_folder import held

_HOLD = """
import sys, time
from pathlib import Path
from hebb_controller.held_folder import held
with held(Path(sys.argv[1]), "hebb evolve"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_is_there(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        told = f"another hebb evolve .process {process.pid}. works on it: wait until"
        for _ in range(2):  # being refused takes nothing from who is there
            with pytest.raises(BadInputError, match=told), held(tmp_path, "hebb merge"):
                pass
        process.kill()
    with held(tmp_path, "hebb merge"):
        assert (tmp_path / ".lock").read_text() == f"hebb merge (process {os.getpid()})\n"
    with held(tmp_path, "hebb merge"):
        pass


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    with held(tmp_path / "a" / "b", "x"):
        assert (tmp_path / "a" / "b").is_dir()


def test_a_schedule_of_merging_holds_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("pybullet")
    from hebb_controller.rulebook import load_rulebook
    from sim.merge_schedule import MergeSchedule, run_schedule

    schedule = MergeSchedule((40,), (1,))
    with held(tmp_path, "hebb merge"), pytest.raises(BadInputError, match="another hebb merge .*works on it"):
        run_schedule(load_rulebook("ant"), schedule, tmp_path)
    assert not (tmp_path / "schedule.yaml").exists()
    with pytest.raises(BadInputError, match="holds no schedule"):
        run_schedule(load_rulebook("ant"), schedule, tmp_path / "none", resume=True)
    assert not (tmp_path / "none").exists()
