"""The owner of a line of servos: the only one who writes to it, and the guard that is there when nobody calls.

    DISARMED   torque off; the pose is read
    ARMED      goals are written, through the gate, as health allows
    LOST       the port is gone; it is tried again with growing pauses

From anything that ends ARMED by itself only `arm` leads back: an operator has looked. A thread of its own keeps the
promise when the caller stalls: hold, then let go.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from firmware_bridge.board_line import BoardLine, Handshake, ImuReading
from firmware_bridge.board_report import BoardReport, Power
from firmware_bridge.errors import LinkError
from firmware_bridge.goal_gate import GoalGate
from firmware_bridge.health import Level
from firmware_bridge.joint_map import JointMap
from firmware_bridge.line_watch import LineWatch
from firmware_bridge.power import torque_on
from firmware_bridge.sit_down import Sinking, sit_pose
from firmware_bridge.supervisor import Supervisor
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

#: A caller who writes nothing for so long has stalled: torque off, in [s]. Until then the servos hold by themselves.
LIMP_AFTER = 0.2
#: How often the guard looks, in [s]; it does so only when nobody else has.
GUARD_PERIOD = 0.03
#: One servo is asked whether it still drives every so many cycles, to notice one that started anew.
_CYCLES_PER_CHECK = 4
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

    Attributes:
        warnings: what the handshake found strange.

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
        self._open, self._robot, self._map, self._expect = open_line, robot, joint_map, expect
        self._supervise = supervise
        self._lock = threading.RLock()
        self._gate = GoalGate(robot)
        self._watch = LineWatch(robot, joint_map)
        self._sit_pose = sit_pose(robot)
        self._goal = self._sit_pose
        self._power, self._level, self._reason = Power.DISARMED, Level.WELL, "not armed yet"
        self._sinking: Sinking | None = None
        self._supervisor: Supervisor | None = None
        self._torque_share = 1.0
        self._wrote = time.monotonic()
        self.warnings: tuple[str, ...] = ()
        self._line = open_line()
        try:
            self._greet(self._line)
        except LinkError:
            self._line.close()
            raise
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._guard, name="bus guard", daemon=True)
        self._thread.start()

    def _greet(self, line: BoardLine) -> None:
        hands = line.greet()
        problems = self._expect(hands)
        if problems:
            raise LinkError(f"port {line.path}: {'; '.join(problems)}")
        self.warnings = hands.warnings
        self._watch.begin(line)

    @property
    def attitude(self) -> ImuReading | None:
        """Newest attitude that the board itself told; None where it has no IMU."""
        return self._line.imu

    @property
    def measured(self) -> bool:
        """True if angles come from encoders, False if they repeat what was commanded."""
        return self._line.measured

    def read(self) -> tuple[Vector, Vector]:
        """Read all servos now; return the believed angles [rad] and the time each was seen [s], per joint.

        Raises:
            LinkError: the link is lost.
        """
        with self._lock:
            if self._power is Power.LOST:
                raise LinkError(self._reason)
            try:
                level, reason = self._watch.take(self._line)
                if self._power is Power.ARMED:
                    self._judge(level, reason)
                    self._check_one()
            except LinkError as error:
                self._lose(str(error))
                raise
            if self._line.measured:
                return self._watch.angles, self._watch.seen
            # Before the first goal nobody knows where the joints are: as in `arm`, they are taken to sit.
            return np.where(np.isnan(self._watch.angles), self._goal, self._watch.angles), self._watch.seen

    def write(self, goal: Vector) -> None:
        """Write goals [rad], shape `(nb_joints,)`, as far as gate and health let them; a no-op when disarmed."""
        with self._lock:
            if self._power is not Power.ARMED:
                return
            now = time.monotonic()
            elapsed, self._wrote = now - self._wrote, now
            if self._level >= Level.SIT:
                self._sinking = self._sinking or Sinking(self._goal, self._sit_pose, now)
                goal = self._sinking.goal(now)
            elif self._level is Level.HOLD:
                goal = self._goal
            self._goal = self._gate(goal, elapsed)
            try:
                self._line.put_goals(self._ticks(self._goal))
            except LinkError as error:
                self._lose(str(error))

    def arm(self) -> None:
        """Switch torque on, from the measured pose; only ever at an operator's word.

        Raises:
            LinkError: the link is lost, or the servos do not do as told; torque is off.
        """
        with self._lock:
            if self._power is Power.LOST:
                raise LinkError(f"cannot arm: {self._reason}")
            if self._power is Power.ARMED:
                return
            if self._watch.voltage < self._watch.health.limits.min_voltage:
                raise LinkError(f"cannot arm: supply at {self._watch.voltage:.1f} V: charge or change the battery")
            line = self._line
            if self._supervise and not line.guards_itself:  # there before torque is
                self._supervisor = Supervisor(line.path, line.baud, line.silencer())
            try:
                line.limit_torque(1.0)
                self._torque_share = 1.0
                pose = torque_on(line, self._robot, self._map, self._goal)
                self._watch.forget()
                self._watch.take(line)
            except LinkError:
                line.power_off()
                self._dismiss()
                raise
            self._gate.start_from(pose)
            self._goal, self._sinking = pose, None
            self._level, self._reason = Level.WELL, ""
            self._power, self._wrote = Power.ARMED, time.monotonic()

    def disarm(self, reason: str) -> list[int]:
        """Switch torque off; return the ids that did not confirm. Nothing happens when it is off."""
        with self._lock:
            if self._power is not Power.ARMED:
                return []
            self._power, self._level, self._reason = Power.DISARMED, Level.LIMP, f"{reason}: arm again"
            failed = self._line.power_off()
            if failed:
                self._reason = f"{reason}; torque off not confirmed by servo {', '.join(map(str, failed))}"
            self._dismiss()
            return failed

    def report(self) -> BoardReport:
        """Return how the board fares."""
        with self._lock:
            counts, watch = self._line.counts, self._watch
            return BoardReport(
                power=self._power,
                level=self._level,
                reason=self._reason,
                voltage=watch.voltage,
                temperature=watch.temperature,
                load=watch.load,
                oldest=time.monotonic() - float(watch.seen.min()),
                nb_cycles=watch.nb_cycles,
                nb_missing=counts.missing,
                nb_corrupt=counts.corrupt,
                nb_foreign=counts.foreign,
                nb_implausible=watch.nb_implausible,
                nb_limited=self._gate.nb_limited,
                nb_refused=self._gate.nb_refused,
            )

    def close(self) -> None:
        """Torque off, and let go of the port; safe to call twice."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        with self._lock:
            self.disarm("closed")
            self._line.close()

    def _dismiss(self) -> None:
        if self._supervisor is not None:
            self._supervisor.dismiss()
            self._supervisor = None

    def _ticks(self, goal: Vector) -> list[int]:
        scale = self._line.scale
        return [int(tick) for tick in np.clip(self._map.to_ticks(goal), scale.lowest, scale.highest)]

    def _judge(self, level: Level, reason: str) -> None:
        if self._line.measured:
            strain = self._watch.health.strained((self._goal - self._watch.angles).tolist(), self._watch.looked)
            if strain and level < Level.SIT:
                level, reason = Level.SIT, strain
        if self._level is Level.SIT and level < Level.SIT:
            level, reason = self._level, self._reason  # what has begun to sit does not jump up again
        self._level, self._reason = level, reason
        if level is Level.LIMP:
            self.disarm(reason)
        elif level is Level.DERATE and self._torque_share == 1.0:
            self._torque_share = self._watch.health.limits.derated_torque
            self._line.limit_torque(self._torque_share)

    def _check_one(self) -> None:
        if self._watch.nb_cycles % _CYCLES_PER_CHECK == 0 and self._power is Power.ARMED:
            lost = self._line.lost_power()
            if lost:
                self.disarm(lost)

    def _guard(self) -> None:
        nb_tried = 0
        while not self._stop.wait(GUARD_PERIOD):
            with self._lock:
                lost = self._power is Power.LOST
                if not lost:
                    nb_tried = 0
                    self._look()
            if lost and not self._stop.wait(_BACKOFF[min(nb_tried, len(_BACKOFF) - 1)]):
                nb_tried += 1
                self._reopen()

    def _look(self) -> None:
        now = time.monotonic()
        if self._supervisor is not None and not self._supervisor.beat():
            self.disarm("the supervisor process is gone")
        if self._power is Power.ARMED and now - self._wrote > LIMP_AFTER:
            self.disarm(f"no command for {LIMP_AFTER:g} s")
        elif self._power is Power.ARMED and self._sinking is not None and self._sinking.over(now):
            self.disarm(self._reason)
        elif now - self._watch.looked > GUARD_PERIOD:
            try:
                self.read()
            except LinkError:
                return  # told by state

    def _lose(self, reason: str) -> None:
        self._power, self._level, self._reason = Power.LOST, Level.LIMP, reason
        self._line.close()
        if self._supervisor is not None:
            self._supervisor.let_act()  # our handle is broken, the port may not be
            self._supervisor = None

    def _reopen(self) -> None:
        with self._lock:
            try:
                line = self._open()
            except LinkError as error:
                self._reason = str(error)
                return
            try:
                line.power_off()  # a servo that kept its power kept its torque
                self._greet(line)
            except LinkError as error:
                self._reason = str(error)
                line.close()
                return
            line.counts.missing += self._line.counts.missing
            line.counts.corrupt += self._line.counts.corrupt
            line.counts.foreign += self._line.counts.foreign
            self._line = line
            self._power, self._reason = Power.DISARMED, "the link is back: arm again"
