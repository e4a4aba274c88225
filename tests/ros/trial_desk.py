"""An emulated sts12 in a process of its own, whose supply browns out when it is told to.

    python tests/ros/trial_desk.py LINK [--bench]

Prints `ready`; a line `sag` on standard input lets the supply sink and fail.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_imu import EmulatedImu
from firmware_bridge.emulated_joints import JointBody, SlewJoints
from firmware_bridge.emulators import make_emulator, serve
from hebb_controller.robot_file import load_robot


def main() -> int:
    """Serve until interrupted."""
    robot = load_robot("sts12")
    body: JointBody = SlewJoints(robot)
    if "--bench" not in sys.argv:
        from sim.desk_body import DeskBody

        body = DeskBody(robot)
    faults = BoardFaults()
    began = time.monotonic()
    board = make_emulator("sts", robot, body, faults)
    imu = EmulatedImu(body)

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "sag":
                faults.sag_at = time.monotonic() - began

    threading.Thread(target=listen, daemon=True).start()
    try:
        serve(board, imu, Path(sys.argv[1]), lambda *_: print("ready", flush=True))
    finally:
        board.close()
        imu.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
