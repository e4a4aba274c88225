"""Which task a robot has: the benchmark for the ant, walking for every servo robot."""

from __future__ import annotations

import importlib
import os
import sys
from typing import cast

from hebb_controller.errors import BadInputError, MissingExtraError, unknown
from hebb_controller.robot import POSITION, RobotSpec
from sim.task import Task
from sim.world import BULLET
from sim.world_options import WorldOptions


def make_task(
    robot: RobotSpec, gui: bool = False, randomise: bool = False, options: WorldOptions | None = None
) -> Task:
    """Return the simulated task of a robot.

    Args:
        robot: the robot.
        gui: open the simulator's window, which needs a display.
        randomise: draw the body's and the sensors' flaws anew in every life (servo robots).
        options: the world, where it is not the usual one.

    Raises:
        BadInputError: a torque-driven robot other than the benchmark's, for which there is no task; a world that the
            robot's task does not have.
        MissingExtraError: the simulator is not installed.
    """
    options = options or WorldOptions()
    if options.engine == BULLET:
        import_pybullet()
    if robot.actuation == POSITION:
        from sim.walk import WalkTask

        return cast(
            Task,
            WalkTask(
                robot,
                ranges=options.ranges(randomise),
                control_period=None if options.control_rate is None else 1.0 / options.control_rate,
                gui=gui,
                engine=options.engine,
            ),
        )
    if robot.observation == "ant_bullet":
        if options != WorldOptions():
            raise BadInputError(f"{robot.name} is the paper's benchmark: it has PyBullet's world alone, as it is")
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


def bodies_of(robot: RobotSpec, options: WorldOptions | None = None) -> tuple[str, ...]:
    """Return the names of the bodies that a robot can be put into, `intact` first.

    Raises:
        BadInputError: there is no task for the robot.
        MissingExtraError: the simulator is not installed.
    """
    task = make_task(robot, options=options)
    try:
        return tuple(task.bodies)
    finally:
        task.close()


def task_length(robot: RobotSpec, options: WorldOptions | None = None) -> int:
    """Return the control steps of a whole life of a robot's task.

    Raises:
        BadInputError: there is no task for the robot.
        MissingExtraError: the simulator is not installed.
    """
    task = make_task(robot, options=options)
    try:
        return task.max_steps
    finally:
        task.close()


def check_bodies(robot: RobotSpec, *names: str, options: WorldOptions | None = None) -> None:
    """Refuse a body that the robot does not have, or a world that its task does not have.

    Raises:
        BadInputError: unknown body, with a list of them, or an option of the world that does not go.
        MissingExtraError: the simulator is not installed.
    """
    bodies = bodies_of(robot, options)
    for body in names:
        if body not in bodies:
            raise unknown(f"body of {robot.name}", body, bodies)
