"""The artifact that crosses from evolution to robots: evolved rules with everything needed to run and to refuse them.

A rulebook is one safetensors file. Its tensors are `coefficients.K` of shape `(terms, post, pre)` per layer (absent in
a static rulebook) and `weights.K` of shape `(post, pre)` (present when the start weights are evolved: static networks
and co-evolved starts). Its metadata holds one JSON header under the key `hebb`. The header carries a digest of the
tensors, so that an altered file is refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from hebb_controller.controller import Controller
from hebb_controller.errors import RulebookError
from hebb_controller.network import PlasticNetwork
from hebb_controller.observation import LAYOUTS
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import VARIANTS, FloatArray, Rule, weight_shapes

SCHEMA = 1
SUFFIX = ".hebb.safetensors"
SHIPPED = Path(__file__).parent / "rulebooks"


@dataclass(frozen=True)
class Rulebook:
    """Evolved rules and the contract that they were evolved under.

    Attributes:
        rule: name of the variant, or `static` for a network without plasticity.
        layer_sizes: units per layer, inputs first.
        normalisation: `none`, `max`, `var` or `clip`.
        robot: name of the robot.
        robot_hash: `RobotSpec.contract_hash` of that robot.
        layout: name of the observation layout.
        layout_version: version of that layout.
        action_filter: share of the new action in the low-pass filter.
        control_rate: in [Hz].
        coefficients: per layer, shape `(terms, post, pre)`; empty when static.
        start_weights: per layer, shape `(post, pre)`; empty when the start is random.
        provenance: command, seed, generations, population, environment steps, library versions, fitness.
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

    @property
    def static(self) -> bool:
        """True if nothing changes online."""
        return self.rule == "static"

    @property
    def digest(self) -> str:
        """Digest of the tensors: the rulebook's identity in reports and recordings."""
        return _digest(self._tensors())

    def _tensors(self) -> dict[str, FloatArray]:
        tensors = {f"coefficients.{k}": c for k, c in enumerate(self.coefficients)}
        return tensors | {f"weights.{k}": w for k, w in enumerate(self.start_weights)}

    def network(self) -> PlasticNetwork:
        """Return a network with these rules, its weights still zero: reset it."""
        rule = None if self.static else Rule.named(self.rule)
        return PlasticNetwork(self.layer_sizes, rule, self.coefficients or None, self.normalisation)

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

    def save(self, path: Path | str) -> Path:
        """Write the rulebook, atomically, and return its path."""
        tensors = {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in self._tensors().items()}
        header = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        for name in ("coefficients", "start_weights"):
            del header[name]
        header |= {"schema": SCHEMA, "digest": _digest(tensors)}
        return write_atomically(Path(path), save(tensors, metadata={"hebb": json.dumps(header)}))


def write_atomically(path: Path, data: bytes) -> Path:
    """Write `data` under a temporary name, then rename: an old file survives a full disk or a kill."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


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
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
        header = json.loads(metadata["hebb"])
        if header.pop("schema") != SCHEMA:
            raise RulebookError(f"{path}: another schema version than {SCHEMA}: update this package or evolve again")
        digest = header.pop("digest")
        header["layer_sizes"] = tuple(header["layer_sizes"])
        nb_layers = len(header["layer_sizes"]) - 1
        book = Rulebook(
            **header,
            coefficients=tuple(tensors[f"coefficients.{k}"] for k in range(nb_layers) if "coefficients.0" in tensors),
            start_weights=tuple(tensors[f"weights.{k}"] for k in range(nb_layers) if "weights.0" in tensors),
        )
    except RulebookError:
        raise
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise RulebookError(f"{path}: not a whole rulebook ({type(error).__name__}: {error})") from error
    if digest != book.digest:
        raise RulebookError(f"{path}: its numbers do not match its digest: the file was altered; fetch it again")
    _check_contents(path, book)
    return book


def _check_contents(path: Path, book: Rulebook) -> None:
    if book.rule != "static" and book.rule not in VARIANTS:
        raise RulebookError(f"{path}: unknown rule {book.rule!r}")
    layout = LAYOUTS.get(book.layout)
    if layout is None or layout.version != book.layout_version:
        raise RulebookError(f"{path}: observation layout {book.layout} v{book.layout_version} is not known here")
    shapes = weight_shapes(book.layer_sizes)
    expected = [] if book.static else Rule.named(book.rule).coefficient_shapes(book.layer_sizes)
    if [c.shape for c in book.coefficients] != expected:
        raise RulebookError(f"{path}: coefficients do not fit the sizes {list(book.layer_sizes)}")
    if [w.shape for w in book.start_weights] not in ([shapes] if book.static else [[], shapes]):
        raise RulebookError(f"{path}: start weights do not fit the sizes {list(book.layer_sizes)}")
    if not all(np.isfinite(t).all() for t in (*book.coefficients, *book.start_weights)):
        raise RulebookError(f"{path}: holds NaN or infinity")


def _digest(tensors: dict[str, FloatArray]) -> str:
    sha = hashlib.sha256()
    for name in sorted(tensors):
        sha.update(name.encode() + str(tensors[name].shape).encode() + tensors[name].tobytes())
    return sha.hexdigest()[:16]
