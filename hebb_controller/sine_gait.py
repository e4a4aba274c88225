"""A scripted trot behind the face of a network: what a robot does that senses nothing and learns nothing.

Each foot goes round an ellipse beside its place in the neutral pose, back along the ground and forward in the air,
diagonal legs together. The joints follow through the leg's Jacobian at the neutral pose, so that every joint is a sine
of the clock, on any robot of this project.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError
from hebb_controller.leg_kinematics import leg_chain
from hebb_controller.network_face import take_input
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray
from hebb_controller.signals import Vector

#: The default stride, as a share of the leg's length.
STRIDE_SHARE = 0.25


class SineGait:
    """A trot behind the face of `network_face.Network`; it has no weights.

    Args:
        robot: the robot, with a body.
        nb_inputs: length of the observation, which it does not look at.
        frequency: strides per second, in [Hz].
        stride: length of a foot's path, in [m]; 0: a quarter of the leg.
        lift: how high a foot is lifted, in [m]; 0: half the stride.

    Raises:
        BadInputError: a robot without a body, or a frequency that its control rate cannot draw.
    """

    normalisation = "none"
    plastic = False
    nb_synapses = 0

    def __init__(
        self, robot: RobotSpec, nb_inputs: int, frequency: float = 1.5, stride: float = 0.0, lift: float = 0.0
    ) -> None:
        if not 0.0 < frequency <= 0.25 * robot.control_rate:
            raise BadInputError(
                f"gait of {frequency:g} Hz: must lie above 0 and at most {0.25 * robot.control_rate:g}, "
                "a quarter of the control rate"
            )
        self.layer_sizes = (nb_inputs, robot.nb_joints)
        self.non_finite_inputs = 0
        self._along, self._up = _amplitudes(robot, stride, lift)
        self._turn = 2.0 * math.pi * frequency / robot.control_rate
        self._inputs = np.zeros(nb_inputs)
        self._action = np.zeros(robot.nb_joints)
        self._step = 0

    @property
    def activations(self) -> list[FloatArray]:
        """Copies of the last observation and action."""
        return [self._inputs.astype(np.float32), self._action.astype(np.float32)]

    def snapshot(self) -> list[FloatArray]:
        """Return no weights."""
        return []

    @property
    def weights(self) -> list[FloatArray]:
        """No weights."""
        return []

    @weights.setter
    def weights(self, layers: Iterable[npt.ArrayLike]) -> None:
        if list(layers):
            raise BadInputError("a sine gait has no weights")

    def reset(self, rng: np.random.Generator | None = None, start: str | Sequence[npt.ArrayLike] = "uniform") -> None:
        """Begin a stride anew; there is nothing to draw."""
        self.forget()

    def forget(self) -> None:
        """Begin a stride anew."""
        self._step = 0
        self._action[:] = 0.0

    def act(self, x: npt.ArrayLike) -> FloatArray:
        """Return the next action, shape `(nb_joints,)`, within +-1, whatever `x` is, shape `(nb_inputs,)`."""
        take_input(x, self._inputs)
        phase = self._turn * self._step
        self._step += 1
        self._action[:] = np.clip(self._along * math.cos(phase) + self._up * math.sin(phase), -1.0, 1.0)
        return self._action.astype(np.float32)

    def adapt(self) -> None:
        """Do nothing: there are no weights."""

    def warm_up(self) -> None:
        """Do nothing: there is nothing to compile."""


def _amplitudes(robot: RobotSpec, stride: float, lift: float) -> tuple[Vector, Vector]:
    """Return what each joint's action follows the cosine and the sine with, both of shape `(nb_joints,)`."""
    body = robot.body
    if body is None:
        raise BadInputError(f"robot {robot.name} has no body to script a gait for")
    along, up = [], []
    legs = np.split(robot.neutral, len(body.legs))
    for leg, angles in zip(body.legs, legs, strict=True):
        places, axes = leg_chain(body, leg, angles)
        jacobian = np.stack([np.cross(axis, places[-1] - place) for axis, place in zip(axes, places[:-1], strict=True)])
        length = float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())
        half = 0.5 * (stride or STRIDE_SHARE * length)
        height = lift or half
        # Diagonal legs together: the sign of one pair is turned, which is half a stride later.
        sign = float(np.sign(leg.mirror[0] * leg.mirror[1]))
        back = np.linalg.pinv(jacobian.T)
        # cos: from the front to the back end of the path; sin: down in the half that goes back, up in the other.
        along.append(sign * (back @ np.array([half, 0.0, 0.0])))
        up.append(sign * (back @ np.array([0.0, 0.0, -height])))
    return np.concatenate(along) / robot.action_scale, np.concatenate(up) / robot.action_scale
