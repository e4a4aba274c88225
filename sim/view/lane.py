"""One robot of the page: a simulated body, its controller, its gate and the faults that hold it.

Every lane of a page lives the life of `hebb run` on the page's seed: the same body, the same first weights, the same
weights wiped. A lane that fails stands still and says why; the others walk on.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from hebb_controller.fault_schedule import zero_weights
from hebb_controller.faults import Fault
from hebb_controller.live_faults import LiveFaults, fault_label, fault_text
from hebb_controller.page.frames import LaneFrame
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray
from hebb_controller.safety import Mode, SafetyGate
from hebb_controller.signals import Vector
from sim.view.lane_body import LaneBody
from sim.view.recovery_watch import recent_speed


class Lane:
    """One robot that walks, step by step, for as long as somebody asks.

    Args:
        name: such as `plastic`.
        robot: the robot.
        book: its rulebook.
        seed: everything random derives from it.
        body: name of its body.

    Attributes:
        name: such as `plastic`.
        plastic: False once its weights stand still.
        error: what went wrong; empty: nothing.
        x: forward positions after every step since the beginning, restarts joined without a jump, in [m].

    Raises:
        BadInputError: unknown body, or a robot that no task knows.
        RulebookError: the rulebook belongs to another robot.
    """

    def __init__(self, name: str, robot: RobotSpec, book: Rulebook, seed: int, body: str = "intact") -> None:
        self.name, self.book = name, book
        self._body = LaneBody(robot, body)
        self.controller = book.controller(robot)
        self.controller.network.warm_up()
        self.gate = SafetyGate(robot)
        self.faults = LiveFaults(robot)
        self.plastic = not book.static
        self.error = ""
        self.step_count = 0
        self.x: list[float] = []
        self._last_weights: tuple[FloatArray, ...] = ()
        self.change = math.nan
        self.new_life(seed)

    def new_life(self, seed: int) -> None:
        """Draw new weights and a new body, and put the robot at its start."""
        self._rng = np.random.default_rng([seed, 0])
        self._wiping = np.random.default_rng([seed, 0, 1])
        self._place()
        self.controller.reset(self._rng, self.book.start)
        self._take_note()

    def stand_up(self) -> None:
        """Put the robot back at its start with the weights that it has."""
        self._place()
        self.controller.reset(start=None)
        self._take_note()

    def change_body(self, body: str, ground: str) -> None:
        """Go on in another body, on another ground, with the weights that there are.

        Raises:
            BadInputError: no such body or ground; everything stays as it is.
        """
        self._body.change(body, ground)
        self.stand_up()

    def wipe(self, share: float) -> None:
        """Set a share of all weights to zero."""
        zero_weights(self.controller.network, share, self._wiping)

    def befall(self, fault: Fault) -> None:
        """Let a fault, in absolute steps, befall the body.

        Raises:
            BadInputError: this robot cannot have it.
        """
        self.faults.add(fault)

    def load(self, weights: list[FloatArray]) -> None:
        """Take up weights, per layer, shape `(post, pre)`."""
        self.controller.network.weights = weights

    def step(self, stopped: bool) -> None:
        """Live one control step; `stopped` lets the actuators go.

        Whatever goes wrong is kept in `error`: it must not take the other lanes with it.
        """
        if self.error:
            self.x.append(self.x[-1])
            self.step_count += 1  # faults befall all lanes by one clock, this one too once it stands up again
            return
        try:
            self._step(stopped)
        except Exception as error:  # a state of this lane, shown on the page
            self.error = f"{type(error).__name__}: {' '.join(str(error).split())}"
            self.x.append(self.x[-1])
        self.step_count += 1

    def frame(self, stopped: str) -> LaneFrame:
        """Return how it goes; `stopped` is the reason of an e-stop, or empty."""
        state, truth = self._plant.state, self._plant.state.truth
        assert truth is not None
        angles = getattr(self._plant.task, "joint_angles", state.joint_position)
        holding = self.faults.holding(self.step_count)
        return LaneFrame(
            position=_three(truth.position_base_in_world),
            attitude=(float(state.roll), float(state.pitch), float(state.yaw)),
            joints=tuple(np.nan_to_num(angles).tolist()),
            contacts=tuple(truth.foot_contact.tolist()),
            fallen=self.fallen,
            mode=Mode.LIMP.value if stopped else self.gate.mode.value,
            reason=stopped or self.gate.reason,
            plastic=self.plastic,
            speed=self.speed,
            change=self.change,
            faults=tuple(fault_label(fault_text(fault)) for fault in holding),
            faulty=tuple(np.any([f.mask(self.robot) for f in holding], axis=0).tolist()) if holding else (),
            error=self.error,
        )

    @property
    def robot(self) -> RobotSpec:
        """The robot, in the body that it has now."""
        return self._body.robot

    @property
    def body(self) -> str:
        """Name of its body."""
        return self._body.body

    @property
    def ground(self) -> str:
        """Name of the ground that it stands on."""
        return self._body.ground

    @property
    def speed(self) -> float:
        """Forward speed over the last window, in [m/s]."""
        return recent_speed(self.x, self.control_period)

    @property
    def control_period(self) -> float:
        """From one step to the next, in [s]."""
        return self._plant.task.control_period

    @property
    def weights(self) -> tuple[FloatArray, ...]:
        """Copies of its weights, per layer."""
        return tuple(self.controller.network.snapshot())

    def close(self) -> None:
        """Free the simulator."""
        self._plant.close()

    def _step(self, stopped: bool) -> None:
        plant, controller = self._plant, self.controller
        if hasattr(plant, "set_strength"):
            plant.set_strength(self.faults.strength(self.step_count))
        wanted = self.faults.apply(self.step_count, controller.act(plant.state), plant.state)
        targets = self.gate(wanted, plant.state, plant.state.time)
        plant.actuate(dataclasses.replace(targets, limp=True) if stopped else targets)
        if self.gate.mode is Mode.NOMINAL and not stopped and self.plastic:
            controller.adapt()
        self.faults.markers(self.step_count)  # forgets what is over
        transition = plant.transition
        assert transition is not None and transition.state.truth is not None
        x = float(transition.state.truth.position_base_in_world[0])
        if not math.isfinite(x):
            self.error = "the simulator blew up: stand it up again"
            x = self.x[-1] - self._ahead
        self.fallen = transition.fallen
        self.x.append(self._ahead + x)
        weights = self.weights
        size = _norm(weights)
        moved = _norm(tuple(b - a for a, b in zip(self._last_weights, weights, strict=True)))
        self.change = moved / size if size > 0.0 else 0.0
        self._last_weights = weights

    def _place(self) -> None:
        self._plant = self._body.place(self._rng)
        self.gate.reset()
        self.error, self.fallen = "", False

    def _take_note(self) -> None:
        truth = self._plant.state.truth
        assert truth is not None
        x = float(truth.position_base_in_world[0])
        self._ahead = self.x[-1] - x if self.x else 0.0
        if not self.x:
            self.x.append(x)
        self._last_weights = self.weights
        self.change = math.nan


def _norm(layers: tuple[FloatArray, ...]) -> float:
    return math.sqrt(sum(float(np.square(w, dtype=np.float64).sum()) for w in layers))


def _three(vector: Vector) -> tuple[float, float, float]:
    x, y, z = vector.tolist()
    return (x, y, z)
