"""A line watched for a few seconds at the control rate, without torque: what its servos tell, how long it takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from firmware_bridge.board_line import BoardLine, ImuReading
from firmware_bridge.register_line import RegisterLine
from hebb_controller.loop import Pacer


@dataclass
class LineSample:
    """What was seen.

    Attributes:
        wrote: whether a frame to all servos went out in every cycle, as when walking.
        cycle_times: that each cycle took, in [s].
        read_times: the reading in each, in [s].
        periods: between the beginnings of cycles, in [s].
        ticks: counts of every joint, NaN where it did not answer, shape `(nb_cycles, nb_joints)`.
        voltages: lowest supply of each cycle, in [V].
        temperatures: of the hottest servo in each cycle, in [deg C].
        errors: error bits seen, by servo.
        attitudes: what the IMU told, each reading once.
    """

    wrote: bool
    cycle_times: list[float] = field(default_factory=list)
    read_times: list[float] = field(default_factory=list)
    periods: list[float] = field(default_factory=list)
    ticks: list[list[float]] = field(default_factory=list)
    voltages: list[float] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    errors: dict[int, int] = field(default_factory=dict)
    attitudes: list[ImuReading] = field(default_factory=list)

    @property
    def missing(self) -> npt.NDArray[np.float64]:
        """Share of readings without an answer, by joint, shape `(nb_joints,)`."""
        return np.asarray(np.isnan(self.ticks).mean(axis=0))

    @property
    def last_ticks(self) -> npt.NDArray[np.float64]:
        """Median counts of every joint; NaN where it never answered, shape `(nb_joints,)`."""
        return np.array(
            [_median([tick for tick in column if not math.isnan(tick)]) for column in zip(*self.ticks, strict=True)]
        )


def _median(values: list[float]) -> float:
    return float(np.median(values)) if values else math.nan


def sample(
    line: BoardLine, rate: float, duration: float, writes: bool, attitude: Callable[[], ImuReading | None]
) -> LineSample:
    """Read a greeted line at the control rate.

    What is written in each cycle is that torque be off, which it is: some servos take a goal as a word to hold on.

    Args:
        line: the line.
        rate: in [Hz].
        duration: in [s].
        writes: also write, where that moves nothing.
        attitude: the newest reading of the IMU.

    Raises:
        LinkError: the port is gone.
    """
    bus = line.bus if isinstance(line, RegisterLine) and writes else None
    seen = LineSample(wrote=bus is not None)
    nb = max(round(duration * rate), 2)
    pacer = Pacer(1.0 / rate)
    before: float | None = None
    for _ in range(nb):
        begin = time.monotonic()
        readings = line.feedback()
        seen.read_times.append(time.monotonic() - begin)
        if bus is not None:
            bus.put_all("torque", dict.fromkeys(bus.ids, 0))
        seen.cycle_times.append(time.monotonic() - begin)
        if before is not None:
            seen.periods.append(begin - before)
        before = begin
        told = [reading.values for reading in readings if reading.values is not None]
        seen.ticks.append([math.nan if r.values is None else r.values["position"] for r in readings])
        seen.voltages.extend(sorted(values["voltage"] for values in told if "voltage" in values)[:1])
        seen.temperatures.extend(sorted(values["temperature"] for values in told if "temperature" in values)[-1:])
        for reading in readings:
            if reading.error:
                seen.errors[reading.servo_id] = seen.errors.get(reading.servo_id, 0) | reading.error
        newest = attitude()
        if newest is not None and (not seen.attitudes or newest.time != seen.attitudes[-1].time):
            seen.attitudes.append(newest)
        pacer.wait()
    return seen
