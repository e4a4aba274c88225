"""What a run came to, read from its recording: distance, battery, falls, how long it went."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from hebb_controller.errors import HebbError
from hebb_controller_ros.messages import nanoseconds, seconds, took_over
from hebb_controller_ros.recording import Recording, read_recording


@dataclass(frozen=True)
class Measured:
    """What a recording tells.

    Attributes:
        recording: name of the file; None: there is none.
        whole: False if the recorder was cut off.
        lost: commands whose reading the recorder has lost.
        walked: how long the network's commands went on, in [s].
        distance: of the base along x from the network's start on, in [m]; None without ground truth.
        falls: how often it let go for its tilt.
        battery_start: in [V]; None where the board does not tell.
        battery_end: in [V]; None where the board does not tell.
    """

    recording: str | None = None
    whole: bool = False
    lost: int = 0
    walked: float = 0.0
    distance: float | None = None
    falls: int = 0
    battery_start: float | None = None
    battery_end: float | None = None


def measure(folder: Path, duration: float) -> Measured:
    """Return what the recording in an attempt's folder tells, of at most `duration` [s]; nothing without one."""
    files = sorted(folder.glob("*.mcap"))
    if not files:
        return Measured()
    try:
        recording = read_recording(files[0])
    except HebbError:
        return Measured(files[0].name)
    period = 1.0 / float(recording.info.get("control_rate", 50.0))
    begun = _begun(recording, period)
    voltages = _voltages(recording)
    return Measured(
        files[0].name,
        recording.whole,
        _lost(recording),
        _walked(recording, begun, period),
        _distance(recording, begun, duration),
        _falls(recording),
        voltages[0] if voltages else None,
        voltages[-1] if voltages else None,
    )


def _begun(recording: Recording, period: float) -> float | None:
    """Return the stamp of the first reading that the network answered, in [s]."""
    told = (took_over(entry, period) for entry in recording.entries("hebb_controller/mode"))
    return next((stamp for stamp in told if stamp is not None), None)


def _lost(recording: Recording) -> int:
    answered = {nanoseconds(command.header.stamp) for command in recording.messages(recording.command_topic)}
    held = [{nanoseconds(m.header.stamp) for m in recording.messages(topic)} for topic in ("joint_states", "imu/data")]
    return len(answered - set.intersection(*held))


def _walked(recording: Recording, begun: float | None, period: float) -> float:
    commands = recording.messages(recording.command_topic)
    if begun is None or not commands:
        return 0.0
    return max(seconds(commands[-1].header.stamp) - begun + period, 0.0)


def _distance(recording: Recording, begun: float | None, duration: float) -> float | None:
    time, position = recording.walk()
    if begun is None or not len(time):
        return None
    inside = (time >= begun - 1e-6) & (time <= begun + duration + 1e-6)
    if not inside.any():
        return None
    x = position[inside, 0]
    return float(x[-1] - x[0])


def _falls(recording: Recording) -> int:
    falls, limp = 0, False
    for entry in recording.entries("hebb_controller/mode"):
        now = entry["mode"] == "limp"
        falls += now and not limp and entry["reason"].startswith("tilted")
        limp = now
    return falls


def _voltages(recording: Recording) -> list[float]:
    figures = [
        value.value
        for message in recording.messages("/diagnostics") or recording.messages("diagnostics")
        for status in message.status
        for value in status.values
        if value.key == "supply_V"
    ]
    return [volt for volt in map(float, figures) if math.isfinite(volt)]
