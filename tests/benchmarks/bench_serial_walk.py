"""How far a robot walks behind a serial line, as a share of the same life in process: the README's figures.

    python tests/benchmarks/bench_serial_walk.py                        # sts12 behind emulated bus servos, 20 lives
    python tests/benchmarks/bench_serial_walk.py --protocol hebb        # ... behind our own board, emulated
    python tests/benchmarks/bench_serial_walk.py --protocol hebb --firmware   # ... behind its true firmware, simulated
    python tests/benchmarks/bench_serial_walk.py --robot realant --runs 5

The board is a process of its own (`hebb board emulate`), with wire time and PyBullet's body in real time; the walk is
`hebb run --plant serial`. In process the same sequence (stand up, fade in, walk) drives the same task step by step.
Both begin with the weights of `--seed`, count from there. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller import load_rulebook
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import SafetyGate
from hebb_controller.sequence import Sequencer
from sim.task_plant import TaskPlant
from sim.tasks import make_task

HEBB = [sys.executable, "-m", "hebb_controller.cli"]


@contextlib.contextmanager
def emulated(robot: str, protocol: str, seed: int, folder: str, firmware: bool) -> Iterator[list[str]]:
    """A board at the desk; yields the list that its last words will be appended to."""
    words = ["--robot", robot, "--seed", str(seed), "--link", f"{folder}/servos"]
    if firmware:
        words = [sys.executable, str(Path(__file__).parents[1] / "firmware" / "firmware_desk.py"), *words]
    else:
        words = [*HEBB, "board", "emulate", *words, *(["--protocol", protocol] if protocol else [])]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            break
    said: list[str] = []
    try:
        yield said
    finally:
        process.send_signal(signal.SIGTERM)  # a shell may have had its children ignore SIGINT
        rest, _ = process.communicate(timeout=20)
        said += rest.splitlines()


def behind_a_port(robot: str, protocol: str, seed: int, steps: int, firmware: bool) -> tuple[float, bool, str]:
    """Return the distance [m] of one life behind a port, whether it fell, and the walk's own last words."""
    with tempfile.TemporaryDirectory() as folder:
        with emulated(robot, protocol, seed, folder, firmware) as said:
            words = ["run", "--plant", "serial", "--robot", robot, "--seed", str(seed), "--steps", str(steps)]
            words += ["--port", f"{folder}/servos", "--imu-port", f"{folder}/servos-imu", "--calibration", "none"]
            words += ["--protocol", protocol] if protocol else []
            done = subprocess.run([*HEBB, *words], capture_output=True, text=True)
        return float(said[-1].split()[3]), "fell" in said[-1], (done.stderr or done.stdout).strip().splitlines()[-1]


def in_process(robot: RobotSpec, seed: int, steps: int) -> tuple[float, bool]:
    """Return the distance [m] of the same life without a port, and whether it fell."""
    book, task = load_rulebook(robot.name), make_task(robot, randomise=False)
    plant = TaskPlant(task, np.random.default_rng([seed, 0]))
    sequencer = Sequencer(book.controller(robot), SafetyGate(robot), seed=seed, start=book.start)
    sequencer.activate(plant.sense())
    for _ in range(steps):
        state = plant.sense()
        targets = sequencer.tick(state, state.time)
        assert targets is not None
        plant.actuate(targets)
        sequencer.adapt()
    truth = plant.sense().truth
    assert truth is not None and plant.transition is not None
    task.close()
    return float(truth.position_base_in_world[0]), plant.transition.fallen


def main() -> int:
    """Run the lives and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--robot", default="sts12")
    parser.add_argument("--protocol", default="", help="default: the robot's servos'")
    parser.add_argument("--firmware", action="store_true", help="protocol hebb: the true firmware under simavr")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    robot = load_robot(options.robot)
    pairs, falls = [], [0, 0]
    for seed in range(options.seed, options.seed + options.runs):
        distance, fell, summary = behind_a_port(options.robot, options.protocol, seed, options.steps, options.firmware)
        alone, fell_alone = in_process(robot, seed, options.steps)
        pairs.append((distance, alone))
        falls[0] += fell
        falls[1] += fell_alone
        print(f"seed {seed}: {distance:.2f} m behind the port, {alone:.2f} m in process; {summary}", file=sys.stderr)
    far, alone_far = np.array(pairs).T
    figures: dict[str, Any] = {
        "robot": robot.name,
        "protocol": options.protocol or "own",
        "firmware": options.firmware,
        "n": len(pairs),
        "metres": [round(float(v), 2) for v in np.percentile(far, [50, 0, 100])],
        "metres_in_process": [round(float(v), 2) for v in np.percentile(alone_far, [50, 0, 100])],
        "falls": falls[0],
        "falls_in_process": falls[1],
        "ratio_of_medians": round(float(np.median(far) / np.median(alone_far)), 3),
        "median_of_ratios": round(float(np.median(far / alone_far)), 3),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
