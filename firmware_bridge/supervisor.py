"""A process of its own that switches torque off when the one that walks dies or stalls.

Bus servos hold their last goal for ever when the host falls silent. The walking process writes a byte into this one's
standard input every few milliseconds; when that ends, or pauses for too long, the port is opened here and the bytes
that let go are sent. A byte `q` means that the walking process has let go in order.

    python -m firmware_bridge.supervisor PORT BAUD HEX

It knows no protocol: HEX is what the line calls its silencer.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time

#: Longest pause of the walking process, in [s].
PATIENCE = 0.15
#: How often the bytes are sent: nobody listens for answers, and a frame may be lost.
_REPEATS = 5
#: Exit code of one that has sent them.
LET_GO = 3


def watch(port: str, baud: int, silencer: bytes) -> int:
    """Watch standard input and act; return the exit code: 0 after `q`, 3 after having let go, 4 if that failed."""
    import serial  # loaded now: when it is needed there is no time

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    patience: float | None = None  # until the first byte: torque may take a while to come on
    while True:
        ready, _, _ = select.select([0], [], [], patience)
        patience = PATIENCE
        data = os.read(0, 4096) if ready else b""
        if data.endswith(b"q"):
            return 0
        if not data:
            break
    try:
        # Not exclusive on purpose: a stalled process still holds the port.
        with serial.Serial(port, baud, timeout=0, write_timeout=0.1) as line:
            for _ in range(_REPEATS):
                line.write(silencer)
                time.sleep(0.01)
    except OSError:
        return 4  # the port is gone with the cable
    return LET_GO


class Supervisor:
    """The handle that the walking process has of its supervisor.

    Args:
        port: the serial port.
        baud: its rate, in [bit/s].
        silencer: what to send.
    """

    def __init__(self, port: str, baud: int, silencer: bytes) -> None:
        command = [sys.executable, "-m", "firmware_bridge.supervisor", port, str(baud), silencer.hex()]
        # A session of its own: what kills the walking process' group must not kill this one.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._process.pid

    def beat(self) -> bool:
        """Tell that we live; return False if the supervisor is gone or has acted."""
        return self._tell(b".")

    def dismiss(self) -> None:
        """Send it home: torque is off."""
        self._tell(b"q")
        self._end()

    def let_act(self) -> bool:
        """Have it switch torque off, for our handle of the port may be broken; return whether it could send that."""
        self._end()
        return self._process.returncode == LET_GO

    def _end(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it has gone already
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2.0)
        self._process.stdout.close()

    def _tell(self, data: bytes) -> bool:
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), data)
        except OSError:
            return False
        return True


if __name__ == "__main__":
    sys.exit(watch(sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3])))
