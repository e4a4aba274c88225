"""The bus of a 12-servo robot against an emulated board in a process of its own, at the wire time of 1 Mbaud.

    python tests/benchmarks/bench_bus.py rate --hz 100 --seconds 60
    python tests/benchmarks/bench_bus.py host --seconds 60
    python tests/benchmarks/bench_bus.py soak --cycles 100000
    python tests/benchmarks/bench_bus.py virtual --cycles 100000
    python tests/benchmarks/bench_bus.py kill --times 10
    python tests/benchmarks/bench_bus.py blind
    python tests/benchmarks/bench_bus.py              # all of them, short

`rate` writes goals and reads everything in each cycle, through the owner of the line, as a walk does. A cycle is
missed when the one before it had not ended by the time that it was due. `host` tells how often the computer by itself
keeps a process that only sleeps from waking for as long as would miss a cycle at 100 Hz. `soak` lets faults of every
kind strike, each with the same probability per reply, and compares every angle delivered with where the emulated
joint was; cycles follow each other as fast as the line goes, in real time, at real wire time. `virtual` does so on a
clock of its own, without port and scheduler, and holds every value against the register itself. `blind` counts which
corrupted replies checksums let through, and which of those are believed. `kill` measures from SIGKILL of the walking
process to torque off.

An emulated line is no hardware: USB, noise and the servos' own timing are missing.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from pathlib import Path

import numpy as np
from board_process import board_process, take_priority
from soak import goals_outside, open_owner, soak

from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot_file import load_robot

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "bridge")]
KINDS = ("drop", "delay", "glitch", "flip", "cut", "reboot")


def host(seconds: float, longest: float = 0.0065) -> int:
    """Count how often a process that sleeps for half a millisecond sleeps longer than `longest` [s]."""
    gaps = []
    last = began = time.monotonic()
    while last - began < seconds:
        time.sleep(0.0005)
        now = time.monotonic()
        gaps.append(now - last)
        last = now
    nb = int((np.array(gaps) > longest).sum())
    print(
        f"host, {seconds:g} s: a sleeping process woke more than {1e3 * longest:g} ms late {nb} times; "
        f"latest {1e3 * max(gaps):.1f} ms"
    )
    return nb


def rate(hz: float, seconds: float, protocol: str, priority: int) -> int:
    """Measure how many cycles are missed; return their number."""
    robot_name = "realant" if protocol == "dxl1" else "sts12"
    with board_process(protocol, robot_name, priority=priority) as board:
        take_priority(priority)
        owner, robot, _ = open_owner(board.port, protocol, robot_name, supervise=True, budget=0.8 / hz)
        owner.arm()
        nb = round(hz * seconds)
        spent: list[float] = []
        missed = incomplete = k = 0
        at_start = owner.report()
        gc.freeze()  # as `hebb run` does
        began = time.monotonic() + 0.01
        while k < nb:
            time.sleep(max(0.0, began + k / hz - time.monotonic()))
            start = time.monotonic()
            owner.write(robot.neutral + 0.2 * np.sin(6.0 * (start - began)))
            try:
                _, seen = owner.read()
            except LinkError as error:
                print(f"rate {hz:g} Hz, {protocol}: ended after {k} cycles: {error}")
                owner.close()
                return nb - k
            end = time.monotonic()
            spent.append(end - start)
            incomplete += bool((seen < start).any())
            overrun = int((end - began) * hz) - k  # cycles that were due before this one had ended
            missed += overrun
            k += 1 + overrun
        report = owner.report()
        owner.close()
        ending = board.end()
    q = 1e3 * np.quantile(spent, [0.5, 0.95, 0.99, 1.0])
    print(
        f"rate {hz:g} Hz, {protocol}, {robot.nb_joints} servos, {seconds:g} s: {missed} of {nb} cycles missed, "
        f"{incomplete} incomplete ({report.nb_missing - at_start.nb_missing} answers late, most got by asking again); "
        f"a cycle takes {q[0]:.2f} ms (95 %: {q[1]:.2f}, 99 %: {q[2]:.2f}, most: {q[3]:.2f}); {report.power.value}; "
        f"the board uses {100 * ending.cpu_share:.0f} % of a core"
    )
    return missed


def soaked(cycles: int, probability: float, seed: int, protocol: str) -> bool:
    """Soak; return whether all went as it must."""
    robot_name = "realant" if protocol == "dxl1" else "sts12"
    with board_process(protocol, robot_name, dict.fromkeys(KINDS, probability), seed) as board:
        tally = soak(board.port, board.truth, cycles, seed + 1, protocol, robot_name)
        ending = board.end()
    robot = load_robot(robot_name)
    outside = goals_outside(ending.goals_seen, robot, nominal_map(robot, find_table(protocol).scale))
    recoveries = np.array(tally.recoveries or [0.0])
    struck = ", ".join(f"{n} {kind}" for kind, n in sorted(ending.struck.items()))
    print(
        f"soak, {protocol}: {tally.nb_cycles} cycles in {tally.duration:.0f} s, {tally.nb_values} values; "
        f"struck: {struck}"
    )
    print(f"  wrong values: {len(tally.wrong)} {tally.wrong[:5]}")
    print(f"  goals outside limits at the servos: {len(outside)} {outside[:3]}")
    print(f"  leaked: {tally.leaked or 'nothing'}")
    print(
        f"  disarmed {tally.nb_disarmed} times, armed again after {np.median(recoveries):.2f} s (95 %: "
        f"{np.quantile(recoveries, 0.95):.2f}, most: {recoveries.max():.2f}), {tally.nb_arm_refused} attempts refused; "
        f"oldest angle {tally.oldest:.2f} s"
    )
    for reason, n in sorted(tally.reasons.items(), key=lambda item: -item[1])[:8]:
        print(f"    {n:5d} x {reason}")
    print(f"  {tally.report}")
    return not tally.wrong and not outside and not tally.leaked and recoveries.max() < 1.0


def virtual(cycles: int, probability: float, seed: int, protocol: str) -> bool:
    """Soak the bus on a clock of its own; return whether no wrong value was believed."""
    import virtual_soak

    found = virtual_soak.run(protocol, cycles, dict.fromkeys(KINDS, probability), seed)
    struck = ", ".join(f"{n} {kind}" for kind, n in sorted(found.struck.items()))
    print(
        f"virtual soak, {protocol}: {found.nb_cycles} cycles, {found.nb_values} values, {found.nb_missing} missing; "
        f"struck: {struck}; wrong values: {len(found.wrong)} {found.wrong[:3]}, believed of these: "
        f"{len(found.wrongly_believed)}; longest reading {1e3 * found.longest:.2f} ms"
    )
    return not found.wrongly_believed


def kill(times: int, protocol: str) -> None:
    """Measure how long torque stays on after the walking process was killed."""
    from board_thread import bench_board, running
    from test_faults_host import wait_for_torque_off, walking

    robot_name = "realant" if protocol == "dxl1" else "sts12"
    took = []
    for k in range(times):
        board = bench_board(protocol, robot_name)
        with running(board):
            process = walking(board, robot_name)
            time.sleep(0.3 + 0.013 * k)
            killed = time.monotonic()
            process.kill()
            wait_for_torque_off(board)
            took.append(1e3 * (time.monotonic() - killed))
            process.communicate()
    print(
        f"kill -9 while walking, {protocol}: torque off after {np.median(took):.0f} ms (least {min(took):.0f}, most "
        f"{max(took):.0f}, n = {times})"
    )


def blind() -> None:
    """Count what checksums let through."""
    import corruption
    from test_codec_fuzz import TABLES, TOP_SPEED, feedback_frame, one_joint

    print("corrupted replies:   kind        corrupted  pass checksum  possible  believed  worst believed [rad]")
    for table in TABLES:
        frame = feedback_frame(table)
        first = len(frame) - table.feedback_block[1] - 1
        kinds = {
            "one byte": corruption.flips(frame),
            "swap": corruption.swaps(frame),
            "cut": corruption.truncations(frame, feedback_frame(table, 6, 17)),
            "burst": corruption.bursts(frame, first, np.random.default_rng(0), 200_000),
        }
        for kind, spoilt in kinds.items():
            fate = corruption.follow(table, one_joint(table), frame, spoilt, TOP_SPEED)
            share = f"1/{fate.corrupted / fate.passed_checksum:.0f}" if fate.passed_checksum else "none"
            print(
                f"{table.name:>20s} {kind:>10s} {fate.corrupted:10d} {fate.passed_checksum:7d} = {share:6s} "
                f"{fate.possible:8d} {fate.believed:9d} {fate.worst_believed:12.3f}"
            )


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "what", nargs="?", choices=["rate", "host", "soak", "virtual", "blind", "kill", "all"], default="all"
    )
    parser.add_argument("--hz", type=float, nargs="+", default=[100.0, 200.0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--cycles", type=int, default=5000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--probability", type=float, default=1e-3, help="of each kind of fault, per reply")
    parser.add_argument("--protocol", default="sts", help="sts, dxl2 or dxl1")
    parser.add_argument("--realtime", type=int, default=0, metavar="PRIORITY", help="SCHED_FIFO for both processes")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    good = True
    if options.what in ("blind", "all"):
        blind()
    if options.what in ("kill", "all"):
        kill(options.times, options.protocol)
    if options.what in ("rate", "all"):
        for hz in options.hz:
            rate(hz, options.seconds, options.protocol, options.realtime)
    if options.what in ("host", "all"):
        host(options.seconds)
    if options.what in ("soak", "all"):
        good = soaked(options.cycles, options.probability, options.seed, options.protocol)
    if options.what in ("virtual", "all"):
        good &= virtual(options.cycles, options.probability, options.seed, options.protocol)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
