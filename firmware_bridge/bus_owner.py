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
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from firmware_bridge.believed_pose import BelievedPose
from firmware_bridge.errors import LinkError
from firmware_bridge.goal_gate import GoalGate
from firmware_bridge.handshake import shake_hands
from firmware_bridge.health import HealthLimits, HealthWatch, Level
from firmware_bridge.joint_map import JointMap
from firmware_bridge.power import torque_off, torque_on
from firmware_bridge.servo_bus import ServoBus
from firmware_bridge.supervisor import Supervisor
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

#: A caller who writes nothing for so long has stalled: torque off, in [s]. Until then the servos hold by themselves.
LIMP_AFTER = 0.2
#: How often the guard looks, in [s]; it does so only when nobody else has.
GUARD_PERIOD = 0.03
#: Sitting down takes this long before torque goes off, in [s].
SIT_TIME = 1.5
#: One torque register is read back every so many cycles, to notice a servo that started anew.
_CYCLES_PER_CHECK = 4
#: Units of the Dynamixel bus watchdog: 100 ms.
_WATCHDOG_UNITS = 5
_BACKOFF = (0.25, 0.5, 1.0, 2.0)


class Power(Enum):
    """Whether goals reach the servos."""

    DISARMED = "disarmed"
    ARMED = "armed"
    LOST = "lost"


@dataclass(frozen=True)
class BoardReport:
    """How the board fares: what diagnostics show. Counters count from the start."""

    power: Power
    level: Level
    reason: str
    voltage: float
    temperature: float
    load: float
    oldest: float
    nb_cycles: int
    nb_missing: int
    nb_corrupt: int
    nb_foreign: int
    nb_implausible: int
    nb_limited: int


class BusOwner:
    """Owns the line.

    Args:
        open_bus: opens the port; called again after the link was lost.
        robot: the robot.
        joint_map: from joints to servos.
        sit_pose: where to sink to before letting go, shape `(nb_joints,)`, in [rad]; None: hold the last pose.
        supervise: keep a process that switches torque off if this one dies.

    Attributes:
        warnings: what the handshake found strange.

    Raises:
        LinkError: the handshake failed.
    """

    def __init__(
        self,
        open_bus: Callable[[], ServoBus],
        robot: RobotSpec,
        joint_map: JointMap,
        sit_pose: Vector | None = None,
        supervise: bool = True,
    ) -> None:
        assert robot.servo is not None
        self._open, self._robot, self._map = open_bus, robot, joint_map
        self._sit_pose, self._supervise = sit_pose, supervise
        self._lock = threading.RLock()
        self._gate = GoalGate(robot)
        self._goal = self._sat_from = robot.neutral
        self._pose = BelievedPose(joint_map, robot.servo.no_load_speed)
        self._power, self._level, self._reason = Power.DISARMED, Level.WELL, "not armed yet"
        self._supervisor: Supervisor | None = None
        self._bus = open_bus()
        try:
            self._greet()
        except LinkError:
            self._bus.port.close()
            raise
        self._watch = HealthWatch(HealthLimits.for_supply(self._voltage), robot.joint_names)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._guard, name="bus guard")
        self._thread.start()

    def _greet(self) -> None:
        hands = shake_hands(self._bus)
        self.warnings = hands.warnings
        self._nb_cycles = self._checked = 0
        self._torque_share = 1.0
        self._sitting_since: float | None = None
        self._wrote = self._looked = time.monotonic()
        self._voltage = self._temperature = self._load = 0.0
        self._pose.forget()
        for _ in range(3):
            self._take()
            if np.isfinite(self._pose.angles).all():
                return
        raise LinkError(f"port {self._bus.port.path}: servos answer to their names but tell no pose")

    def _take(self) -> tuple[Level, str]:
        """Read the whole line once."""
        readings = self._bus.feedback()
        heard = self._pose.take(readings)
        values = [r.values for r in readings if r.values is not None]
        if values:
            self._voltage = min(v["voltage"] for v in values)
            self._temperature = max(v["temperature"] for v in values)
            self._load = max(abs(v["load"]) for v in values)
        self._nb_cycles += 1
        self._looked = time.monotonic()
        watch = getattr(self, "_watch", None)
        return (Level.WELL, "") if watch is None else watch.judge(readings, heard.tolist(), self._looked)

    def read(self) -> tuple[Vector, Vector]:
        """Read all servos now; return the believed angles [rad] and the time each was seen [s], per joint.

        Raises:
            LinkError: the link is lost.
        """
        with self._lock:
            if self._power is Power.LOST:
                raise LinkError(self._reason)
            try:
                level, reason = self._take()
                if self._power is Power.ARMED:
                    self._judge(level, reason)
                    self._check_one()
            except LinkError as error:
                self._lose(str(error))
                raise
            return self._pose.angles, self._pose.seen

    def write(self, goal: Vector) -> None:
        """Write goals [rad], shape `(nb_joints,)`, as far as gate and health let them; a no-op when disarmed."""
        with self._lock:
            if self._power is not Power.ARMED:
                return
            now = time.monotonic()
            elapsed, self._wrote = now - self._wrote, now
            if self._level >= Level.SIT:
                goal = self._sinking(now)
            elif self._level is Level.HOLD:
                goal = self._goal
            self._goal = self._gate(goal, elapsed)
            try:
                self._bus.put_all("goal", dict(zip(self._map.servo_ids, self._ticks(self._goal), strict=True)))
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
            self._watch.clear()
            self._level, self._reason = Level.WELL, ""
            if "watchdog" in self._bus.table.registers:
                self._bus.put_all("watchdog", dict.fromkeys(self._bus.ids, 0))  # clears one that has run out
            self._set_torque_share(1.0)
            pose = torque_on(self._bus, self._robot, self._map)
            self._pose.forget()
            self._take()
            self._gate.start_from(pose)
            self._goal, self._sitting_since = pose, None
            if "watchdog" in self._bus.table.registers:
                self._bus.put_all("watchdog", dict.fromkeys(self._bus.ids, _WATCHDOG_UNITS))
            if self._supervise:
                self._supervisor = Supervisor(self._bus.port.path, self._bus.table.dialect.name, self._bus.ids)
            self._power, self._wrote = Power.ARMED, time.monotonic()

    def disarm(self, reason: str) -> list[int]:
        """Switch torque off; return the ids that did not confirm. Nothing happens when it is off."""
        with self._lock:
            if self._power is not Power.ARMED:
                return []
            self._power, self._level, self._reason = Power.DISARMED, Level.LIMP, f"{reason}: arm again"
            failed = torque_off(self._bus)
            if failed:
                self._reason = f"{reason}; torque off not confirmed by servo {', '.join(map(str, failed))}"
            self._dismiss()
            return failed

    def report(self) -> BoardReport:
        """Return how the board fares."""
        with self._lock:
            bus = self._bus
            return BoardReport(
                self._power,
                self._level,
                self._reason,
                self._voltage,
                self._temperature,
                self._load,
                time.monotonic() - float(self._pose.seen.min()),
                self._nb_cycles,
                bus.nb_missing,
                bus.nb_corrupt,
                bus.nb_foreign,
                self._pose.nb_implausible,
                self._gate.nb_limited,
            )

    def close(self) -> None:
        """Torque off, and let go of the port; safe to call twice."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        with self._lock:
            self.disarm("closed")
            self._bus.port.close()

    def _ticks(self, goal: Vector) -> list[int]:
        return [int(t) for t in np.clip(self._map.to_ticks(goal), 0, self._bus.table.max_tick)]

    def _judge(self, level: Level, reason: str) -> None:
        strain = self._watch.strained((self._goal - self._pose.angles).tolist(), self._looked)
        if strain and level < Level.SIT:
            level, reason = Level.SIT, strain
        if self._level is Level.SIT and level < Level.SIT:
            level, reason = self._level, self._reason  # what has begun to sit does not jump up again
        self._level, self._reason = level, reason
        if level is Level.LIMP:
            self.disarm(reason)
        elif level is Level.DERATE and self._torque_share == 1.0:
            self._set_torque_share(self._watch.limits.derated_torque)

    def _check_one(self) -> None:
        """Look in turn whether a servo still has torque, and whether its watchdog has run out."""
        if self._nb_cycles % _CYCLES_PER_CHECK or self._power is not Power.ARMED:
            return
        ids = self._bus.ids
        servo_id = ids[self._checked % len(ids)]
        self._checked += 1
        if self._bus.get(servo_id, "torque") == 0:
            name = self._robot.joint_names[ids.index(servo_id)]
            self.disarm(f"servo {servo_id} ({name}) has lost its torque: it started anew, or protects itself")

    def _set_torque_share(self, share: float) -> None:
        register = self._bus.table.registers["torque_limit"]
        self._bus.put_all("torque_limit", dict.fromkeys(self._bus.ids, round(share / register.scale)))
        self._torque_share = share

    def _sinking(self, now: float) -> Vector:
        if self._sitting_since is None:
            self._sitting_since, self._sat_from = now, self._goal
        share = min((now - self._sitting_since) / SIT_TIME, 1.0)
        target = self._sat_from if self._sit_pose is None else self._sit_pose
        return np.asarray(self._sat_from + share * (target - self._sat_from))

    def _guard(self) -> None:
        pauses = list(_BACKOFF)
        while not self._stop.wait(GUARD_PERIOD):
            with self._lock:
                if self._power is Power.LOST:
                    pause = pauses.pop(0) if len(pauses) > 1 else pauses[0]
                else:
                    pause, pauses = 0.0, list(_BACKOFF)
                    self._look()
            if pause and not self._stop.wait(pause):
                self._reopen()

    def _look(self) -> None:
        now = time.monotonic()
        if self._supervisor is not None and not self._supervisor.beat():
            self.disarm("the supervisor process is gone")
        if self._power is Power.ARMED and now - self._wrote > LIMP_AFTER:
            self.disarm(f"no command for {LIMP_AFTER:g} s")
        elif self._sitting_since is not None and now - self._sitting_since > SIT_TIME:
            self._sitting_since = None
            self.disarm(self._reason)
        elif now - self._looked > GUARD_PERIOD:
            try:
                self.read()
            except LinkError:
                return  # told by state

    def _lose(self, reason: str) -> None:
        self._power, self._level, self._reason = Power.LOST, Level.LIMP, reason
        self._bus.port.close()
        self._dismiss()

    def _reopen(self) -> None:
        with self._lock:
            try:
                bus = self._open()
            except LinkError as error:
                self._reason = str(error)
                return
            old, self._bus = self._bus, bus
            bus.nb_missing, bus.nb_foreign = old.nb_missing, old.nb_foreign
            try:
                self._greet()
            except LinkError as error:
                self._reason = str(error)
                bus.port.close()
                return
            torque_off(bus)  # a servo that kept its power kept its torque
            self._power, self._reason = Power.DISARMED, "the link is back: arm again"

    def _dismiss(self) -> None:
        if self._supervisor is not None:
            self._supervisor.dismiss()
            self._supervisor = None
