"""What the page's buttons do: label, key, and the command that each of them sends.

Keys are single letters. W, A, S, D, Q, E and the arrows are left out, for they move the page's camera; Escape is the
e-stop's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hebb_controller.page import commands
from hebb_controller.page.commands import Command
from hebb_controller.page.frames import Frame, Stage

#: Everything that needs a simulator and not a robot, by group.
PROVOKE, BRAIN, BODY, TIME = "Provoke", "Brain", "Body and ground", "Time and files"
SATURATED = 2.0  # [s]
WIPED = "0.333"
WEAK = "0.5"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor has chosen beside the buttons.

    Attributes:
        joint: name of the chosen joint.
        weights: path to load from; empty: the last saved.
    """

    joint: str
    weights: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One button.

    Attributes:
        label: on the button.
        key: that presses it too.
        group: the folder that it is in.
        needs: name in `Stage.refused` that greys it.
        make: the command that it sends, or None where nothing is to be sent.
        hint: one line of what it does.
    """

    label: str
    key: str
    group: str
    needs: str
    make: Callable[[Choice, Stage, Frame], Command | None]
    hint: str


def saturate_steps(stage: Stage) -> int:
    """Return how many control steps the button `Saturate` means."""
    return max(round(SATURATED * stage.control_rate), 1)


def _joint_fault(kind: str) -> Callable[[Choice, Stage, Frame], Command | None]:
    return lambda choice, _stage, _frame: commands.Fault(f"{kind}@0:@{choice.joint}")


def _short_leg(choice: Choice, stage: Stage, _frame: Frame) -> Command | None:
    """The leg of the chosen joint, where bodies are named like joints; otherwise the first that can be had."""
    short = [body for body in stage.bodies if body.endswith("_short")]
    own = [body for body in short if choice.joint.startswith(body.removesuffix("short"))]
    return commands.Body((own or short)[0]) if short else None


def _slope(_choice: Choice, stage: Stage, _frame: Frame) -> Command | None:
    if not stage.grounds:
        return None
    return commands.Ground("level" if stage.ground == "slope" else "slope")


ACTIONS: tuple[Action, ...] = (
    Action(
        "Saturate all for 2 s",
        "X",
        PROVOKE,
        "Fault",
        lambda _c, stage, _f: commands.Fault(f"saturate@0:{saturate_steps(stage)}"),
        "every joint is driven to the end of its range",
    ),
    Action(
        "Wipe a third of the weights",
        "Z",
        PROVOKE,
        "Wipe",
        lambda _c, _s, _f: commands.Fault(f"wipe={WIPED}@0"),
        "a third of all synapses, chosen at random, becomes 0",
    ),
    Action("Freeze the joint", "F", PROVOKE, "Fault", _joint_fault("freeze"), "its command sticks at what it is now"),
    Action("Let the joint go limp", "L", PROVOKE, "Limp", _joint_fault("limp"), "it gives way: no torque"),
    Action("Lock the joint", "K", PROVOKE, "Lock", _joint_fault("lock"), "it holds the angle that it has now"),
    Action("Weaken the joint", "H", PROVOKE, "Limp", _joint_fault(f"weak={WEAK}"), "it keeps half of its torque"),
    Action("Clear all faults", "C", PROVOKE, "Clear", lambda _c, _s, _f: commands.Clear(), "the body is whole again"),
    Action(
        "New random brain",
        "N",
        BRAIN,
        "NewBrain",
        lambda _c, _s, _f: commands.NewBrain(),
        "new random weights, back at the start; faults stay",
    ),
    Action(
        "Stop plasticity",
        "V",
        BRAIN,
        "Plasticity",
        lambda _c, _s, _f: commands.Plasticity(False),
        "the weights of the control lane (or of the only one) stand still",
    ),
    Action(
        "Resume plasticity",
        "B",
        BRAIN,
        "Plasticity",
        lambda _c, _s, _f: commands.Plasticity(True),
        "they change again",
    ),
    Action(
        "Save the weights", "M", BRAIN, "SaveWeights", lambda _c, _s, _f: commands.SaveWeights(), "of the first lane"
    ),
    Action(
        "Load weights",
        "J",
        BRAIN,
        "LoadWeights",
        lambda choice, _s, _f: commands.LoadWeights(choice.weights),
        "those saved last, or the file that is named",
    ),
    Action(
        "Shorten the leg",
        "1",
        BODY,
        "Body",
        _short_leg,
        "the chosen joint's leg: a quarter of its outer segment is left",
    ),
    Action("Add a payload", "2", BODY, "Body", lambda _c, _s, _f: commands.Body("payload"), "a quarter of its mass"),
    Action("Tilt the ground", "3", BODY, "Ground", _slope, "5 degrees uphill, and level again"),
    Action("Whole body", "4", BODY, "Body", lambda _c, _s, _f: commands.Body("intact"), "as the robot file says"),
    Action(
        "Stand up", "R", TIME, "StandUp", lambda _c, _s, _f: commands.StandUp(), "back on the feet, e-stop released"
    ),
    Action(
        "Arm the servos",
        "G",
        TIME,
        "Arm",
        lambda _c, _s, _f: commands.Arm(),
        "torque comes on, and they ramp from where they are",
    ),
    Action(
        "Pause / go on",
        "P",
        TIME,
        "Pause",
        lambda _c, _s, frame: commands.Pause(not frame.paused),
        "time stands still",
    ),
    Action("One step", "T", TIME, "Step", lambda _c, _s, _f: commands.Step(), "while paused"),
    Action(
        "Record / end recording",
        "O",
        TIME,
        "Record",
        lambda _c, _s, frame: commands.Record(not frame.recording),
        "the life, as lines of JSON",
    ),
)


def greyed(action: Action, refused: Mapping[str, str]) -> str:
    """Return why a source cannot do this, or nothing."""
    return refused.get(action.needs, "")
