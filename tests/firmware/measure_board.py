"""Measures the firmware under simavr and prints the figures that PROTOCOL.md states.

    python tests/firmware/measure_board.py

All times are of the simulated chip, except the round trip and the processor share, which are of this machine.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from raw_client import RawClient, client
from simulated_board import SimulatedBoard, simulated_board

from firmware_bridge.hebb_frames import Kind

CHANNELS = range(1, 13)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used, in [s]."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / 100.0


def pulse_errors(chip: SimulatedBoard, talker: RawClient, nb_poses: int, rng: np.random.Generator) -> np.ndarray:
    """Return width errors in [us] over random poses, half of which bring the edges of both banks together."""
    errors = []
    for k in range(nb_poses):
        goals = rng.integers(3150, 3250, 12) if k % 2 else rng.integers(1000, 5001, 12)
        talker.set_goals([int(g) for g in goals])
        begin = chip.now
        while chip.now < begin + 65_000:
            talker.set_goals([int(g) for g in goals])
        settled = [p for p in list(chip.pulses)[-60:] if p.time > begin + 22_000]
        errors += [p.width - 0.5 * goals[p.channel - 1] for p in settled]
    return np.array(errors)


def main() -> None:
    """Print one figure per line."""
    rng = np.random.default_rng(0)
    with simulated_board() as chip, client(chip.line_path, chip.seconds) as talker:
        print(chip.sizes.strip())
        talker.arm([3000] * 12)
        errors = pulse_errors(chip, talker, 100, rng)
        print(f"pulse error: n {len(errors)}, mean {errors.mean():+.2f} us, sd {errors.std():.2f},", end=" ")
        print(f"worst {np.abs(errors).max():.2f} us; bytes lost {talker.ask(Kind.STATUS).nb_lost}")
        times = []
        begin, used = time.monotonic(), processor_seconds(chip.pid)
        for k in range(500):
            asked = time.monotonic()
            talker.set_goals([3000 + k % 50] * 12)
            times.append(1000.0 * (time.monotonic() - asked))
            time.sleep(max(0.0, begin + 0.02 * (k + 1) - time.monotonic()))
        share = (processor_seconds(chip.pid) - used) / (time.monotonic() - begin)
        low, mid, high = np.percentile(times, [5, 50, 95])
        print(f"round trip at 50 Hz: n 500, median {mid:.1f} ms, 5 % {low:.1f}, 95 % {high:.1f}, most {max(times):.1f}")
        print(f"processor share of the simulator at 50 Hz: {100 * share:.0f} % of one core")
        for watchdog in (50, 100):
            ends = []
            for _ in range(20):
                talker.arm([int(g) for g in rng.integers(1000, 5001, 12)], watchdog)
                time.sleep(0.05)
                nb_drives = len(chip.events.drive)
                talker.ask(Kind.STATUS)
                while len(chip.events.drive) == nb_drives:
                    time.sleep(0.005)
                end = max(p.time + p.width for p in list(chip.pulses)[-24:])
                ends.append((chip.events.drive[-1][0] - chip.events.quiet[-1], end - chip.events.quiet[-1]))
            off, last = (np.array(ends) / 1000.0).T
            print(
                f"watchdog {watchdog} ms: n 20, last frame to drive pin off {off.min():.1f} to {off.max():.1f} ms,",
                end=" ",
            )
            print(f"to end of the last pulse {last.min():.1f} to {last.max():.1f} ms")


if __name__ == "__main__":
    main()
