"""The true firmware under simavr: built on demand, run as a process of its own, its pulses read back.

Needs what `avr_build.missing_tools` lists.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from avr_build import build

from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.hebb_messages import NB_CHANNELS
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_board import BodyClock

#: A channel without a pulse for so long gives its servo nothing to hold on to, in [us].
SILENT_AFTER = 30_000.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """One pulse: when it began and how long it was, in [us] of simulated time, and on which channel, 1 to 12."""

    time: float
    channel: int
    width: float


@dataclass
class Events:
    """What else the host told, in [us] of simulated time.

    Attributes:
        drive: `(time, level)` of the drive pin.
        quiet: when the last byte of each message had arrived.
        resets: when the chip started anew.
    """

    drive: list[tuple[float, int]] = field(default_factory=list)
    quiet: list[float] = field(default_factory=list)
    resets: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """Where a client finds the board, in the shape of an emulated board's line."""

    name: str


class SimulatedBoard:
    """A running chip.

    Args:
        most_kept: how many pulses are kept.

    Attributes:
        line: `name` is the path of its serial port.
        pulses: the newest pulses, oldest first.
        events: what else happened.
        now: newest simulated time heard of, in [us].
    """

    def __init__(self, most_kept: int = 20_000) -> None:
        firmware, host, self.sizes = build()
        self._process = subprocess.Popen(
            [str(host), str(firmware)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        assert self._process.stdout is not None
        self.line = Line(self._process.stdout.readline().strip())
        self.pulses: deque[Pulse] = deque(maxlen=most_kept)
        self.events = Events()
        self.now = 0.0
        self._newest: list[Pulse | None] = [None] * NB_CHANNELS
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    @property
    def line_path(self) -> str:
        """Path of its serial port."""
        return self.line.name

    @property
    def pid(self) -> int:
        """Process id of the host."""
        return self._process.pid

    def seconds(self) -> float:
        """Return the newest simulated time heard of, in [s]."""
        return self.now / 1e6

    def pulse_widths(self) -> list[float | None]:
        """Return the newest width per channel, in [us]; None where no pulse came for 30 ms of simulated time."""
        oldest = self.now - SILENT_AFTER
        return [p.width if p is not None and p.time + p.width > oldest else None for p in self._newest]

    def reset(self, cause: str = "brownout") -> None:
        """Reset the chip while it runs: `power`, `external` or `brownout`."""
        self._tell(f"reset {cause}")

    def hang(self) -> None:
        """Send its main program astray."""
        self._tell("hang")

    def set_supply(self, voltage: float) -> None:
        """Put a voltage [V] at the divider; 0: no divider there."""
        self._tell(f"supply {round(1000.0 * voltage)}")

    def close(self) -> None:
        """End the process; safe to call twice."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            kind, *numbers = text.split()
            time_us = float(numbers[0])
            if kind == "pulse":
                pulse = Pulse(time_us, int(numbers[1]), float(numbers[2]))
                self._newest[pulse.channel - 1] = pulse
                self.pulses.append(pulse)
            elif kind == "drive":
                self.events.drive.append((time_us, int(numbers[1])))
            elif kind == "quiet":
                self.events.quiet.append(time_us)
            elif kind == "reset":
                self.events.resets.append(time_us)
            self.now = max(self.now, time_us)


class FirmwareBody:
    """Joints that follow the pulses at the simulated chip's pins; `poll` it as one polls an emulated board.

    Args:
        board: the chip.
        joint_map: which channel moves which joint, and how.
        body: the joints.
        held: True: somebody holds the body until a servo drives it.
    """

    def __init__(self, board: SimulatedBoard, joint_map: JointMap, body: JointBody, held: bool = False) -> None:
        self.board, self.body, self._map, self._held = board, body, joint_map, held
        self.line = board.line
        self._clock = BodyClock(body, time.monotonic())

    def poll(self, timeout: float = 0.001) -> None:
        """Move the joints on to now, and wait no longer than `timeout` [s]."""
        now = time.monotonic()
        time.sleep(min(max(self._clock.next - now, 0.0), timeout))
        for _ in self._clock.steps(time.monotonic()):
            self._move()

    def _move(self) -> None:
        told = self.board.pulse_widths()
        widths = np.array([np.nan if (w := told[channel - 1]) is None else w for channel in self._map.servo_ids])
        driven = np.isfinite(widths)
        self._held = self._held and not driven.any()
        if self._held:
            return
        goals = np.where(driven, self._map.to_angles(2.0 * widths), self.body.position)
        self.body.advance(goals, driven.astype(float))

    def close(self) -> None:
        """Stop the chip and free the body."""
        self.board.close()
        self.body.close()


@contextmanager
def simulated_board() -> Iterator[SimulatedBoard]:
    """Run a chip for as long as a `with` block."""
    board = SimulatedBoard()
    try:
        yield board
    finally:
        board.close()
