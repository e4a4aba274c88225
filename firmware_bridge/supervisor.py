"""A process of its own that switches torque off when the one that walks dies or stalls.

Bus servos hold their last goal for ever when the host falls silent. The walking process writes a byte into this one's
standard input every few milliseconds; when that ends, or pauses for too long, the port is opened here and torque goes
off everywhere. A byte `q` means that the walking process has let go in order.

    python -m firmware_bridge.supervisor PORT PROTOCOL ID,ID,...
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence

from firmware_bridge.servo_tables import find_table

#: Longest pause of the walking process, in [s].
PATIENCE = 0.15
#: How often torque off is sent: nobody listens for answers, and a frame may be lost.
_REPEATS = 5


def watch(port: str, protocol: str, ids: Sequence[int]) -> int:
    """Watch standard input and act; return the exit code: 0 after `q`, 3 after having switched torque off."""
    table = find_table(protocol)
    register = table.registers["torque"]
    off = table.dialect.sync_write(register.address, {i: register.encode(0) for i in ids})
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([0], [], [], PATIENCE)
        data = os.read(0, 4096) if ready else b""
        if data.endswith(b"q"):
            return 0
        if not data:
            break
    import serial

    # Not exclusive on purpose: a stalled process still holds the port.
    with serial.Serial(port, table.dialect.baud, timeout=0, write_timeout=0.1) as line:
        for _ in range(_REPEATS):
            line.write(off)
            time.sleep(0.01)
    return 3


class Supervisor:
    """The handle that the walking process has of its supervisor.

    Args:
        port: the serial port.
        protocol: name of the protocol.
        ids: the servos.
    """

    def __init__(self, port: str, protocol: str, ids: Sequence[int]) -> None:
        command = [sys.executable, "-m", "firmware_bridge.supervisor", port, protocol, ",".join(map(str, ids))]
        # A session of its own: what kills the walking process' group must not kill this one.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def beat(self) -> bool:
        """Tell that we live; return False if the supervisor is gone or has acted."""
        return self._tell(b".")

    def dismiss(self) -> None:
        """Send it home: torque is off, or is meant to stay."""
        self._tell(b"q")
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it has gone already
            self._process.stdin.close()
        self._process.wait(timeout=5.0)
        self._process.stdout.close()

    def _tell(self, data: bytes) -> bool:
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), data)
        except OSError:
            return False
        return True


if __name__ == "__main__":
    sys.exit(watch(sys.argv[1], sys.argv[2], [int(word) for word in sys.argv[3].split(",")]))
