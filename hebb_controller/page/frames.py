"""What a source tells the page: once, what there is to see and to do (`Stage`); then, again and again, how it goes.

A source is the in-process lanes of `sim.view` or the ROS node `view_node`. The page keeps the newest `Frame` only: a
frame that comes while another is drawn takes its place.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from hebb_controller.page.drawing import RobotDrawing
from hebb_controller.rules import FloatArray

#: Why `Arm` is greyed where there are no servos: a reason in `Stage.refused`.
NO_SERVOS = "nothing to arm: no servos behind a port"
#: How a lane came through a disturbance.
HOLDS, RECOVERING, RECOVERED, NOT_WALKING, INTERRUPTED, NOT_RECOVERED, FELL, UNKNOWN = (
    "holds",
    "recovering",
    "recovered",
    "was not walking",
    "interrupted",
    "not recovered",
    "fell",
    "speed unknown",
)


@dataclass(frozen=True, slots=True)
class LaneStage:
    """One robot on the page, as it stands at the start.

    Attributes:
        name: such as `plastic`.
        title: one line of what is special about it.
        drawing: its shape.
        slope: of its ground, rise along x and along y, in [rad].
    """

    name: str
    title: str
    drawing: RobotDrawing
    slope: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Stage:
    """What there is to see and what can be done.

    Attributes:
        title: one line: robot, rulebook, seed.
        lanes: side by side, the first one followed by the camera.
        joints: names of the joints, in joint order.
        bodies: names that `commands.Body` takes; empty: it has the one body that it has.
        grounds: names that `commands.Ground` takes; likewise.
        body: the one that it has now.
        ground: the one that it stands on now.
        refused: what this source cannot do -> why: class names of commands; `Lock`, `Limp` (and weaken), `Wipe` among
            the faults; `Weights` where no frame will carry weights.
        control_rate: in [Hz].
    """

    title: str
    lanes: tuple[LaneStage, ...]
    joints: tuple[str, ...]
    bodies: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    body: str = ""
    ground: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    control_rate: float = 50.0


@dataclass(frozen=True, slots=True)
class LaneFrame:
    """One robot at one moment.

    Attributes:
        position: of the base in the world, in [m]; zeros where nobody knows it.
        attitude: of the base, roll, pitch and yaw, in [rad].
        joints: angles in joint order, in [rad].
        contacts: per leg, 1 where its foot touches the ground, 0 where not, NaN where nobody looked.
        fallen: True if the robot lies.
        mode: of the safety gate: `nominal`, `hold` or `limp`.
        reason: why the gate is not nominal; empty otherwise.
        plastic: True while its weights change.
        speed: forward, over the last half second, in [m/s]; NaN where nobody knows it.
        change: of the weights in the last step, as a share of their norm; NaN where nobody knows it.
        faults: texts of the actuator faults that hold.
        faulty: per joint, True while a fault holds it.
        error: what went wrong in this lane, which then stands still; empty: nothing.
    """

    position: tuple[float, float, float]
    attitude: tuple[float, float, float]
    joints: tuple[float, ...]
    contacts: tuple[float, ...] = ()
    fallen: bool = False
    mode: str = "nominal"
    reason: str = ""
    plastic: bool = True
    speed: float = math.nan
    change: float = math.nan
    faults: tuple[str, ...] = ()
    faulty: tuple[bool, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one lane came through one disturbance.

    Attributes:
        state: one of the words above.
        seconds: recovery time, where it has recovered, in [s].
        share: its speed now, as a share of that before, where that is known.
    """

    state: str
    seconds: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that befell the robots.

    Attributes:
        label: such as `saturate`.
        start: on the frames' clock, in [s].
        end: likewise; None while it holds; `start` itself for what takes no time.
        outcomes: one per lane.
    """

    label: str
    start: float
    end: float | None
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Everything at one moment.

    Attributes:
        time: the clock of plots and disturbances, which never runs backwards, in [s].
        lanes: one per lane of the stage.
        disturbances: the newest last.
        paused: True while time stands still.
        wanted_factor: seconds of the robots per second that were asked for.
        factor: those that were kept over the last second; NaN where nobody knows.
        estop: why everything is stopped; empty: it is not.
        recording: where the life is being recorded to; empty: it is not.
        bus: lines about the servo bus; empty where there is none.
        notice: the newest answer to a command; empty: none yet.
        nb_notices: how many notices there have been, to tell a new one from an old one.
        weights: per lane, its weight matrices, shape `(post, pre)`; empty in most frames.
    """

    time: float
    lanes: tuple[LaneFrame, ...]
    disturbances: tuple[Disturbance, ...] = ()
    paused: bool = False
    wanted_factor: float = 1.0
    factor: float = math.nan
    estop: str = ""
    recording: str = ""
    bus: tuple[str, ...] = ()
    notice: str = ""
    nb_notices: int = 0
    weights: tuple[tuple[FloatArray, ...], ...] = ()


Told = Stage | Frame


def newer(old: Frame | None, new: Frame) -> Frame:
    """Return `new`, with the weights of the frame that it displaces unless it has its own."""
    if old is None or new.weights or not old.weights:
        return new
    return dataclasses.replace(new, weights=old.weights)
