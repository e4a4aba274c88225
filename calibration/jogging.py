"""Known poses on boards without feedback: the operator jogs the joint there by keys, and confirms by eye or jig."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from calibration.pose_fit import PoseReading
from calibration.powered import Powered
from calibration.talk import ENTER, Talk

#: Key -> how far it moves, in [rad].
STEPS = {
    "+": math.radians(3.0),
    "=": math.radians(3.0),
    "-": math.radians(-3.0),
    ".": math.radians(0.3),
    ",": math.radians(-0.3),
}
HELP = "+ - coarse, . , fine, Enter when it stands there"
#: How fast the servo is led to where the keys want it, in [rad/s].
_SPEED = 1.5
_PERIOD = 0.02
#: How far the joint is moved to ask which way its angle goes, in [rad].
_NUDGE = math.radians(8.0)


class Jogger:
    """A servo under the keys of the operator: goals are sent all the time, so that boards with a watchdog go on.

    Args:
        powered: torque on a line with this one servo.
        tick: where it is commanded to now.
        talk: the person.
        draw: shows where it is commanded to, in counts.
    """

    def __init__(self, powered: Powered, tick: float, talk: Talk, draw: Callable[[float], None]) -> None:
        self._powered, self._talk, self._draw = powered, talk, draw
        self._line = powered.line
        self._per_radian = self._line.scale.per_turn / (2.0 * math.pi)
        self._tick = self._wanted = float(tick)

    def to_pose(self, angle: float) -> PoseReading:
        """Let the operator jog the joint to an angle [rad]; return the count that this took."""
        self._talk.tell(f"  jog it to {math.degrees(angle):+.0f} deg: {HELP}")
        while True:
            key = self._talk.key(_PERIOD)
            if key in STEPS and key:
                step = STEPS[key] * self._per_radian
                self._want(self._wanted + math.copysign(max(abs(step), 1.0), step))
            self._follow()
            if key == ENTER and self._tick == self._wanted:
                return PoseReading(angle, [float(round(self._tick))])

    def direction(self, growing: str) -> int:
        """Ask which way the joint goes as counts grow; +1: as its angle does."""
        home = self._wanted
        up = self._wanted + _NUDGE * self._per_radian <= self._line.scale.highest
        self._want(home + (1 if up else -1) * _NUDGE * self._per_radian)
        self._talk.tell(f"  it moves now: is that its {growing}? y: yes; n: no, the other way; a: show it again")
        while True:
            key = self._talk.key(_PERIOD)
            if key == "a":
                self._want(home if self._wanted != home else home + (1 if up else -1) * _NUDGE * self._per_radian)
            self._follow()
            if key and key in "yn" and self._tick == self._wanted:
                self._want(home)
                while self._tick != self._wanted:
                    time.sleep(_PERIOD)
                    self._follow()
                return (1 if key == "y" else -1) * (1 if up else -1)

    def _want(self, tick: float) -> None:
        self._wanted = min(max(tick, float(self._line.scale.lowest)), float(self._line.scale.highest))

    def _follow(self) -> None:
        reach = _SPEED * self._per_radian * _PERIOD
        self._tick += min(max(self._wanted - self._tick, -reach), reach)
        self._powered.beat()
        self._line.put_goals([round(self._tick)])
        self._draw(self._tick)


def jog_poses(jogger: Jogger, angles: Sequence[float], growing: str) -> tuple[list[PoseReading], int]:
    """Return the poses, and the direction that the operator saw."""
    readings = [jogger.to_pose(angles[0])]
    seen = jogger.direction(growing)
    return readings + [jogger.to_pose(angle) for angle in angles[1:]], seen
