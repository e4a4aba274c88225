"""One place in a batch: a body and a controller of its own, for one life after the other."""

from __future__ import annotations

from collections.abc import Sequence

from hebb_controller.controller import Controller
from hebb_controller.network import PlasticNetwork
from hebb_controller.rules import FloatArray
from hebb_controller.signals import Vector
from sim.episode import Episode
from sim.job_lives import JobLife
from sim.task import Task


class Seat:
    """A life of the batch; every method may run on a thread of its own, one at a time.

    Args:
        task: its body's task.
        controller: its controller; the network of it is static: it draws the start weights and holds weights on their
            way to and from the batch's network, which is the one that acts and adapts.

    Attributes:
        network: the controller's network.
        coefficients: the life's rules, per layer, shape `(terms, post, pre)`; empty where it has none.
        observation: what the network is to answer next, shape `(nb_inputs,)`.
        action: what it answered, shape `(nb_joints,)`.
    """

    def __init__(self, task: Task, controller: Controller) -> None:
        assert isinstance(controller.network, PlasticNetwork)
        self._task, self._controller = task, controller
        self.network = controller.network
        self.observation: Vector
        self.action: FloatArray

    @property
    def max_steps(self) -> int:
        """Control steps in a whole life."""
        return self._task.max_steps

    def give(self, life: JobLife, coefficients: Sequence[FloatArray], start: str | tuple[FloatArray, ...]) -> None:
        """Take a life's place in the batch; `begin` then builds its body."""
        self._life, self._start = life, start
        self.coefficients = coefficients

    def begin(self) -> None:
        """Put the body on its feet, draw the start weights and read the sensors.

        Raises:
            HebbError: a body that cannot be.
        """
        self.episode: Episode = self._life.begin(self._task, self._controller, self._start)
        self._look()

    def step(self) -> None:
        """Live one control period by the network's action."""
        episode = self.episode
        episode.take(self._controller.answer(episode.state.time, self.action))
        if not episode.over:
            self._look()

    def _look(self) -> None:
        self.observation = self._controller.observe(self.episode.state)

    def close(self) -> None:
        """Free the simulator."""
        self._task.close()
