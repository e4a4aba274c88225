"""Where every unit of a robot's network lies: the coordinates over which a CPPN (`cppn.py`) paints rules.

They come from the robot file alone, so that units with the same job lie at the same place on robots with different
numbers of joints. Axes of a unit's place, all within +-1:

    x        sign of its leg's place: +1 front, -1 back; hidden units: a grid
    y        +1 left, -1 right; hidden units: a grid
    depth    place of its joint in the leg: 1 / n at the body to 1 at the foot's joint; 0 for the body and hidden units
    swing    how the joint moves the foot in the neutral pose, as a direction: forward ...
    lift     ... and up
    signal   -1 an angle, 0 a speed, +1 a command
    turn     IMU only: the axis turned about, -1 roll, 0 pitch, +1 yaw

A joint's output and the input that repeats its last command lie at one place. Mirrored legs differ in sign of y alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.leg_kinematics import leg_chain
from hebb_controller.observation import layout_named, observation_size
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray

SUBSTRATE, SUBSTRATE_VERSION = "legs", 1
AXES = ("x", "y", "depth", "swing", "lift", "signal", "turn")

ANGLE, SPEED, COMMAND = -1.0, 0.0, 1.0
#: The body's own inputs, as (signal, turn), in the order of the servo layouts: roll, pitch, gyro x, y, z.
_IMU = ((ANGLE, -1.0), (ANGLE, 0.0), (SPEED, -1.0), (SPEED, 0.0), (SPEED, 1.0))
#: Sine and cosine of the yaw; the cosine, near 1 while the robot keeps its course, is half way to a speed.
_HEADING = ((ANGLE, 1.0), (0.5 * ANGLE, 1.0))


@dataclass(frozen=True)
class Substrate:
    """The places of all units of one network.

    Attributes:
        layers: per layer of units, inputs first: shape `(units, len(AXES))`.
        name: which way of placing units this is.
        version: counts changes of what places mean.
    """

    layers: tuple[FloatArray, ...]
    name: str = SUBSTRATE
    version: int = SUBSTRATE_VERSION

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units per layer, inputs first."""
        return tuple(len(places) for places in self.layers)


def substrate_of(robot: RobotSpec, layout: str, hidden: tuple[int, ...]) -> Substrate:
    """Return the places of the units of a robot's network.

    Args:
        robot: the robot.
        layout: name of the observation layout.
        hidden: units of the hidden layers.

    Raises:
        BadInputError: a robot or a layout whose inputs have no places here.
    """
    if robot.body is None or not layout_named(layout).name.startswith("servo"):
        raise BadInputError(
            f"robot {robot.name!r} with layout {layout}: a CPPN paints robots with a body section, on servo layouts"
        )
    joints = joint_places(robot)
    inputs = [_body_place(signal, turn) for signal, turn in _IMU]
    for signal in (ANGLE, SPEED, COMMAND):
        inputs += list(_with_signal(joints, signal))
    if layout_named(layout).heading:
        inputs += [_body_place(signal, turn) for signal, turn in _HEADING]
    assert len(inputs) == observation_size(layout, robot)
    layers = [np.array(inputs), *(grid_places(units) for units in hidden), _with_signal(joints, COMMAND)]
    return Substrate(tuple(places.astype(np.float32) for places in layers))


def joint_places(robot: RobotSpec) -> FloatArray:
    """Return the places of a robot's joints, in joint order, their signal left at 0: shape `(nb_joints, len(AXES))`."""
    body = robot.body
    assert body is not None
    places = []
    for leg, angles in zip(body.legs, np.split(robot.neutral, len(body.legs)), strict=True):
        ends, axes = leg_chain(body, leg, angles)
        for k, axis in enumerate(axes):
            motion = np.cross(axis, ends[-1] - ends[k])
            length = float(np.linalg.norm(motion))
            forward, _, up = motion / length if length > 0.0 else np.zeros(3)
            depth = (k + 1) / len(axes)
            places.append((leg.mirror[0], leg.mirror[1], depth, forward, up, 0.0, 0.0))
    return np.array(places, dtype=np.float32)


def grid_places(units: int) -> FloatArray:
    """Return the places of a hidden layer: rows of a grid over x and y, as square as the number of units allows."""
    rows = max(k for k in range(1, math.isqrt(units) + 1) if units % k == 0)
    places = np.zeros((units, len(AXES)), dtype=np.float32)
    x, y = np.meshgrid(_spaced(units // rows), _spaced(rows), indexing="ij")
    places[:, 0], places[:, 1] = x.ravel(), y.ravel()
    return places


def _spaced(count: int) -> FloatArray:
    return np.linspace(-1.0, 1.0, count, dtype=np.float32) if count > 1 else np.zeros(1, dtype=np.float32)


def _with_signal(places: FloatArray, signal: float) -> FloatArray:
    placed = places.copy()
    placed[:, AXES.index("signal")] = signal
    return placed


def _body_place(signal: float, turn: float) -> FloatArray:
    return np.array([0.0, 0.0, 0.0, 0.0, 0.0, signal, turn], dtype=np.float32)
