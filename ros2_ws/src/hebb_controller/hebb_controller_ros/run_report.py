"""`hebb report`: what a recording says, for a person: a story, a picture, and the numbers as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.rulebook_file import write_atomically
from hebb_controller_ros.recording import read_recording
from hebb_controller_ros.run_plot import write_png
from hebb_controller_ros.run_story import RunStory, story_of


def run(path: Path, folder: Path, as_json: bool) -> int:
    """Write the report of a recording and print its story; return the exit code."""
    recording = read_recording(path)
    story = story_of(recording)
    target = folder / Path(path).stem
    target.parent.mkdir(parents=True, exist_ok=True)
    numbers = as_dict(story) | {"file": str(path), "whole": recording.whole}
    written = [write_atomically(target.with_suffix(".json"), (json.dumps(numbers, indent=1) + "\n").encode())]
    written.insert(0, write_png(story, target.with_suffix(".png")))
    if as_json:
        print(json.dumps(numbers))
        return 0
    for line in lines(story, recording.whole):
        print(line)
    for file in written:
        print(f"wrote {file}")
    return 0


def lines(story: RunStory, whole: bool) -> list[str]:
    """Return the story in sentences."""
    said = [] if whole else ["the recording was cut off; this is what it holds"]
    said.append(f"{story.info.get('robot', 'a robot')} with rulebook {story.info.get('rulebook', '?')}")
    if story.distance is None:
        said.append("no ground truth was recorded: neither speed nor recovery can be told")
    else:
        soon = "" if story.steps_to_90 is None else f", 90 % of its cruising speed after {story.steps_to_90} steps"
        cruise = "too short for a cruising speed"
        if story.cruise is not None and np.isfinite(story.cruise):
            cruise = f"cruising at {story.cruise:.2f} m/s"
        said.append(f"{story.distance:.2f} m forward, {cruise}{soon}")
    for fault in story.faults:
        if fault.speed_before is None:
            said.append(f"{fault.fault}: at {fault.onset:.1f} s")
        elif fault.recovery_steps is None:
            said.append(f"{fault.fault}: {fault.speed_before:.2f} m/s before, not regained")
        else:
            back = fault.recovery_steps
            said.append(f"{fault.fault}: {fault.speed_before:.2f} m/s before, regained {back} steps after its end")
    for when, mode, reason in story.modes:
        if mode != "nominal":
            said.append(f"{mode} at {when:.1f} s: {reason}")
    if story.loop_period.size:
        p50, p99 = 1e3 * np.percentile(story.loop_period, [50, 99])
        said.append(f"commands every {p50:.1f} ms (median), 99 % within {p99:.1f} ms, as they reached the recorder")
    return said


def as_dict(story: RunStory) -> dict[str, Any]:
    """Return the numbers, ready for JSON."""
    missed = int((story.loop_period > 1.5 * story.period).sum())
    return {
        "info": story.info,
        "distance_m": story.distance,
        "cruise_m_s": story.cruise if story.cruise is not None and np.isfinite(story.cruise) else None,
        "steps_to_90": story.steps_to_90,
        "walked_from_s": story.walked_from,
        "faults": [asdict(fault) for fault in story.faults],
        "modes": [{"time_s": t, "mode": mode, "reason": reason} for t, mode, reason in story.modes],
        "commands": int(story.loop_period.size) + 1,
        "late_commands": missed,
    }
