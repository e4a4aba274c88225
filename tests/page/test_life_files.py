"""A recording that cannot be written is not lost: it goes on, and can be written later."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

pytest.importorskip("viser")
pytest.importorskip("pybullet")

from fixtures_rulebooks import random_rulebook

from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.robot_file import load_robot
from sim.view import life_record
from sim.view.lanes import ViewConfig
from sim.view.life_files import LifeFiles

pytestmark = pytest.mark.sim


def test_a_recording_outlives_a_failed_attempt_to_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    robot = load_robot("realant")
    config = ViewConfig(robot=robot, rulebook="toy", book=random_rulebook(robot), lanes=("plastic",))
    files = LifeFiles(tmp_path, config, cast(Any, []))
    files.begin()
    files.event(1.0, "pushed")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(life_record, "write_atomically", full)
        with pytest.raises(RunFailedError, match="No space left"):
            files.end()
    assert files.recording
    assert files.end().startswith(f"wrote {tmp_path}") and files.recording == ""
    (written,) = tmp_path.iterdir()
    assert "pushed" in written.read_text()
    with pytest.raises(BadInputError, match="nothing is being recorded"):
        files.end()
