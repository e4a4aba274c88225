"""The artifact that crosses from evolution to robots: evolved rules with everything needed to run and to refuse them.

A rulebook is one safetensors file (`rulebook_file.py`). Its tensors are `coefficients.K` of shape `(terms, post, pre)`
per layer (absent where no weight changes online) and `weights.K` of shape `(post, pre)` (present when the start weights
are evolved: static networks and co-evolved starts). Under the rule `gru` the weights are the two matrices of
`gru.gru_shapes`. Everything else is in its header.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller import rulebook_file
from hebb_controller.controller import Controller
from hebb_controller.errors import RulebookError
from hebb_controller.gru import GRU, GruNetwork
from hebb_controller.network import PlasticNetwork
from hebb_controller.network_face import Network
from hebb_controller.observation import observation_size
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook_check import check_rulebook
from hebb_controller.rulebook_file import write_atomically
from hebb_controller.rules import FloatArray, Rule

__all__ = ["Rulebook", "find_rulebook", "load_rulebook", "shipped_rulebooks", "write_atomically"]

SUFFIX = ".hebb.safetensors"
SHIPPED = Path(__file__).parent / "rulebooks"
#: Rules under which no weight changes online.
STATIC_RULES = ("static", GRU)
#: Fields that a header leaves out at this value: what was written before they existed keeps its digest.
_YOUNGER_FIELDS = {"update_every": 1, "average_over": 1}


@dataclass(frozen=True)
class Rulebook:
    """Evolved rules and the contract that they were evolved under.

    Attributes:
        rule: name of the variant, `static` for a network without plasticity, or `gru` for a gated recurrent one.
        layer_sizes: units per layer, inputs first.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.
        robot: name of the robot.
        robot_hash: `RobotSpec.contract_hash` of that robot.
        layout: name of the observation layout.
        layout_version: version of that layout.
        action_filter: share of the new action in the low-pass filter.
        control_rate: in [Hz].
        coefficients: per layer, shape `(terms, post, pre)`; empty when `static`.
        start_weights: per layer, shape `(post, pre)` or as in `gru.gru_shapes`; empty when the start is random.
        provenance: command, seed, generations, population, environment steps, library versions, fitness.
        update_every: control steps from one change of the weights to the next.
        average_over: control steps over which a change of the weights averages the activations.
    """

    rule: str
    layer_sizes: tuple[int, ...]
    normalisation: str
    robot: str
    robot_hash: str
    layout: str
    layout_version: int
    action_filter: float
    control_rate: float
    coefficients: tuple[FloatArray, ...]
    start_weights: tuple[FloatArray, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)
    update_every: int = 1
    average_over: int = 1

    @property
    def static(self) -> bool:
        """True if no weight changes online; a `gru` counts, though its hidden state moves."""
        return self.rule in STATIC_RULES

    @property
    def digest(self) -> str:
        """Hash of header and tensors: the rulebook's identity in reports and recordings."""
        return rulebook_file.digest(self._header(), self._tensors())

    def _header(self) -> dict[str, Any]:
        names = [f.name for f in dataclasses.fields(self) if f.name not in ("coefficients", "start_weights")]
        header = {name: getattr(self, name) for name in names} | {"schema": rulebook_file.SCHEMA}
        return {k: v for k, v in header.items() if k not in _YOUNGER_FIELDS or v != _YOUNGER_FIELDS[k]}

    def _tensors(self) -> dict[str, FloatArray]:
        tensors = {f"coefficients.{k}": c for k, c in enumerate(self.coefficients)}
        tensors |= {f"weights.{k}": w for k, w in enumerate(self.start_weights)}
        return {name: np.asarray(array, dtype=np.float32) for name, array in tensors.items()}

    def network(self) -> Network:
        """Return a network with these rules, its weights still zero: reset it."""
        if self.rule == GRU:
            return GruNetwork(self.layer_sizes)
        rule = None if self.static else Rule.named(self.rule)
        clock = (self.update_every, self.average_over)
        return PlasticNetwork(self.layer_sizes, rule, self.coefficients or None, self.normalisation, *clock)

    def controller(self, robot: RobotSpec) -> Controller:
        """Return a controller for `robot`, its weights still zero: reset it with `start`.

        Raises:
            RulebookError: the rulebook belongs to another robot, or to other limits of this one.
        """
        self.check_robot(robot)
        return Controller(robot, self.network(), self.layout, self.action_filter)

    @property
    def start(self) -> str | tuple[FloatArray, ...]:
        """What to pass as `start` to a reset: the evolved start weights, or `uniform`."""
        return self.start_weights or "uniform"

    def check_robot(self, robot: RobotSpec) -> None:
        """Refuse a robot that these rules were not made for.

        Raises:
            RulebookError: with what differs.
        """
        if robot.name != self.robot:
            raise RulebookError(f"rulebook is for robot {self.robot!r}, not {robot.name!r}: pass one evolved for it")
        if robot.contract_hash != self.robot_hash:
            raise RulebookError(
                f"rulebook was evolved on other joints, limits or rate of {robot.name!r} "
                f"(hash {self.robot_hash}, now {robot.contract_hash}): evolve again or restore the robot file"
            )
        ends = (observation_size(self.layout, robot), robot.nb_joints)
        if (self.layer_sizes[0], self.layer_sizes[-1]) != ends:
            raise RulebookError(
                f"rulebook of sizes {list(self.layer_sizes)}: {robot.name!r} with layout {self.layout} has "
                f"{ends[0]} inputs and {ends[1]} outputs: evolve again"
            )

    def check(self) -> None:
        """Refuse a rulebook that does not hold together.

        Raises:
            RulebookError: unknown rule, normalisation or layout, wrong shapes, NaN, a setting out of range.
        """
        check_rulebook(self)

    def save(self, path: Path | str) -> Path:
        """Write the rulebook, atomically, and return its path.

        Raises:
            RulebookError: it does not hold together, or its provenance cannot be written as JSON.
        """
        self.check()
        return rulebook_file.write(Path(path), self._header(), self._tensors())


def shipped_rulebooks() -> dict[str, Path]:
    """Return the rulebooks that come with the project, name -> path."""
    return {p.name.removesuffix(SUFFIX): p for p in sorted(SHIPPED.glob(f"*{SUFFIX}"))}


def find_rulebook(name_or_path: str | Path) -> Path:
    """Return the path of a shipped name or of an existing file.

    Raises:
        RulebookError: neither; the message lists the shipped names.
    """
    shipped = shipped_rulebooks()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    path = Path(name_or_path)
    if not path.is_file():
        raise RulebookError(f"no rulebook {str(name_or_path)!r}: a file, or one of {', '.join(shipped) or 'none yet'}")
    return path


def load_rulebook(name_or_path: str | Path) -> Rulebook:
    """Read a rulebook by shipped name or path, and refuse whatever does not hold together.

    Raises:
        RulebookError: missing, truncated or altered file, unknown schema or layout, wrong shapes, NaN.
    """
    path = find_rulebook(name_or_path)
    header, tensors = rulebook_file.read(path)
    try:
        header["layer_sizes"] = tuple(header["layer_sizes"])
        book = Rulebook(
            **header, coefficients=_layers(tensors, "coefficients"), start_weights=_layers(tensors, "weights")
        )
        book.check()
    except RulebookError as error:
        raise RulebookError(f"{path}: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise RulebookError(f"{path}: not a whole header ({type(error).__name__}: {error}): save it again") from error
    if len(tensors) != len(book.coefficients) + len(book.start_weights):
        raise RulebookError(f"{path}: holds tensors that no layer of {list(book.layer_sizes)} uses: save it again")
    return book


def _layers(tensors: dict[str, FloatArray], kind: str) -> tuple[FloatArray, ...]:
    found: list[FloatArray] = []
    while f"{kind}.{len(found)}" in tensors:
        found.append(tensors[f"{kind}.{len(found)}"])
    return tuple(found)
