"""How well planted errors are recovered: whole calibrations of a joint, over a pty, by hands that are not perfect.

    python tests/benchmarks/bench_calibration.py [--seeds 20] [--protocols sts,dxl2,dxl1] [--method jig] [--json]

Each seed draws where and which way round a servo sits, counts per radian within 3 % of the maker's, 2 to 24 ms of dead
time, 75 to 110 % of the datasheet's speed, up to 0.015 rad of play beyond the encoder and 0.004 to 0.012 rad within the
servo (half-widths); then an operator with 0.0015 rad of slop (standard deviation) goes through the procedure that
`hebb calibrate` runs, against the emulated board. The joints are `SlewJoints`: dead time in whole milliseconds, then
top speed at once. Printed are, for each quantity, the number of calibrations, the median and the worst error, and what
was asked for. The offset counts twice: at the model's zero, and at the worst angle within the joint's limits.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "calibration"))

from planted_board import HandJoints, Operator, Planted, crab, opener, plant, running

from calibration.plan import Plan, part_path
from calibration.procedure import calibrate
from calibration.record import JointRecord
from calibration.record_file import load_calibration
from firmware_bridge.boards import find_board
from firmware_bridge.serial_port import SerialPort
from hebb_controller.errors import HebbError
from hebb_controller.robot import RobotSpec

SERVOS = {"sts": "sts3215_12v", "dxl2": "sts3215_12v", "dxl1": "ax12a"}
#: Quantity -> its unit, the factor to it, and what was asked for.
QUANTITIES = {
    "sign": ("wrong", 1.0, 0.0),
    "offset at zero": ("rad", 1.0, 0.01),
    "offset, worst angle": ("rad", 1.0, 0.01),
    "scale": ("%", 100.0, 1.0),
    "latency": ("ms", 1e3, 5.0),
    "speed": ("%", 100.0, None),
    "play beyond encoder": ("rad", 1.0, None),
    "play within servo": ("rad", 1.0, None),
}


def errors_of(robot: RobotSpec, planted: Planted, joint: JointRecord) -> dict[str, float]:
    """Return how far a joint's record is from what was planted."""
    k = robot.joint_names.index(joint.name)
    true = planted.joint_map
    scale = float(true.ticks_per_radian[k])
    angles = np.linspace(joint.lower, joint.upper, 101)
    ticks = true.zero_tick[k] + true.direction[k] * scale * angles
    measured = joint.measured
    found = {
        "sign": float(joint.direction != true.direction[k]),
        "offset at zero": (joint.zero_tick - float(true.zero_tick[k])) / scale,
        "offset, worst angle": float(np.abs([joint.angle(t) - a for t, a in zip(ticks, angles, strict=True)]).max()),
        "scale": joint.ticks_per_radian / scale - 1.0,
    }
    pairs = {
        "latency": (measured.latency, planted.latency),
        "play beyond encoder": (measured.play_beyond_encoder, planted.backlash),
        "play within servo": (measured.play_within_servo, planted.gear_play),
    }
    found |= {name: got - was for name, (got, was) in pairs.items() if got is not None}
    return found if measured.speed is None else found | {"speed": measured.speed / planted.speed - 1.0}


def one(protocol: str, seed: int, method: str = "jig", nb_steps: int = 8) -> dict[str, float]:
    """Plant, calibrate one joint, and return the errors."""
    rng = np.random.default_rng(seed)
    robot, kind = crab(SERVOS[protocol]), find_board(protocol)
    planted, board = plant(robot, protocol, rng)
    assert isinstance(board.body, HandJoints)
    with tempfile.TemporaryDirectory() as folder, running(board):
        out = Path(folder) / "calibration.json"
        name = robot.joint_names[seed % robot.nb_joints]
        plan = Plan(robot, kind, (1, 2, 3, 4), out, (name,), method=method, nb_steps=nb_steps, rock_time=0.5, seed=seed)
        port = SerialPort(board.line.name, kind.baud)
        try:
            calibrate(plan, opener(port, kind), Operator(robot, board.body, rng).talk)
        finally:
            port.close()
        joint = load_calibration(part_path(out), robot, whole=False).joint(name)
    assert joint is not None
    return errors_of(robot, planted, joint)


def main() -> None:
    """Calibrate over and over, and print a table, or one JSON list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--protocols", default="sts,dxl2,dxl1")
    parser.add_argument("--method", choices=["jig", "stop"], default="jig")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows: list[dict[str, str | float | None]] = []
    if not arguments.json:
        print(f"{'protocol':9}{'quantity':21}{'n':>4}{'median error':>14}{'worst error':>13}{'asked for':>11}")
    for protocol in arguments.protocols.split(","):
        found = []
        for seed in range(arguments.seeds):
            try:
                found.append(one(protocol, seed, arguments.method))
            except HebbError as error:  # told, and counted: n says how many there are
                print(f"{protocol}, seed {seed}: not calibrated: {error}", file=sys.stderr)
        for name, (unit, factor, asked) in QUANTITIES.items():
            errors = factor * np.array([errors[name] for errors in found if name in errors])
            if errors.size == 0:
                continue
            median, worst = float(np.median(errors)), float(errors[np.abs(errors).argmax()])
            rows.append({"protocol": protocol, "quantity": name, "unit": unit, "n": errors.size, "must": asked})
            rows[-1] |= {"median": median, "worst": worst}
            if not arguments.json:
                wanted = "-" if asked is None else f"{asked:g}"
                print(f"{protocol:9}{name:21}{errors.size:4}{median:14.4f}{worst:13.4f}{wanted:>11} {unit}", flush=True)
    if arguments.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
