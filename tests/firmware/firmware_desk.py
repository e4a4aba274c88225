"""A simulated body whose servos hang on the true firmware, run under simavr: like `hebb board emulate --protocol hebb`.

    python tests/firmware/firmware_desk.py --robot sts12 --link /tmp/servos

Prints the same words as `hebb board emulate`. Needs what `avr_build.missing_tools` lists.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simulated_board import FirmwareBody, SimulatedBoard

from firmware_bridge.emulated_imu import EmulatedImu
from firmware_bridge.emulated_joints import JointBody, SlewJoints
from firmware_bridge.emulators import serve
from firmware_bridge.hebb_messages import SCALE
from firmware_bridge.joint_map import nominal_map
from hebb_controller.robot_file import load_robot
from sim.desk_body import DeskBody


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--robot", default="sts12")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--link", type=Path)
    parser.add_argument("--bench", action="store_true", help="bare servos instead of a body")
    parser.add_argument("--held", action="store_true", help="somebody holds the body until a servo drives it")
    options = parser.parse_args()
    robot = load_robot(options.robot)
    body: JointBody = SlewJoints(robot) if options.bench else DeskBody(robot, options.seed)
    board = FirmwareBody(SimulatedBoard(), nominal_map(robot, SCALE), body, options.held)
    imu = EmulatedImu(body)

    def tell(port: str, imu_port: str) -> None:
        print(f"port {port}\nimu {imu_port}\nCtrl-C ends it.", flush=True)

    try:
        serve(board, imu, options.link, tell)
        if isinstance(body, DeskBody):
            print(f"the body came {body.distance:.2f} m ahead{' and fell' if body.fallen else ''}")
    finally:
        board.close()
        imu.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
