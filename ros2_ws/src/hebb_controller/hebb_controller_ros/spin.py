"""How a node's process starts and ends: one executor, signals turned into an orderly way out, errors in one line."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.executors import Executor, ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from hebb_controller.errors import HebbError, RunFailedError
from hebb_controller_ros.realtime import PRIORITY, claim


def make_executor() -> Executor:
    """Return rclpy's event-driven executor, or the classic one where a release lacks it.

    The classic one builds its wait set anew for every message: with the services, timers and event handlers of a
    lifecycle node that costs half a millisecond each time, a third of the way from sensor to command.
    """
    try:
        from rclpy.experimental.events_executor import EventsExecutor
    except ImportError:
        return SingleThreadedExecutor()
    return EventsExecutor()


def _made(make: Callable[[], Node]) -> Node:
    try:
        return make()
    except RuntimeError as error:  # what rclpy raises when the middleware refuses, several lines long
        if isinstance(error, HebbError):
            raise
        raise RunFailedError(f"ROS 2 could not make the node: {' '.join(str(error).split())}") from error


def run_node(make: Callable[[], Node], arguments: list[str] | None = None) -> int:
    """Make a node and spin it until it is interrupted or asks to end; return the exit code.

    A node that wants to end sets its attribute `finished` to True from a callback, and `failure` to say why it failed;
    `close`, where it has one, is called before it is destroyed, and may fail too.
    """
    try:
        _run(make, arguments)
    except HebbError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return error.exit_code
    return 0


def _run(make: Callable[[], Node], arguments: list[str] | None) -> None:
    # Ours, not rclpy's handlers: those shut the context down under a running callback.
    rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)
    stopped = False

    def stop(_number: int, _frame: Any) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])  # our supervisor holds it back until here
    node: Node | None = None
    executor = make_executor()
    try:
        node = _made(make)
        executor.add_node(node)
        refused = claim(node.get_parameter(PRIORITY.name).value if node.has_parameter(PRIORITY.name) else 0)
        if refused:
            node.get_logger().warning(refused)
        # What lives now lives to the end: the collector need not walk over it in the middle of a period.
        gc.freeze()
        while not stopped and not getattr(node, "finished", False):
            executor.spin_once(timeout_sec=0.2)
        failure = getattr(node, "failure", None)
        if failure is not None:
            raise failure
    except ExternalShutdownException:
        return
    finally:
        # In this order: an executor that outlives its node aborts the process.
        executor.shutdown()
        try:
            if node is not None:
                _close(node)
        finally:
            with contextlib.suppress(rclpy.exceptions.ROSInterruptException):
                rclpy.try_shutdown()


def _close(node: Node) -> None:
    try:
        getattr(node, "close", lambda: None)()
    except OSError as error:  # a last word that a full disk does not take
        raise RunFailedError(f"{error.filename or node.get_name()}: {error.strerror or error}") from error
    finally:
        node.destroy_node()
