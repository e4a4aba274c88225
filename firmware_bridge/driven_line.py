"""An open line and what is done with its servos: read, armed, driven as health allows, let go. No thread, no lock.

    DISARMED      torque off, as far as the servos tell; the pose is read
    ARMED         goals are written, through the gate, as health allows
    UNCONFIRMED   torque is to go off, and a servo has not confirmed it: it is told again until it does

From anything that ends ARMED by itself only `arm` leads back: an operator has looked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from firmware_bridge.board_line import BoardLine, Handshake
from firmware_bridge.board_report import Power
from firmware_bridge.conduct import Conduct, judged
from firmware_bridge.errors import LinkError
from firmware_bridge.goal_gate import GoalGate
from firmware_bridge.health import Level
from firmware_bridge.joint_map import JointMap
from firmware_bridge.line_watch import LineWatch
from firmware_bridge.power import torque_on
from firmware_bridge.servo_settings import short_spans
from firmware_bridge.sit_down import Sinking, sit_pose
from firmware_bridge.torque_guard import Guard, TorqueGuard, unconfirmed_text
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

#: One servo is asked whether it still drives every so many cycles, to notice one that started anew.
_CYCLES_PER_CHECK = 4


class DrivenLine:
    """The servos of one robot, over whatever line there is at the time. Every method may raise `LinkError`: it is gone.

    Args:
        line: the open port, not yet greeted.
        robot: the robot.
        joint_map: from joints to servos.
        expect: what is wrong with a handshake, in words.
        guard: starts the process that switches torque off if this one dies; None: nobody.

    Attributes:
        line: the open port.
        power: whether goals reach the servos; never LOST, which is for the owner to say.
        conduct: what is done, and why.
        watch: what was read.
        gate: in front of every goal.
        torque: who sees to it that torque goes off.
        goal: the last one; while torque is off, where it would bring joints that nobody measures, in [rad].
        wrote: when the last goal was written, in [s].
        warnings: what the handshake found strange.

    Raises:
        LinkError: the handshake failed, or is not the expected one.
    """

    def __init__(
        self,
        line: BoardLine,
        robot: RobotSpec,
        joint_map: JointMap,
        expect: Callable[[Handshake], Sequence[str]],
        guard: Guard | None,
    ) -> None:
        self._robot, self._map, self._expect = robot, joint_map, expect
        self.gate, self.watch, self.torque = GoalGate(robot), LineWatch(robot, joint_map), TorqueGuard(guard)
        self._sit_pose = sit_pose(robot)
        self.power, self.conduct, self._cause = Power.DISARMED, Conduct(reason="not armed yet"), ""
        self.wrote = time.monotonic()
        self.warnings: tuple[str, ...] = ()
        self.line = line
        hands = self._greet(line)
        self.goal = self._resting_pose()
        if hands.driving:  # by whoever had the port before: the guard has them let go, unless arming comes first
            self.torque.found(hands.driving)
            self._rest("torque was on already when the port was opened")
            self.warnings = (
                *self.warnings,
                f"{self._cause}, at servo {', '.join(map(str, hands.driving))}: it goes off",
            )

    def _greet(self, line: BoardLine) -> Handshake:
        hands = line.greet()
        problems = self._expect(hands)
        if problems:
            raise LinkError(f"port {line.path}: {'; '.join(problems)}")
        self.warnings = (*hands.warnings, *short_spans(hands.goal_spans, self._robot, self._map))
        self.watch.begin(line)
        return hands

    def take_back(self, line: BoardLine) -> None:
        """Go on with a port that was opened anew, torque off."""
        self.torque.let_go(line)  # a servo that kept its power kept its torque
        self._greet(line)
        line.counts.missing += self.line.counts.missing
        line.counts.corrupt += self.line.counts.corrupt
        line.counts.foreign += self.line.counts.foreign
        self.line = line
        self._rest("the link is back")

    def drop(self) -> None:
        """The port is gone: let it go, and have somebody else switch torque off.

        What drove then may go on driving, unless that somebody could still reach it, or the board lets go by itself.
        """
        held = () if self.line.guards_itself else self.line.ids if self.power is Power.ARMED else self.unconfirmed
        self.line.close()
        self.torque.hand_over(held)
        self.power = Power.UNCONFIRMED if self.torque.unconfirmed else Power.DISARMED

    def _resting_pose(self) -> Vector:
        """Return where joints that nobody measures are taken to lie while torque is off: as told, or sitting."""
        known = self.line.resting
        pose = self._sit_pose if known is None else self._map.to_angles(known)
        return np.clip(pose, self._robot.lower, self._robot.upper)

    def read(self) -> tuple[Vector, Vector]:
        """Read all servos now; see `BusOwner.read`."""
        level, reason = self.watch.take(self.line)
        if self.power is Power.ARMED:
            self._judge(level, reason)
        if self.power is Power.ARMED and self.watch.nb_cycles % _CYCLES_PER_CHECK == 0:
            lost = self.line.lost_power()
            if lost:
                self.let_go(lost)
        angles = self.watch.angles
        if not self.line.measured:
            # A ramp begins at what is told: while torque is off that has to be where `arm` goes.
            angles = np.where(np.isnan(angles) | (self.power is not Power.ARMED), self.goal, angles)
        return angles, self.watch.seen

    def _judge(self, level: Level, reason: str) -> None:
        watch, before, now = self.watch, self.conduct, time.monotonic()
        strain = watch.strain(self.goal) if self.line.measured else ""
        derated = watch.health.limits.derated_torque
        self.conduct = judged(before, level, reason, strain, derated, lambda: Sinking(self.goal, self._sit_pose, now))
        if self.conduct.over(now):
            self.let_go(self.conduct.reason)
        elif self.conduct.torque_share != before.torque_share:
            self.line.limit_torque(self.conduct.torque_share)

    def write(self, goal: Vector) -> None:
        """Write goals [rad] as far as gate and health let them; a no-op unless armed."""
        if self.power is not Power.ARMED:
            return
        now = time.monotonic()
        elapsed, self.wrote = now - self.wrote, now
        self.goal = self.gate(self.conduct.goal(goal, self.goal, now), elapsed)
        scale = self.line.scale
        ticks = np.clip(self._map.to_ticks(self.goal), scale.lowest, scale.highest)
        self.line.put_goals([int(tick) for tick in ticks])

    def arm(self) -> None:
        """Switch torque on, from the measured pose; see `BusOwner.arm`."""
        if self.power is Power.ARMED:
            return
        if self.power is Power.UNCONFIRMED and self.let_go(self._cause):
            raise LinkError(f"cannot arm: {unconfirmed_text(self.unconfirmed)}, or mend its plug")
        if self.watch.voltage < self.watch.health.limits.min_voltage:
            raise LinkError(f"cannot arm: supply at {self.watch.voltage:.1f} V: charge or change the battery")
        self.torque.begin(self.line)
        try:
            self.line.limit_torque(1.0)
            pose = torque_on(self.line, self._robot, self._map, self.goal)
            self.watch.forget()
            self.watch.take(self.line)
        except LinkError as error:
            if self.let_go(f"not armed: {error}"):
                raise LinkError(f"{error}; {unconfirmed_text(self.unconfirmed)}") from error
            raise
        except BaseException:  # an interrupt leaves no torque behind that nobody knows of
            self.let_go("not armed: interrupted")
            raise
        self.gate.start_from(pose)
        self.goal, self.conduct = pose, Conduct()
        self.power, self.wrote = Power.ARMED, time.monotonic()

    @property
    def unconfirmed(self) -> list[int]:
        """Servos that may still drive although they were told to let go."""
        return list(self.torque.unconfirmed) if self.power is Power.UNCONFIRMED else []

    def let_go(self, cause: str, nb_tries: int = 1) -> list[int]:
        """Switch torque off now; return the ids that have not confirmed it."""
        self.torque.let_go(self.line, nb_tries)
        self._rest(cause)
        return self.unconfirmed

    def let_go_again(self, nb_tries: int = 1) -> list[int]:
        """Tell them again where some have not confirmed it; return the ids that still have not."""
        return self.let_go(self._cause, nb_tries) if self.power is Power.UNCONFIRMED else []

    def _rest(self, cause: str) -> None:
        failed, self._cause = self.torque.unconfirmed, cause
        self.power = Power.UNCONFIRMED if failed else Power.DISARMED
        self.conduct = Conduct(Level.LIMP, f"{cause}; {unconfirmed_text(failed)}" if failed else f"{cause}: arm again")
        self.goal = self._resting_pose()
