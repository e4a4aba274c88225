"""What a trial is made of: conditions, order, perturbations, limits. `protocol_file` reads it from YAML.

Seconds of a run count from the moment when the network takes over, which is the end of the ramp.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

#: What drives the body in a condition: its kind -> what that means.
KINDS = {
    "plastic": "random start weights, changed at every step by the rulebook",
    "frozen": "the same start weights, never changed",
    "stopped": "plastic until `after_s`, frozen from there on",
    "static": "another rulebook, evolved without plasticity",
    "random": "plastic under rules whose coefficients are drawn at random",
    "sine": "a scripted trot, the sine of the clock",
}
BACKENDS = ("sim", "serial")
DISTANCES = ("ground_truth", "operator", "topic", "none")
STAGES = ("shadow", "suspended", "ground")


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
        name: as it names folders.
        kind: one of `KINDS`.
        rulebook: name or file; empty: the trial's own.
        after: kind `stopped`: when plasticity ends, in [s].
        rule_seed: kind `random`: the coefficients are drawn from it.
        frequency: kind `sine`: strides per second, in [Hz].
        stride: kind `sine`: length of a foot's path, in [m]; 0: a quarter of the leg.
        lift: kind `sine`: how high a foot is lifted, in [m]; 0: half the stride.
    """

    name: str
    kind: str
    rulebook: str = ""
    after: float = 0.0
    rule_seed: int = 0
    frequency: float = 1.5
    stride: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True)
class Perturbation:
    """What befalls every run of a stage that moves.

    Attributes:
        at: when, in [s].
        fault: a text of `fault_schedule` without its span, such as `saturate` or `weak=0.5`, or `wipe=0.333`; empty:
            a person does it.
        duration: of a fault, in [s]; 0: it stays.
        joints: which joints; empty: all.
        operator: what the person is told to do; empty: a fault.
    """

    at: float
    fault: str = ""
    duration: float = 0.0
    joints: tuple[str, ...] = ()
    operator: str = ""


@dataclass(frozen=True)
class AbortLimits:
    """When a run is ended; 0 switches a limit off, but for tilt and attempts.

    Attributes:
        tilt: of the base, beyond which the actuators let go: a fall, in [degrees].
        falls: a run ends at this many falls, and it counts.
        temperature: of the hottest servo, in [deg C]; the run is repeated.
        supply: lowest voltage, in [V]; the run is repeated.
        silence: time without a reading, in [s]; the run is repeated.
        attempts: of one run in one sitting, until the trial stops for a person to look.
    """

    tilt: float = 75.0
    falls: int = 1
    temperature: float = 65.0
    supply: float = 0.0
    silence: float = 2.0
    attempts: int = 3


@dataclass(frozen=True)
class Distance:
    """What measures the distance of a run.

    Attributes:
        source: one of `DISTANCES`.
        topic: source `topic`: its name.
        kind: source `topic`: `odometry` (nav_msgs/Odometry) or `pose` (geometry_msgs/PoseStamped).
    """

    source: str = "ground_truth"
    topic: str = ""
    kind: str = "odometry"


@dataclass(frozen=True)
class Serial:
    """How a robot is wired; texts as `hebb launch backend:=serial` takes them.

    Attributes:
        port: of the servos.
        protocol: of the servos.
        imu_port: of the IMU.
        calibration: file.
        emulated: True: an emulated board, so that nobody need be asked. Believed of pseudo-terminals only.
    """

    port: str = ""
    protocol: str = ""
    imu_port: str = ""
    calibration: str = ""
    emulated: bool = False


@dataclass(frozen=True)
class StagePlan:
    """How much of the trial a stage does.

    Attributes:
        repetitions: blocks; each holds every condition once.
        duration: of a run, in [s].
    """

    repetitions: int
    duration: float


@dataclass(frozen=True)
class TrialProtocol:
    """A trial.

    Attributes:
        name: of the trial.
        robot: name or file.
        rulebook: name or file; empty: the one named like the robot.
        backend: one of `BACKENDS`.
        body: backend sim: the body.
        lockstep: backend sim: wait for every answer, so that a run repeats to the bit.
        serial: backend serial: the wiring.
        conditions: at least one.
        seed: of order, start weights and whatever else is drawn.
        stages: what each stage does, by its name.
        ramp_time: from the measured pose to the neutral one, in [s].
        fade_time: from no network to all of it, in [s].
        perturbations: in the order of their times.
        abort: limits.
        distance: what measures it.
        surface: of the ground, in words.
        notes: whatever a reader should know.
        blind: True: the operator is not told the condition.
    """

    name: str
    robot: str
    conditions: tuple[Condition, ...]
    stages: dict[str, StagePlan]
    rulebook: str = ""
    backend: str = "sim"
    body: str = "intact"
    lockstep: bool = True
    serial: Serial = field(default_factory=Serial)
    seed: int = 0
    ramp_time: float = 1.0
    fade_time: float = 0.5
    perturbations: tuple[Perturbation, ...] = ()
    abort: AbortLimits = field(default_factory=AbortLimits)
    distance: Distance = field(default_factory=Distance)
    surface: str = ""
    notes: str = ""
    blind: bool = False

    @property
    def simulated(self) -> bool:
        """True if the body is a simulator's."""
        return self.backend == "sim"

    def condition(self, name: str) -> Condition:
        """Return a condition of the protocol by its name."""
        return next(condition for condition in self.conditions if condition.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Return the protocol with its defaults filled in, ready for JSON."""
        return dataclasses.asdict(self)
