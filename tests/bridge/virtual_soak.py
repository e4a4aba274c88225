"""Many cycles on a clock of the test's own: exact, repeatable, and faster than real time.

Without a port, a thread or a scheduler between question and answer every value delivered can be held against what the
servo's register was while the question was out: one wrong count in a million is seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from virtual_port import virtual_line

from firmware_bridge.believed_pose import BelievedPose
from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot_file import load_robot


@dataclass
class Soaked:
    """What was found; `wrong` came out of the bus, `wrongly_believed` also passed the gate for what a joint can do."""

    nb_cycles: int = 0
    nb_values: int = 0
    nb_missing: int = 0
    wrong: list[str] = field(default_factory=list)
    wrongly_believed: list[str] = field(default_factory=list)
    struck: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0


def run(protocol: str, nb_cycles: int, rates: dict[str, float], seed: int, period: float = 0.01) -> Soaked:
    """Write goals and read everything `nb_cycles` times, one cycle per `period` [s] of virtual time."""
    robot = load_robot("realant" if protocol == "dxl1" else "sts12")
    faults = BoardFaults(np.random.default_rng(seed), rates=rates)
    line, port, wire = virtual_line(protocol, robot.name, faults)
    joint_map = nominal_map(robot, find_table(protocol).scale)
    assert robot.servo is not None
    pose = BelievedPose(joint_map, robot.servo.no_load_speed)
    rng = np.random.default_rng(seed + 1)
    history: deque[tuple[float, np.ndarray]] = deque([(0.0, joint_map.to_ticks(wire.body.position))], maxlen=32)
    advance = wire.body.advance

    def recorded(goal: np.ndarray, strength: np.ndarray) -> None:
        advance(goal, strength)
        history.append((port.now(), joint_map.to_ticks(wire.body.position)))

    wire.body.advance = recorded  # type: ignore[method-assign]
    goal, found = robot.neutral.copy(), Soaked()
    for cycle in range(nb_cycles):
        start = port.now()
        if cycle % 50 == 0:
            line.bus.put_all("torque", dict.fromkeys(line.ids, 1))  # servos that started anew
        goal = np.clip(goal + rng.normal(0.0, 0.05, robot.nb_joints), robot.lower, robot.upper)
        line.put_goals([int(tick) for tick in joint_map.to_ticks(goal)])
        asked = port.now()
        readings = line.feedback()
        found.longest = max(found.longest, port.now() - asked)
        believed = pose.take(readings)
        older = [row for row in history if row[0] <= asked][-1:]
        true = np.array([ticks for _, ticks in older + [row for row in history if row[0] > asked]])
        for k, reading in enumerate(readings):
            if reading.values is None:
                found.nb_missing += 1
                continue
            found.nb_values += 1
            told = (reading.values["position"], reading.values["voltage"], reading.values["temperature"])
            if told[0] not in true[:, k] or abs(told[1] - 12.0) > 1e-9 or told[2] != 30.0:
                text = f"cycle {cycle}, servo {reading.servo_id}: {told}, true {sorted(set(true[:, k].tolist()))}"
                found.wrong.append(text)
                if believed[k]:
                    found.wrongly_believed.append(text)
        found.nb_cycles += 1
        port.sleep(max(start + period - port.now(), 0.0))
    found.struck = faults.struck
    return found
