"""Real nodes in processes of their own, and a listener in the test's process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node


class Nodes:
    """Starts our nodes as processes and sees to it that none outlives the test."""

    def __init__(self, domain: int) -> None:
        self.environment = os.environ | {
            "ROS_DOMAIN_ID": str(domain),
            "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
            "RCUTILS_COLORIZED_OUTPUT": "0",
        }
        self.running: list[subprocess.Popen[str]] = []

    def start(self, module: str, namespace: str = "", **parameters: Any) -> subprocess.Popen[str]:
        """Start a node; what it prints is read with `finish`."""
        command = [sys.executable, "-m", f"hebb_controller_ros.{module}", "--ros-args"]
        for name, value in parameters.items():
            command += ["-p", f"{name}:={_written(value)}"]
        if namespace:
            command += ["-r", f"__ns:=/{namespace}"]
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.running.append(process)
        return process

    def finish(self, process: subprocess.Popen[str], timeout: float = 60.0, interrupt: bool = False) -> tuple[int, str]:
        """Wait for a node's end; return its exit code and what it printed."""
        if interrupt:
            process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=timeout)
        return process.returncode, output

    def close(self) -> None:
        for process in self.running:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
                process.communicate(timeout=10)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(f"'{v}'" for v in value) + "]"
    return f"'{value}'" if isinstance(value, str) else str(value)


class Ears:
    """A node in the test's process: listens, publishes, calls services, and spins only while it is asked to."""

    def __init__(self, domain: int) -> None:
        self._context = Context()
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
        rclpy.init(context=self._context, domain_id=domain)
        self.node = Node("ears", context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)

    def listen(self, kind: type, topic: str, qos: Any) -> list[Any]:
        """Return the list that the topic's messages will be appended to."""
        heard: list[Any] = []
        self.node.create_subscription(kind, topic, heard.append, qos)
        return heard

    def spin_until(self, condition: Callable[[], object], timeout: float = 20.0) -> None:
        """Spin until the condition holds; fail after `timeout` seconds."""
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, f"waited {timeout} s in vain"
            self._executor.spin_once(timeout_sec=0.05)

    def spin_for(self, duration: float) -> None:
        """Spin for so many seconds."""
        end = time.monotonic() + duration
        while time.monotonic() < end:
            self._executor.spin_once(timeout_sec=0.02)

    def call(self, kind: Any, name: str, timeout: float = 10.0, **fields: Any) -> Any:
        """Call a service and return its answer."""
        client = self.node.create_client(kind, name)
        end = time.monotonic() + timeout
        while not client.service_is_ready():
            assert time.monotonic() < end, f"no service {name}"
            self._executor.spin_once(timeout_sec=0.05)
        future = client.call_async(kind.Request(**fields))
        self.spin_until(future.done, timeout)
        self.node.destroy_client(client)
        return future.result()

    def close(self) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)
