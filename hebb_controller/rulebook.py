"""The artifact that crosses from evolution to robots: evolved rules with everything needed to run and to refuse them.

A rulebook is one safetensors file (`rulebook_file.py`). Its tensors are `coefficients.K` of shape `(terms, post, pre)`
per layer (absent where no weight changes online) and `weights.K` of shape `(post, pre)` (present when the start weights
are evolved: static networks and co-evolved starts). Under the rule `gru` the weights are the two matrices of
`gru.gru_shapes`. What is not one coefficient per synapse (shared rules, a CPPN, a front end for pixels) is a part with
tensors of its own: `rulebook_parts.py`. Everything else is in its header.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller import rulebook_file
from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.front_end import FrontEnd
from hebb_controller.gru import GRU, GruNetwork
from hebb_controller.network import PlasticNetwork
from hebb_controller.network_face import Network
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook_check import check_fits_robot, check_rulebook
from hebb_controller.rulebook_file import write_atomically
from hebb_controller.rulebook_names import SUFFIX, find_rulebook, rulebook_named_like, shipped_rulebooks
from hebb_controller.rulebook_parts import PARTS, EncodedRules, Part, layers_of, read_parts
from hebb_controller.rules import FloatArray, Rule
from hebb_controller.shared_rules import SharedRules

__all__ = [
    "SUFFIX",
    "Rulebook",
    "find_rulebook",
    "load_rulebook",
    "rulebook_named_like",
    "shipped_rulebooks",
    "write_atomically",
]

#: Rules under which no weight changes online.
STATIC_RULES = ("static", GRU)
#: Fields that a header leaves out at this value: what was written before they existed keeps its digest.
_YOUNGER_FIELDS = {"update_every": 1, "average_over": 1, "outputs": "tanh"}


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
        coefficients: per layer, shape `(terms, post, pre)`; empty when `static`; left empty, those of `encoded`.
        start_weights: per layer, shape `(post, pre)` or as in `gru.gru_shapes`; empty when the start is random.
        provenance: command, seed, generations, population, environment steps, library versions, fitness.
        update_every: control steps from one change of the weights to the next.
        average_over: control steps over which a change of the weights averages the activations.
        encoded: what the coefficients are written out from, and stored as: shared rules or a CPPN; None where every
            synapse has its own rule. To change coefficients, replace this by None as well.
        front_end: what stands between pixels and the first layer; None where observations are the inputs.
        outputs: `tanh`, or `linear` where whoever takes the action bounds it.
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
    encoded: EncodedRules | None = None
    front_end: FrontEnd | None = None
    outputs: str = "tanh"

    def __post_init__(self) -> None:
        """Write the coefficients out from what encodes them."""
        if self.encoded is not None and not self.coefficients:
            object.__setattr__(self, "coefficients", self.encoded.coefficients())

    @property
    def static(self) -> bool:
        """True if no weight changes online; a `gru` counts, though its hidden state moves."""
        return self.rule in STATIC_RULES

    @property
    def digest(self) -> str:
        """Hash of header and tensors: the rulebook's identity in reports and recordings."""
        return rulebook_file.digest(self._header(), self._tensors())

    @property
    def parts(self) -> dict[str, Part]:
        """The parts that it holds, by field."""
        return {field: part for field in PARTS if (part := getattr(self, field)) is not None}

    @property
    def nb_evolved(self) -> int:
        """How many numbers evolution searched."""
        own = self.start_weights if self.encoded is not None else (*self.coefficients, *self.start_weights)
        return sum(a.size for a in own) + sum(part.nb_numbers for part in self.parts.values())

    def _header(self) -> dict[str, Any]:
        names = {f.name for f in dataclasses.fields(self)} - {"coefficients", "start_weights", *PARTS}
        header = {name: getattr(self, name) for name in names} | {"schema": rulebook_file.SCHEMA}
        header = {k: v for k, v in header.items() if k not in _YOUNGER_FIELDS or v != _YOUNGER_FIELDS[k]}
        return header | {field: part.header() for field, part in self.parts.items()}

    def _tensors(self) -> dict[str, npt.NDArray[Any]]:
        tensors = {f"weights.{k}": w for k, w in enumerate(self.start_weights)}
        if self.encoded is None:
            tensors |= {f"coefficients.{k}": c for k, c in enumerate(self.coefficients)}
        whole: dict[str, npt.NDArray[Any]] = {k: np.asarray(v, dtype=np.float32) for k, v in tensors.items()}
        for part in self.parts.values():
            whole |= part.tensors()
        return whole

    def network(self, compact: bool = False) -> Network:
        """Return a network with these rules, its weights still zero: reset it.

        Args:
            compact: read shared rules through their assignment instead of writing them out: less memory, a slower step.
        """
        if self.rule == GRU:
            return GruNetwork(self.layer_sizes)
        rule = None if self.static else Rule.named(self.rule)
        clock = (self.update_every, self.average_over)
        coefficients = self.encoded if compact and isinstance(self.encoded, SharedRules) else self.coefficients or None
        return PlasticNetwork(self.layer_sizes, rule, coefficients, self.normalisation, *clock, outputs=self.outputs)

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
        check_fits_robot(self, robot)

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


def load_rulebook(name_or_path: str | Path) -> Rulebook:
    """Read a rulebook by shipped name or path, and refuse whatever does not hold together.

    Raises:
        RulebookError: missing, truncated or altered file, unknown schema or layout, wrong shapes, NaN.
    """
    path = find_rulebook(name_or_path)
    header, tensors = rulebook_file.read(path)
    try:
        header["layer_sizes"] = tuple(header["layer_sizes"])
        parts = read_parts(header, tensors)
        header |= {"coefficients": layers_of(tensors, "coefficients"), "start_weights": layers_of(tensors, "weights")}
        book = Rulebook(**header, **parts)
        book.check()
    except BadInputError as error:
        raise RulebookError(f"{path}: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise RulebookError(f"{path}: not a whole header ({type(error).__name__}: {error}): save it again") from error
    if tensors.keys() != book._tensors().keys():
        raise RulebookError(f"{path}: holds tensors that no layer of {list(book.layer_sizes)} uses: save it again")
    return book
