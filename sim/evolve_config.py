"""Settings of an evolution: what is evolved, on which bodies, for how long, by which strategy."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.task_names import CAR, ROBOT
from sim.first_draw import FirstDraw
from sim.hardship import NO_HARDSHIP, alternatives, schedule_of
from sim.openai_es import EsConfig
from sim.setting_bounds import refuse_absurd
from sim.setting_types import typed
from sim.world import BULLET, ENGINES

#: Standard deviations of the first search point.
SPREADS = ("coefficient_spread", "constant_spread", "rate_spread", "weight_spread")
#: Settings that must be 1 or more.
COUNTS = (
    *("generations", "episodes", "workers", "checkpoint_every", "evaluate_every", "evaluate_episodes"),
    *("update_every", "average_over"),
)
#: What can be evolved; empty: a robot.
TASKS = ("", ROBOT, CAR)
#: How members meet the bodies.
SHARES = ("every", "turns")


@dataclass(frozen=True)
class EvolveConfig:
    """Settings of one run; every field is a flag of `hebb evolve`.

    Attributes:
        robot: name or file of the robot.
        bodies: bodies to walk on.
        share: `every`: a member walks on every body and its fitness is the mean; `turns`: each pair walks on one body,
            in turn, and is ranked among its like, which tries more members for the same number of steps.
        hardships: what befalls a life, at a time that it draws anew: `none`, `wipe=SHARE` or
            `KIND[=NUMBER]:[STEPS][@JOINT,JOINT]` (such as `saturate:100`), with `|` between those that a life draws one
            of; several are shared out like bodies.
        fall_ends: 1: where the hardship is a fault that stays, a fall ends the life; 0: once a hardship began, the life
            goes on to its horizon.
        plasticity: `hebbian`; under the same strategy `none` for static weights, `gru` for a gated recurrent network.
        rule: variant of the rule family.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.
        update_every: control steps from one change of the weights to the next.
        average_over: control steps over which a change of the weights averages the activations.
        init: `uniform`: weights drawn anew in every life; `coevolve`: start weights are evolved too.
        hidden: units of the hidden layers.
        layout: observation layout; empty for the robot's own.
        coefficient_spread: standard deviation of the first A, B and C.
        constant_spread: standard deviation of the first D and D_out.
        rate_spread: standard deviation of the first eta.
        rate_mean: mean of the first eta.
        weight_spread: standard deviation of the first start weights, where they are evolved.
        generations: generations in all.
        episodes: lives per body and member.
        horizon: control steps per life in the first generation; 0 for the task's own length.
        horizon_growth: control steps added per generation, up to the task's own length.
        randomise: 1: draw mass, friction, servos and sensors anew in every life, where the task can; 0: never.
        warm_up: first control steps of a life whose reward does not count.
        stall: a training life ends once this many counted steps in a row sum to no progress; 0: it never does.
        seed: everything random derives from it.
        workers: worker processes; results do not depend on it.
        checkpoint_every: generations between checkpoints.
        evaluate_every: generations between evaluations of the mean over whole lives.
        evaluate_episodes: lives per body in such an evaluation.
        warm_start: a rulebook of the same shape to begin from, `{seed}` in it standing for the seed; empty for a random
            beginning.
        encoding: what the searched numbers stand for: empty: one rule per synapse; `shared`: the rules of a merged
            rulebook, which `warm_start` names; `cppn`: a network that paints the rules.
        es: settings of the strategy.
        task: `robot`, or `car-racing`; empty for `robot`.
        physics: engines that lives take place in, `bullet` or `mujoco`; several are shared out among pairs, each
            ranked for itself.
        cppn_hidden: units of the hidden layers of the CPPN, under encoding `cppn`.
        cppn_frequency: standard deviation of the first weights of its sines: how fast the first pattern of rules varies
            from place to place.
        coarseness: task car-racing: training lives draw their picture so many times coarser before it is shrunk, which
            costs a fraction; evaluations always see Gymnasium's own.
    """

    robot: str = "ant"
    bodies: tuple[str, ...] = ("intact",)
    share: str = "every"
    hardships: tuple[str, ...] = (NO_HARDSHIP,)
    fall_ends: int = 0
    plasticity: str = "hebbian"
    rule: str = "ABCD_lr"
    normalisation: str = "none"
    update_every: int = 1
    average_over: int = 1
    init: str = "uniform"
    hidden: tuple[int, ...] = (128, 64)
    layout: str = ""
    coefficient_spread: float = 1.0
    constant_spread: float = 1.0
    rate_spread: float = 1.0
    rate_mean: float = 0.0
    weight_spread: float = 0.1
    generations: int = 300
    episodes: int = 1
    horizon: int = 0
    horizon_growth: float = 0.0
    randomise: int = 1
    warm_up: int = 0
    stall: int = 0
    seed: int = 1
    workers: int = 2
    checkpoint_every: int = 5
    evaluate_every: int = 10
    evaluate_episodes: int = 8
    warm_start: str = ""
    encoding: str = ""
    es: EsConfig = field(default_factory=EsConfig)
    task: str = ""
    physics: tuple[str, ...] = (BULLET,)
    cppn_hidden: tuple[int, ...] = (48,)
    cppn_frequency: float = 3.0
    coarseness: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that cannot work; names are checked where they are looked up.

        Raises:
            BadInputError: with the setting, its value and what is allowed.
        """
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)}: must be 1 or more")
        for name in ("horizon", "horizon_growth", "warm_up", "stall", "seed", "cppn_frequency", *SPREADS):
            if not getattr(self, name) >= 0:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)}: must be 0 or more")
        refuse_absurd(self)
        for name in ("randomise", "fall_ends"):
            if getattr(self, name) not in (0, 1):
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)}: must be 0 or 1")
        if self.warm_up >= self.horizon > 0:
            raise BadInputError(
                f"warm up {self.warm_up}: must be below horizon {self.horizon}, or no step of a first life counts"
            )
        if self.task not in TASKS:
            raise unknown("task", self.task, filter(None, TASKS))
        if self.share not in SHARES:
            raise unknown("share", self.share, SHARES)
        if not self.physics:
            raise BadInputError(f"no physics: name at least one of {', '.join(ENGINES)}")
        for engine in self.physics:
            if engine not in ENGINES:
                raise unknown("physics", engine, ENGINES)
        if not self.bodies:
            raise BadInputError("no bodies: name at least one, such as intact")
        if not self.hardships:
            raise BadInputError(f"no hardships: name at least one, such as {NO_HARDSHIP}")
        for hardship in self.hardships:
            for single in alternatives(hardship):
                schedule_of(single, 0)
        if self.es.nb_pairs < self.nb_groups:
            raise BadInputError(
                f"population {self.es.population}: its {self.es.nb_pairs} pairs take turns through {self.nb_groups} "
                "combinations of body, hardship and physics, and never come to the last; it must be "
                f"{2 * self.nb_groups} or more"
            )

    @property
    def begins_with(self) -> str:
        """The rulebook that this run begins from, empty for a random beginning."""
        return self.warm_start.replace("{seed}", str(self.seed))

    @property
    def first_draw(self) -> FirstDraw:
        """How the first search point is drawn."""
        return FirstDraw(**{name: getattr(self, name) for name in (*SPREADS, "rate_mean")})

    @property
    def fates(self) -> tuple[tuple[str, str], ...]:
        """Every body with every hardship, the body changing fastest."""
        return tuple((body, hardship) for hardship in self.hardships for body in self.bodies)

    @property
    def nb_groups(self) -> int:
        """How many groups of pairs are ranked among themselves."""
        return self._nb_turns * len(self.physics)

    @property
    def _nb_turns(self) -> int:
        return len(self.fates) if self.share == "turns" else 1

    def fates_of(self, pair: int) -> tuple[tuple[str, str], ...]:
        """Return the body and the hardship of each life that the members of a pair live."""
        fates = self.fates if self.share == "every" else (self.fates[pair % len(self.fates)],)
        return fates * self.episodes

    def physics_of(self, pair: int) -> str:
        """Return the engine that the members of a pair live in."""
        return self.physics[pair // self._nb_turns % len(self.physics)]

    def horizon_at(self, generation: int, whole: int) -> int:
        """Return the control steps per life in a generation; `whole` is the task's own length."""
        if self.horizon == 0:
            return whole
        return min(whole, int(self.horizon + self.horizon_growth * generation))

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON and YAML."""
        values = dataclasses.asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @staticmethod
    def from_dict(values: dict[str, Any]) -> EvolveConfig:
        """Return settings from plain values, those of the strategy under `es`.

        Raises:
            BadInputError: an unknown setting, or a value of the wrong type or out of range.
        """
        values = dict(values)
        strategy = values.pop("es", None)
        strategy = typed({} if strategy is None else strategy, EsConfig, "es.")
        return EvolveConfig(**typed(values, EvolveConfig), es=EsConfig(**strategy))
