"""What every joint's servo tells, over and over: the line is only read, and torque stays as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from firmware_bridge.board_line import BoardLine, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import JointMap
from firmware_bridge.register_line import RegisterLine
from hebb_controller.loop import Pacer
from hebb_controller.robot import RobotSpec


@dataclass(frozen=True)
class JointNow:
    """One joint, as its servo last told; None where it did not, or cannot.

    Attributes:
        name: of the joint.
        servo_id: its servo or channel.
        angle: in [rad].
        lower: limit, in [rad].
        upper: limit, in [rad].
        counts: of the servo.
        speed: of the joint, in [rad/s].
        load: on the joint, share of full load.
        voltage: in [V].
        temperature: in [deg C].
        complaint: its alarms, in words; `silent` if it has never answered.
        age: since it last answered, in [s].
    """

    name: str
    servo_id: int
    angle: float | None
    lower: float
    upper: float
    counts: int | None
    speed: float | None
    load: float | None
    voltage: float | None
    temperature: float | None
    complaint: str
    age: float | None


@dataclass(frozen=True)
class Snapshot:
    """One reading of the whole line.

    Attributes:
        measured: False if angles repeat what was commanded.
        joints: in joint order.
        read_time: that the reading took, in [s].
        nb_cycles: readings so far.
        nb_missing: answers that did not come in time, so far.
        nb_corrupt: frames with a wrong checksum, so far.
        nb_foreign: answers that nobody asked for, so far.
        trouble: why the line would be refused, one line each; empty if it would not.
    """

    measured: bool
    joints: tuple[JointNow, ...]
    read_time: float
    nb_cycles: int
    nb_missing: int
    nb_corrupt: int
    nb_foreign: int
    trouble: tuple[str, ...]

    def as_json(self) -> Mapping[str, Any]:
        """Return it as JSON takes it; units are those of the attributes."""
        return asdict(self)


def complaint(line: BoardLine, error: int) -> str:
    """Return what a servo's error byte says, in words."""
    return line.bus.table.dialect.error_text(error) if isinstance(line, RegisterLine) and error else ""


class Monitor:
    """Remembers what each joint last told.

    Args:
        line: the open line.
        robot: the robot.
        joint_map: from counts to angles.

    Raises:
        LinkError: nobody answers at all, or the port is gone.
    """

    def __init__(self, line: BoardLine, robot: RobotSpec, joint_map: JointMap) -> None:
        self._line, self._robot, self._map = line, robot, joint_map
        self._last: dict[int, ServoReading] = {}
        self._nb_cycles = 0
        self._trouble: tuple[str, ...] = ()
        try:
            self._trouble = line.greet().warnings
        except LinkError as error:  # a line that nobody could walk with is what a monitor is for
            self._trouble = (str(error),)
            if all(reading.values is None for reading in line.feedback()):
                raise

    def look(self) -> Snapshot:
        """Read the line once.

        Raises:
            LinkError: the port is gone.
        """
        begin = time.monotonic()
        readings = self._line.feedback()
        now = time.monotonic()
        self._nb_cycles += 1
        self._last |= {k: reading for k, reading in enumerate(readings) if reading.values is not None}
        counts = self._line.counts
        return Snapshot(
            measured=self._line.measured,
            joints=tuple(self._joint(k, now) for k in range(self._robot.nb_joints)),
            read_time=now - begin,
            nb_cycles=self._nb_cycles,
            nb_missing=counts.missing,
            nb_corrupt=counts.corrupt,
            nb_foreign=counts.foreign,
            trouble=self._trouble,
        )

    def _joint(self, k: int, now: float) -> JointNow:
        joint, reading = self._robot.joints[k], self._last.get(k)
        values: Mapping[str, float] = {} if reading is None or reading.values is None else reading.values
        sign = float(self._map.direction[k])
        counts = values.get("position")
        tick = float("nan") if counts is None else counts
        angle = (tick - float(self._map.zero_tick[k])) / (sign * float(self._map.ticks_per_radian[k]))
        return JointNow(
            name=joint.name,
            servo_id=self._map.servo_ids[k],
            angle=None if counts is None else angle,
            lower=joint.lower,
            upper=joint.upper,
            counts=None if counts is None else int(counts),
            speed=sign * values["speed"] if "speed" in values else None,
            load=sign * values["load"] if "load" in values else None,
            voltage=values.get("voltage"),
            temperature=values.get("temperature"),
            complaint="silent" if reading is None else complaint(self._line, reading.error),
            age=None if reading is None else now - reading.time,
        )


def monitor(
    look: Callable[[], Snapshot],
    show: Callable[[Snapshot], None],
    rate: float,
    steps: int,
    over: Callable[[], bool] = lambda: False,
) -> None:
    """Look and show at a rate.

    Args:
        look: returns the next reading.
        show: shows it.
        rate: in [Hz].
        steps: readings; 0: until `over`, or Ctrl-C.
        over: whether the operator has had enough.

    Raises:
        LinkError: the port is gone.
    """
    pacer = Pacer(1.0 / rate)
    nb = 0
    while not over():
        show(look())
        nb += 1
        if nb == steps:
            return
        pacer.wait()
