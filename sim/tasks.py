"""Which task a robot has: the benchmark for the ant, walking for every servo robot."""

from __future__ import annotations

import importlib
import os
import sys
from typing import cast

from hebb_controller.errors import BadInputError, MissingExtraError, unknown
from hebb_controller.robot import POSITION, RobotSpec
from sim.task import Task


def make_task(robot: RobotSpec, gui: bool = False, randomise: bool = False) -> Task:
    """Return the simulated task of a robot.

    Args:
        robot: the robot.
        gui: open the simulator's window, which needs a display.
        randomise: draw the body's and the sensors' flaws anew in every life (servo robots).

    Raises:
        BadInputError: a torque-driven robot other than the benchmark's, for which there is no task.
        MissingExtraError: the simulator is not installed.
    """
    import_pybullet()
    if robot.actuation == POSITION:
        from sim.walk import WalkTask

        return cast(Task, WalkTask(robot, randomise=randomise, gui=gui))
    if robot.observation == "ant_bullet":
        from sim.ant import AntTask

        return cast(Task, AntTask(robot, gui=gui))
    raise BadInputError(f"robot {robot.name!r} is driven by torque: only ant has such a task, give it position servos")


def import_pybullet() -> None:
    """Import PyBullet without the line about its build that it writes to standard error.

    That line would stand before the one line of an error, and in every worker process once more.

    Raises:
        MissingExtraError: it is not installed.
    """
    if "pybullet" in sys.modules:
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        importlib.import_module("pybullet")
    except ModuleNotFoundError as error:
        raise MissingExtraError("pybullet", "sim") from error
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def bodies_of(robot: RobotSpec) -> tuple[str, ...]:
    """Return the names of the bodies that a robot can be put into, `intact` first.

    Raises:
        BadInputError: there is no task for the robot.
        MissingExtraError: the simulator is not installed.
    """
    task = make_task(robot)
    try:
        return tuple(task.bodies)
    finally:
        task.close()


def check_bodies(robot: RobotSpec, *names: str) -> None:
    """Refuse a body that the robot does not have.

    Raises:
        BadInputError: unknown body; the message lists them.
        MissingExtraError: the simulator is not installed.
    """
    bodies = bodies_of(robot)
    for body in names:
        if body not in bodies:
            raise unknown(f"body of {robot.name}", body, bodies)
