"""The ROS 2 edge: latency beside a bare echo, jitter beside a busy core, top rate, time to hold, start, distance.

    python tests/benchmarks/bench_ros.py [latency] [jitter] [rate] [hold] [start] [distance] [--seconds 300]

Everything runs in processes of its own on a domain of its own. Times of arrival are those at which the middleware sent
(`source_timestamp`), where the listener's own delays would count otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from hebb_controller import load_rulebook
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import SafetyGate
from hebb_controller.signals import RobotState
from hebb_controller_ros import qos
from hebb_controller_ros.encoding import ImuEncoder, JointStateEncoder
from hebb_controller_ros.messages import nanoseconds
from sim.episode_trace import record_life
from sim.task_plant import TaskPlant
from sim.tasks import make_task

ROBOT = load_robot("realant")
RATE = ROBOT.control_rate
QUICK = {"autostart": "true", "ramp_time": "0.0", "fade_time": "0.0"}


@contextlib.contextmanager
def node_process(*command: str, namespace: str = "", **parameters: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a node for as long as the block lasts."""
    words = [sys.executable, *command, "--ros-args"]
    for name, value in parameters.items():
        words += ["-p", f"{name}:={value}"]
    words += ["-r", f"__ns:=/{namespace}"] if namespace else []
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def controller(**parameters: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """Run the controller node."""
    return node_process("-m", "hebb_controller_ros.controller_node", **{**QUICK, **parameters})


def plant(**parameters: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """Run the plant node."""
    return node_process("-m", "hebb_controller_ros.plant_node", **parameters)


class Bench:
    """A node that spins while it is asked to."""

    def __init__(self) -> None:
        self.node = rclpy.create_node("bench")
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)

    def until(self, condition: Callable[[], object], timeout: float = 60.0) -> None:
        """Spin until the condition holds."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise SystemExit(f"nothing came for {timeout} s")
            self._executor.spin_once(timeout_sec=0.05)

    def during(self, seconds: float) -> None:
        """Spin for so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._executor.spin_once(timeout_sec=0.02)

    def once(self, timeout: float) -> None:
        """Spin for one callback."""
        self._executor.spin_once(timeout_sec=timeout)


def latency(bench: Bench, rounds: int = 3000) -> dict[str, Any]:
    """Reading published to command received, for the controller and for a bare echo, in turns."""
    echo = str(Path(__file__).with_name("ros_echo.py"))
    joints, imu = JointStateEncoder(ROBOT), ImuEncoder(1.0 / RATE)
    sides = ("controller", "echo")
    publishers = {
        side: (
            bench.node.create_publisher(Imu, f"/{side}/imu/data", qos.STREAM),
            bench.node.create_publisher(JointState, f"/{side}/joint_states", qos.STREAM),
        )
        for side in sides
    }
    heard: dict[str, tuple[int, float]] = {}

    def listener(side: str) -> Callable[[JointTrajectory], None]:
        return lambda m: heard.__setitem__(side, (nanoseconds(m.header.stamp), time.perf_counter()))

    for side in sides:
        bench.node.create_subscription(JointTrajectory, f"/{side}/joint_targets", listener(side), qos.COMMAND)
    times: dict[str, list[float]] = {side: [] for side in sides}
    rng = np.random.default_rng(0)
    with controller(namespace="controller"), node_process(echo, namespace="echo"):
        step = 0
        while len(times["echo"]) < rounds:
            for side in sides:
                step += 1
                stamp = round(step / RATE, 9)
                angles = ROBOT.neutral + 0.1 * rng.normal(size=ROBOT.nb_joints)
                state = RobotState(stamp, angles, np.full(ROBOT.nb_joints, np.nan), 0.0, 0.0, 0.0, np.zeros(3))
                bodily, spatial = joints(state), imu(state)
                began = time.perf_counter()
                publishers[side][0].publish(spatial)
                publishers[side][1].publish(bodily)
                end = began + 0.05
                wanted = nanoseconds(bodily.header.stamp)
                while heard.get(side, (0, 0.0))[0] != wanted and time.perf_counter() < end:
                    bench.once(0.01)
                if heard.get(side, (0, 0.0))[0] == wanted:
                    times[side].append(heard[side][1] - began)
                time.sleep(0.004)
    figures: dict[str, Any] = {"n": rounds}
    for side in sides:
        p50, p99 = np.percentile(1e3 * np.array(times[side][200:]), [50, 99])
        figures[side] = {"p50_ms": round(p50, 3), "p99_ms": round(p99, 3)}
    for key in ("p50_ms", "p99_ms"):
        figures[f"ratio_{key[:3]}"] = round(figures["controller"][key] / figures["echo"][key], 2)
    return figures


def jitter(bench: Bench, seconds: float) -> dict[str, Any]:
    """Periods of the commands at 50 Hz beside a core that is kept busy."""
    sent: list[int] = []
    bench.node.create_subscription(
        JointTrajectory, "/joint_targets", lambda m, info: sent.append(info["source_timestamp"]), qos.EVENT
    )
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        with plant(backend="mock"), controller():
            bench.until(lambda: len(sent) > 50)
            sent.clear()
            bench.during(seconds)
    finally:
        busy.kill()
        busy.wait()
    periods = np.diff(np.array(sent)) / 1e6
    off = np.abs(periods - 1e3 / RATE)
    return {
        "n": int(periods.size),
        "jitter_p50_ms": round(float(np.percentile(off, 50)), 3),
        "jitter_p99.9_ms": round(float(np.percentile(off, 99.9)), 3),
        "missed": int((periods > 1.5e3 / RATE).sum()),
    }


def rate(bench: Bench, priority: int) -> dict[str, Any]:
    """The highest control rate at which ten seconds go by without an unanswered reading."""
    figures: dict[str, Any] = {}
    for factor in (4, 6, 8, 10, 14, 20):
        said: list[DiagnosticArray] = []
        listener = bench.node.create_subscription(DiagnosticArray, "/diagnostics", said.append, qos.EVENT)
        first = {"realtime_priority": str(priority)}
        body = plant(backend="mock", realtime_factor=f"{factor}.0", publish_clock="false", **first)
        with body, controller(**first):

            def unanswered(said: list[DiagnosticArray] = said) -> int | None:
                for array in reversed(said):
                    if array.status[0].name == "/plant" and array.status[0].message == "good":
                        return int({v.key: v.value for v in array.status[0].values}["unanswered_readings"])
                return None

            bench.until(lambda: unanswered() is not None)
            bench.during(2.0)
            before = unanswered()
            bench.during(10.0)
            missed = (unanswered() or 0) - (before or 0)
        bench.node.destroy_subscription(listener)
        figures[f"{factor * RATE:.0f} Hz"] = f"{missed} of {factor * RATE * 10:.0f} unanswered"
        if missed > 0.01 * factor * RATE * 10:
            break
    return figures


def hold(bench: Bench, rounds: int = 10) -> dict[str, Any]:
    """Controller killed to plant in HOLD."""
    states: list[tuple[str, int]] = []
    bench.node.create_subscription(
        String,
        "/plant/state",
        lambda m, i: states.append((json.loads(m.data)["mode"], i["source_timestamp"])),
        qos.LATCHED,
    )
    times = []
    with plant(backend="mock"):
        for _ in range(rounds):
            with controller(ramp_time="0.2") as process:  # from where the plant was let go
                bench.until(lambda: states and states[-1][0] == "nominal")
                bench.during(1.0)
                killed = time.time_ns()
                process.kill()
                bench.until(lambda: states[-1][0] == "hold")
                times.append((states[-1][1] - killed) / 1e6)
                bench.until(lambda: states[-1][0] == "limp")
    return {"n": rounds, "median_ms": round(float(np.median(times)), 1), "max_ms": round(max(times), 1)}


def start(bench: Bench, rounds: int = 5) -> dict[str, Any]:
    """`hebb launch` typed to the first command."""
    sent: list[int] = []
    bench.node.create_subscription(
        JointTrajectory, "/joint_targets", lambda m, info: sent.append(info["source_timestamp"]), qos.EVENT
    )
    times = []
    for _ in range(rounds):
        sent.clear()
        began = time.time_ns()
        process = subprocess.Popen([sys.executable, "-m", "hebb_controller.cli", "launch"], stdout=subprocess.DEVNULL)
        bench.until(lambda: sent)
        times.append((sent[0] - began) / 1e9)
        process.send_signal(signal.SIGINT)
        process.wait(10)
    return {"n": rounds, "median_s": round(float(np.median(times)), 2), "max_s": round(max(times), 2)}


def distance(bench: Bench, rounds: int = 20, steps: int = 400) -> dict[str, Any]:
    """Metres walked over ROS in real time, as a share of the same lives in process."""
    at: list[float] = []
    bench.node.create_subscription(
        Odometry, "/ground_truth/odom", lambda m: at.append(m.pose.pose.position.x), qos.STREAM
    )
    ratios = []
    for seed in range(rounds):
        at.clear()
        with plant(seed=str(seed), horizon=str(steps)) as body, controller(seed=str(seed)):
            bench.until(lambda body=body: body.poll() is not None)
        ratios.append(at[-1] / _in_process(seed, steps))
    low, high = np.percentile(ratios, [0, 100])
    return {"n": rounds, "median": round(float(np.median(ratios)), 3), "min": round(low, 3), "max": round(high, 3)}


def _in_process(seed: int, steps: int) -> float:
    book, task = load_rulebook(ROBOT.name), make_task(ROBOT, randomise=False)
    body = TaskPlant(task, np.random.default_rng([seed, 0]))
    brain = book.controller(ROBOT)
    brain.reset(np.random.default_rng([seed, 0]), book.start)
    life = record_life(body, brain, SafetyGate(ROBOT), FaultSchedule(), np.random.default_rng(0), steps)
    task.close()
    return life.distance


def main() -> int:
    """Run what was asked for and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["latency", "jitter", "rate", "hold", "start", "distance"])
    parser.add_argument("--seconds", type=float, default=300.0, help="of the jitter measurement (%(default)s)")
    parser.add_argument("--priority", type=int, default=0, help="realtime_priority of the rate measurement")
    options = parser.parse_args()
    os.environ["ROS_DOMAIN_ID"] = str(10 + os.getpid() % 90)
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    works: dict[str, Callable[[Bench], dict[str, Any]]] = {
        "latency": latency,
        "jitter": lambda bench: jitter(bench, options.seconds),
        "rate": lambda bench: rate(bench, options.priority),
        "hold": hold,
        "start": start,
        "distance": distance,
    }
    rclpy.init()
    for name in options.what:
        bench = Bench()
        print(json.dumps({name: works[name](bench)}), flush=True)
        bench.node.destroy_node()
    rclpy.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
