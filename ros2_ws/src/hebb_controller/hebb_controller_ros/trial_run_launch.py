"""One run of a trial: the processes of a launch, a recorder and a watch, supervised until it ends."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from hebb_controller.errors import BadInputError
from hebb_controller.trials.ledger import read_json
from hebb_controller.trials.session import RunEnd
from hebb_controller_ros.launch_arguments import resolve
from hebb_controller_ros.launch_command import command_of, environment_of
from hebb_controller_ros.processes import Process, processes
from hebb_controller_ros.supervisor import Ending, supervise_until
from hebb_controller_ros.trial_run_measure import Measured, measure
from hebb_controller_ros.trial_run_request import (
    WATCH_FILE,
    RunRequest,
    controller_parameters,
    launch_arguments,
    lockstep_of,
    watch_parameters,
)
from hebb_controller_ros.trial_run_watch import CALL

#: How long the recorder lives on after the plant, in [s].
LINGER = 0.4
#: What a process's last word may begin with.
COMPLAINTS = ("error: ", "not activated: ", "not armed: ")


def run_processes(request: RunRequest, folder: Path) -> tuple[Process, ...]:
    """Return the run's processes: those of a launch, with what the condition asks of the controller, and the watch."""
    made = processes(launch_arguments(request))
    more = {
        "hebb_controller": controller_parameters(request),
        "recorder": {"folder": str(folder)},
        "plant": {"listeners": 3},  # controller, recorder and watch: nothing begins unseen
    }
    critical = {"recorder"}  # what nobody records need not go on
    if request.stage == "shadow":
        more["hebb_controller"] |= {"shadow": True, "listeners": 1}  # the recorder
    watch = Process(
        "trial_watch",
        "hebb_controller_ros.trial_run_watch",
        "trial_watch",
        "",
        watch_parameters(request, folder),
        critical=True,
    )
    told = tuple(
        replace(p, parameters=p.parameters | more.get(p.name, {}), critical=p.critical or p.name in critical)
        for p in made
    )
    return (*told, watch)


def execute(request: RunRequest, folder: Path, tell: Callable[[str], None]) -> RunEnd:
    """Launch a run into its attempt's folder and return how it ended.

    Args:
        request: the run.
        folder: of the attempt, empty.
        tell: shows the operator a line.
    """
    environment = environment_of(resolve(launch_arguments(request)))
    with (folder / "process.log").open("x", encoding="utf-8") as log, tempfile.TemporaryDirectory() as parameters:
        commands = [command_of(process, Path(parameters)) for process in run_processes(request, folder)]
        # Only what runs ahead of its recorder has to wait for it; servos are not kept waiting.
        linger = LINGER if lockstep_of(request) else 0.0
        ending = supervise_until(commands, environment, _Log(log, tell), linger)
    found = measure(folder, request.duration)
    return end_of(request, ending, _watched(folder), found, _last_word(folder / "process.log"))


def end_of(
    request: RunRequest, ending: Ending, watched: Mapping[str, Any], found: Measured, last_word: str = ""
) -> RunEnd:
    """Return what a run came to.

    Args:
        request: the run.
        ending: which process ended first.
        watched: what the watch noted; empty if it was killed.
        found: what the recording tells.
        last_word: the last complaint in the log; empty if there was none.
    """
    reason = str(watched.get("reason", ""))
    if not ending.name:
        finished, reason = False, "stopped by the operator"
    elif ending.code != 0:
        finished, reason = False, reason or ending.reason
    elif ending.name == "plant":
        finished = not reason or bool(watched.get("counts"))
    else:
        finished = bool(watched.get("counts"))
        reason = reason if watched else "the watch left no word"
    if not finished and last_word:
        reason = f"{reason}; {last_word}"
    if finished and watched.get("falls") and request.stage != "ground":
        finished, reason = False, f"{reason or 'fell'}: a robot on its stand does not; look at the stand, at the IMU"
    if finished and found.walked <= 0.0:
        finished, reason = False, "nothing was recorded of it"
    if finished and found.lost and lockstep_of(request):
        # It can be had again to the bit; a run of a robot cannot, and stays as it was recorded.
        finished, reason = False, f"the recorder lost {found.lost} readings"
    source = request.protocol.distance.source
    distance = {"ground_truth": found.distance, "topic": watched.get("topic_distance_m")}.get(source)
    return RunEnd(
        finished,
        reason,
        distance if request.stage == "ground" else None,
        found.falls,
        not ending.name,
        {
            "battery_start_V": found.battery_start,
            "battery_end_V": found.battery_end,
            "recording": found.recording,
            "recording_whole": found.whole,
            "readings_lost": found.lost,
            "walked_s": round(found.walked, 6),
            "planned_s": request.duration,
            **request.identity,
            "arguments": launch_arguments(request),
            "controller": controller_parameters(request),
        },
    )


def _last_word(log: Path) -> str:
    """Return the last complaint in a log: of a process that ended, of a controller or a board that did not start."""
    found = ""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        at = max(line.find(mark) for mark in COMPLAINTS)
        found = line[at:] if at >= 0 else found
    return found


def _watched(folder: Path) -> dict[str, Any]:
    try:
        return read_json(folder / WATCH_FILE)
    except BadInputError:
        return {}  # it was killed, or never came to be: the ending says so


class _Log(io.TextIOBase):
    """Takes the processes' lines into a file, and shows the operator those that are called out."""

    def __init__(self, file: TextIO, tell: Callable[[str], None]) -> None:
        self._file, self._tell = file, tell

    def write(self, text: str) -> int:
        self._file.write(text)
        _, mark, called = text.partition(f"] {CALL}")
        if mark:
            self._tell(f"{CALL}{called.rstrip()}")
        return len(text)

    def flush(self) -> None:
        self._file.flush()
