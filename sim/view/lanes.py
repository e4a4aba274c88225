"""The paired lanes of a page: the same start, the same seed and the same faults, other rules of what may learn.

plastic   the rulebook as it is
frozen    the same, its weights standing still from the press of a button on, or from the first perturbation
static    the robot's static rulebook: evolved weights, which never change
"""

from __future__ import annotations

from dataclasses import dataclass

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.page.drawing import drawing_of
from hebb_controller.page.frames import NO_SERVOS, LaneStage, Stage
from hebb_controller.robot import POSITION, RobotSpec
from hebb_controller.rulebook import Rulebook, load_rulebook, shipped_rulebooks
from sim.bodies import body_family, embody
from sim.tasks import bodies_of
from sim.view.lane import Lane
from sim.view.lane_body import LEVEL

PLASTIC, FROZEN, STATIC = "plastic", "frozen", "static"
LANES = (PLASTIC, FROZEN, STATIC)
_TITLES = {
    PLASTIC: "its rules change every synapse at every step",
    FROZEN: "the same network, its weights stopped at the first perturbation",
    STATIC: "evolved weights that never change",
}


@dataclass(frozen=True)
class ViewConfig:
    """Which robots to show.

    Attributes:
        robot: the robot.
        rulebook: name or path of its rulebook, for titles.
        book: the rulebook.
        static: name or path of the static rulebook; empty: the shipped one, if there is one.
        lanes: which of `LANES`, in this order; empty: all that the robot has.
        body: name of the body, or of the ground.
        seed: everything random derives from it.
        realtime_factor: seconds of the robots per second.
    """

    robot: RobotSpec
    rulebook: str
    book: Rulebook
    static: str = ""
    lanes: tuple[str, ...] = ()
    body: str = "intact"
    seed: int = 0
    realtime_factor: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be shown.

        Raises:
            BadInputError: a lane that does not exist or is named twice, a seed or factor out of range.
        """
        for name in self.lanes:
            if name not in LANES:
                raise unknown("lane", name, LANES)
        if len(set(self.lanes)) != len(self.lanes):
            raise BadInputError(f"lanes {','.join(self.lanes)}: name each once")
        if self.seed < 0 or not 0.0 < self.realtime_factor <= 20.0:
            raise BadInputError(
                f"seed {self.seed}, real-time factor {self.realtime_factor:g}: the seed must be 0 or more, the factor "
                "above 0 and at most 20"
            )


def make_lanes(config: ViewConfig) -> list[Lane]:
    """Return the lanes that a page shows, each at its start.

    Raises:
        BadInputError: unknown body; a static lane without a static rulebook.
        RulebookError: a rulebook that belongs to another robot.
    """
    static = _static_book(config)
    names = config.lanes or tuple(n for n in LANES if n != STATIC or static is not None)
    body, ground = split_body(config.robot, config.body)
    lanes = []
    for name in names:
        book = static if name == STATIC else config.book
        if book is None:
            raise BadInputError(f"robot {config.robot.name} has no static rulebook: pass one with --static")
        lane = Lane(name, config.robot, book, config.seed, body)
        if ground != LEVEL:
            lane.change_body(body, ground)
            lane.new_life(config.seed)
        lanes.append(lane)
    return lanes


def split_body(robot: RobotSpec, name: str) -> tuple[str, str]:
    """Return the body and the ground that a name of `hebb robots` means.

    Raises:
        BadInputError: the robot has no such body.
    """
    names = bodies_of(robot)
    if name not in names:
        raise unknown(f"body of {robot.name}", name, names)
    return ("intact", name) if body_family(name) == "ground" else (name, LEVEL)


def make_stage(config: ViewConfig, lanes: list[Lane]) -> Stage:
    """Return what the page is told at the start, and again whenever a body or a ground changes."""
    robot = config.robot
    names = bodies_of(robot)
    grounds = tuple(name for name in names if body_family(name) == "ground")
    bodies = tuple(name for name in names if name not in grounds)
    refused = {"Arm": NO_SERVOS}
    if not grounds:
        refused["Ground"] = f"{robot.name} is the paper's benchmark: it has flat ground alone"
    if robot.actuation != POSITION:
        refused["Lock"] = f"lock holds a servo's angle: {robot.name} is driven by torque"
    if not any(lane.name == FROZEN for lane in lanes) and all(lane.book.static for lane in lanes):
        refused["Plasticity"] = "no lane here learns"
    return Stage(
        title=f"{robot.name} · {config.rulebook} · seed {config.seed}",
        lanes=tuple(_lane_stage(lane) for lane in lanes),
        joints=robot.joint_names,
        bodies=bodies,
        grounds=(LEVEL, *grounds) if grounds else (),
        body=lanes[0].body,
        ground=lanes[0].ground if grounds else "",
        refused=refused,
        control_rate=robot.control_rate,
    )


def _lane_stage(lane: Lane) -> LaneStage:
    if lane.robot.body is None:
        from sim.view.ant_drawing import ant_drawing

        return LaneStage(lane.name, _TITLES[lane.name], ant_drawing(lane.robot, lane.body))
    _, ground = embody(lane.robot, "intact" if lane.ground == LEVEL else lane.ground)
    return LaneStage(lane.name, _TITLES[lane.name], drawing_of(lane.robot), (ground.slope, ground.cross_slope))


def _static_book(config: ViewConfig) -> Rulebook | None:
    name = config.static or f"{config.robot.name}-static"
    if not config.static and name not in shipped_rulebooks():
        return None
    book = load_rulebook(name)
    if not book.static:
        raise BadInputError(f"rulebook {name} is not static: its rule is {book.rule}")
    return book
