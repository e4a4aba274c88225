"""A life as it was shown, kept as lines of JSON and written in one piece.

First line: what was shown. Then a line per frame, and a line per disturbance where it began. SI units; not-a-number
is null.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

from hebb_controller.errors import RunFailedError
from hebb_controller.page.frames import Frame, LaneFrame
from hebb_controller.rulebook import write_atomically
from sim.versions import versions
from sim.view.lanes import ViewConfig


class LifeRecord:
    """Collects frames until `write`.

    Args:
        folder: where the file goes.
        config: what is shown.
        lanes: names of the lanes.

    Attributes:
        path: of the file.
        nb_frames: so far.
    """

    def __init__(self, folder: Path, config: ViewConfig, lanes: list[str]) -> None:
        self.path = _free_name(folder, f"{config.robot.name}-seed{config.seed}")
        self.nb_frames = 0
        head = {
            "robot": config.robot.name,
            "rulebook": config.rulebook,
            "rulebook_digest": config.book.digest,
            "body": config.body,
            "seed": config.seed,
            "lanes": lanes,
            "joints": list(config.robot.joint_names),
            "begun": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "versions": versions(),
        }
        self._lines = [json.dumps(head)]

    def add(self, frame: Frame) -> None:
        """Take down a frame."""
        row = {"time_s": round(frame.time, 6), "estop": frame.estop, "lanes": [_row(lane) for lane in frame.lanes]}
        self._lines.append(json.dumps(row))
        self.nb_frames += 1

    def event(self, at: float, label: str) -> None:
        """Take down that something befell the robots, at a time in [s]."""
        self._lines.append(json.dumps({"time_s": round(at, 6), "disturbance": label}))

    def write(self) -> Path:
        """Write the file, atomically, and return its path.

        Raises:
            RunFailedError: it cannot be written.
        """
        try:
            return write_atomically(self.path, ("\n".join(self._lines) + "\n").encode())
        except OSError as error:
            raise RunFailedError(f"recording not written to {self.path}: {error.strerror or error}") from error


def _row(lane: LaneFrame) -> dict[str, Any]:
    return {
        "position_m": _numbers(lane.position),
        "roll_pitch_yaw_rad": _numbers(lane.attitude),
        "joints_rad": _numbers(lane.joints),
        "contacts": _numbers(lane.contacts),
        "speed_m_s": _number(lane.speed),
        "change": _number(lane.change),
        "mode": lane.mode,
        "reason": lane.reason,
        "plastic": lane.plastic,
        "fallen": lane.fallen,
        "faults": list(lane.faults),
        "error": lane.error,
    }


def _numbers(values: tuple[float, ...]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _free_name(folder: Path, stem: str) -> Path:
    number = 1
    while (path := folder / f"{stem}-{number}.jsonl").exists():
        number += 1
    return path
