"""The owner of a line of servos: the only one who writes to it, and the guard that is there when nobody calls.

What may be done with the servos is for `DrivenLine` to say; here are the lock, the thread that keeps the promise when
the caller stalls (hold, then let go), and the state LOST: the port is gone, and tried again with growing pauses.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence

from firmware_bridge.board_line import BoardLine, Handshake, ImuReading
from firmware_bridge.board_report import BoardReport, Power, report_of
from firmware_bridge.conduct import Conduct
from firmware_bridge.driven_line import DrivenLine
from firmware_bridge.errors import LinkError
from firmware_bridge.health import Level
from firmware_bridge.joint_map import JointMap
from firmware_bridge.supervisor import Supervisor
from firmware_bridge.torque_guard import PATIENT, unconfirmed_text
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

#: A caller who writes nothing for so long has stalled: torque off, in [s]. Until then the servos hold by themselves.
LIMP_AFTER = 0.2
#: How often the guard looks, in [s]; it does so only when nobody else has.
GUARD_PERIOD = 0.03
#: Pauses between attempts to reach a lost board, in [s]; the last one repeats.
_BACKOFF = (0.25, 0.5, 1.0, 2.0)


class BusOwner:
    """Owns the line.

    Args:
        open_line: opens the port; called again after the link was lost.
        robot: the robot.
        joint_map: from joints to servos.
        expect: what is wrong with a handshake, in words, such as servos that a calibration does not know; nothing is by
            default.
        supervise: keep a process that switches torque off if this one dies, where the board does not by itself.

    Raises:
        LinkError: the handshake failed, or is not the expected one.
    """

    def __init__(
        self,
        open_line: Callable[[], BoardLine],
        robot: RobotSpec,
        joint_map: JointMap,
        expect: Callable[[Handshake], Sequence[str]] = lambda _: (),
        supervise: bool = True,
    ) -> None:
        self._open = open_line
        self._lock = threading.RLock()
        self._lost = ""  # why the port is gone; empty while it is there
        self._closed = False
        line = open_line()
        try:
            self._driven = DrivenLine(line, robot, joint_map, expect, _supervisor_of if supervise else None)
        except LinkError:
            line.close()
            raise
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._guard, name="bus guard", daemon=True)
        self._thread.start()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the handshake found strange."""
        return self._driven.warnings

    @property
    def attitude(self) -> ImuReading | None:
        """Newest attitude that the board itself told; None where it has no IMU."""
        return self._driven.line.imu

    @property
    def measured(self) -> bool:
        """True if angles come from encoders, False if they repeat what was commanded."""
        return self._driven.line.measured

    def read(self) -> tuple[Vector, Vector]:
        """Read all servos now; return the believed angles [rad] and the time each was seen [s], per joint.

        Where nothing is measured they are what was commanded; while torque is off, where it will bring the joints.

        Raises:
            LinkError: the link is lost.
        """
        with self._lock:
            if self._lost:
                raise LinkError(self._lost)
            try:
                return self._driven.read()
            except LinkError as error:
                self._lose(str(error))
                raise

    def write(self, goal: Vector) -> None:
        """Write goals [rad], shape `(nb_joints,)`, as far as gate and health let them; a no-op when disarmed."""
        with self._lock:
            try:
                self._driven.write(goal)
            except LinkError as error:
                self._lose(str(error))

    def arm(self) -> None:
        """Switch torque on, from the measured pose; only ever at an operator's word.

        Raises:
            LinkError: the link is lost, or the servos do not do as told; torque is off, as far as they confirm it.
        """
        with self._lock:
            if self._lost:
                raise LinkError(f"cannot arm: {self._lost}")
            self._driven.arm()

    def disarm(self, reason: str) -> list[int]:
        """Switch torque off; return the ids that have not confirmed it yet: the guard goes on telling them.

        Nothing happens when it is off. Limp commands may come fifty times a second: between attempts there is a pause.
        """
        with self._lock:
            driven = self._driven
            if driven.power is Power.ARMED:
                driven.let_go(reason)
            elif driven.torque.due and not self._closed and not self._lost:
                driven.let_go_again()
            return driven.unconfirmed

    def report(self) -> BoardReport:
        """Return how the board fares."""
        with self._lock:
            driven = self._driven
            power, conduct = driven.power, driven.conduct
            if self._lost:
                drive = f"; {unconfirmed_text(driven.unconfirmed)}" if driven.unconfirmed else ""
                power, conduct = Power.LOST, Conduct(Level.LIMP, self._lost + drive)
            return report_of(power, conduct, driven.watch, driven.line.counts, driven.gate)

    def close(self) -> list[int]:
        """Torque off, and let go of the port; return the ids that have not confirmed it. Safe to call twice."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        with self._lock:
            if not self._closed:
                if self.disarm("closed") and not self._lost:
                    self._driven.let_go_again(PATIENT)  # nobody will tell them any more
                self._driven.line.close()
                self._closed = True
            return self._driven.unconfirmed

    def _guard(self) -> None:
        nb_tried = 0
        while not self._stop.wait(GUARD_PERIOD):
            with self._lock:
                lost = bool(self._lost)
                if not lost:
                    nb_tried = 0
                    self._look()
            if lost and not self._stop.wait(_BACKOFF[min(nb_tried, len(_BACKOFF) - 1)]):
                nb_tried += 1
                self._reopen()

    def _look(self) -> None:
        driven, now = self._driven, time.monotonic()
        if not driven.torque.beat():
            self.disarm("the supervisor process is gone")
        if driven.power is Power.ARMED and now - driven.wrote > LIMP_AFTER:
            driven.let_go(f"no command for {LIMP_AFTER:g} s")
        elif driven.power is Power.ARMED and driven.conduct.over(now):
            driven.let_go(driven.conduct.reason)
        elif driven.torque.due:
            driven.let_go_again()
        elif now - driven.watch.looked > GUARD_PERIOD:
            with contextlib.suppress(LinkError):  # told by state
                self.read()

    def _lose(self, reason: str) -> None:
        self._lost = reason
        self._driven.drop()

    def _reopen(self) -> None:
        with self._lock:
            line: BoardLine | None = None
            try:
                line = self._open()
                self._driven.take_back(line)
                self._lost = ""
            except LinkError as error:
                self._lost = str(error)
                if line is not None:
                    line.close()


def _supervisor_of(line: BoardLine) -> Supervisor:
    return Supervisor(line.path, line.baud, line.silencer())
