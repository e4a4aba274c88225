"""The one controller object: training, simulation, ROS and hardware drive this and nothing else.

state -> observation -> network.act -> action filter -> joint targets        act()
network.adapt, after the command has left                                    adapt()
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError
from hebb_controller.network_face import Network
from hebb_controller.observation import Observer, observation_size
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray
from hebb_controller.signals import JointTargets, RobotState, Vector


class Controller:
    """Observation, network, action filter and scaling for one robot.

    Args:
        robot: the robot.
        network: its network.
        layout: name of the observation layout; the robot's own by default.
        action_filter: share of the new action, 0 < x <= 1; the robot's own by default.

    Raises:
        BadInputError: the network's inputs or outputs do not fit the robot, or the filter is out of range.
    """

    def __init__(
        self,
        robot: RobotSpec,
        network: Network,
        layout: str | None = None,
        action_filter: float | None = None,
    ) -> None:
        layout = robot.observation if layout is None else layout
        self.robot = robot
        self.network = network
        self.action_filter = robot.action_filter if action_filter is None else action_filter
        wanted = (observation_size(layout, robot), robot.nb_joints)
        if (network.layer_sizes[0], network.layer_sizes[-1]) != wanted:
            raise BadInputError(
                f"network of sizes {list(network.layer_sizes)}: {robot.name} with layout {layout} has "
                f"{wanted[0]} inputs and {wanted[1]} outputs"
            )
        if not 0.0 < self.action_filter <= 1.0:
            raise BadInputError(f"action filter {self.action_filter}: must lie in (0, 1]")
        self.plasticity_enabled = True
        self.observer = Observer(layout, robot)
        self._filtered = np.zeros(robot.nb_joints)

    def reset(
        self, rng: np.random.Generator | None = None, start: str | Sequence[npt.ArrayLike] | None = "uniform"
    ) -> None:
        """Start a new life: new weights, no memory of the last action.

        Args:
            rng: where random weights are drawn from.
            start: as in `PlasticNetwork.reset`; None keeps the weights and forgets all else.
        """
        self.observer.reset()
        self._filtered = np.zeros(self.robot.nb_joints)
        if start is None:
            self.network.forget()
        else:
            self.network.reset(rng, start)

    @property
    def last_action(self) -> Vector:
        """The last filtered action, shape `(nb_joints,)`, within +-1."""
        return self._filtered.copy()

    def act(self, state: RobotState) -> JointTargets:
        """Return the joint targets that answer `state`."""
        return self.answer(state.time, self.network.act(self.observe(state)))

    def observe(self, state: RobotState) -> Vector:
        """Return what the network sees of `state`; with `answer`, for whoever asks many networks at once."""
        return self.observer(state, self._filtered)

    def answer(self, time: float, action: FloatArray) -> JointTargets:
        """Return the joint targets for the network's action, shape `(nb_joints,)`, within +-1."""
        self._filtered = self.action_filter * action + (1.0 - self.action_filter) * self._filtered
        return self.targets(time, self._filtered)

    def adapt(self) -> None:
        """Let every synapse change; call it after the command has left. Nothing while plasticity is disabled."""
        if self.plasticity_enabled:
            self.network.adapt()

    def targets(self, time: float, action: Vector) -> JointTargets:
        """Scale an action within +-1 to joint angles within limits, or to torques."""
        if self.robot.actuation == "torque":
            return JointTargets(time, action * self.robot.action_scale, "torque")
        angle = self.robot.neutral + action * self.robot.action_scale
        return JointTargets(time, np.clip(angle, self.robot.lower, self.robot.upper), "position")
