"""The simulated body of a lane: which shape it has, which ground it stands on, and how it is put back to its start."""

from __future__ import annotations

import numpy as np

from hebb_controller.errors import HebbError
from hebb_controller.robot import POSITION, RobotSpec
from sim.bodies import embody
from sim.task import Task
from sim.task_plant import TaskPlant
from sim.tasks import import_pybullet, make_task
from sim.walk import WalkTask

#: `hebb run` draws its life for so many steps at least, and the draw depends on it.
LIFE_STEPS = 700
LEVEL = "level"


class LaneBody:
    """A body that can be changed for another.

    Args:
        robot: the robot as its file draws it.
        body: name of its body.

    Attributes:
        robot: the robot in the body that it has now.
        body: its name.
        ground: name of the ground, or `LEVEL`.

    Raises:
        BadInputError: unknown body, or a robot that no task knows.
    """

    def __init__(self, robot: RobotSpec, body: str) -> None:
        self._drawn = self.robot = robot
        self.body, self.ground = body, LEVEL
        self._task: Task | None = None

    def change(self, body: str, ground: str) -> None:
        """Take another body and another ground; `place` puts it there.

        Raises:
            BadInputError: no such body or ground; everything stays as it is.
        """
        old = self.body, self.ground
        self.body, self.ground = body, ground
        try:
            self._make_task()
        except HebbError:
            self.body, self.ground = old
            raise

    def place(self, rng: np.random.Generator) -> TaskPlant:
        """Put the body at its start and return it as a plant."""
        if self._task is None:
            self._make_task()
        assert self._task is not None
        if self._drawn.actuation != POSITION:
            return TaskPlant(self._task, rng, self.body)
        return TaskPlant(self._task, rng, "intact" if self.ground == LEVEL else self.ground)

    def _make_task(self) -> None:
        if self._drawn.actuation == POSITION:
            import_pybullet()
            # The body is built in, so that a ground can be chosen beside it.
            self.robot, _ = embody(self._drawn, self.body)
            if self.ground != LEVEL:
                embody(self._drawn, self.ground)
            task: Task = WalkTask(self.robot, randomise=False, contacts=True)
        else:
            task = make_task(self._drawn)
        task.max_steps = max(task.max_steps, LIFE_STEPS)
        if self._task is not None:
            self._task.close()
        self._task = task
