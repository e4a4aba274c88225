"""Parameters as data: each with a description, a unit, a range, and whether it may change while the node runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from hebb_controller.errors import BadInputError, unknown

#: Declared by rclpy itself.
_OF_EVERY_NODE = ("use_sim_time", "start_type_description_service")


@dataclass(frozen=True)
class ParameterSpec:
    """One parameter.

    Attributes:
        name: its name.
        default: its default, which also fixes its type.
        description: one line, with the unit.
        low: smallest number allowed; None: no bound.
        high: largest number allowed; None: no bound.
        choices: values allowed; empty: any.
        live: True if it may change while the node runs; others are read-only once it is configured.
    """

    name: str
    default: Any
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    live: bool = False

    def descriptor(self) -> ParameterDescriptor:
        """Return it as ROS describes parameters."""
        descriptor = ParameterDescriptor(description=self.description, read_only=not self.live)
        if self.choices:
            descriptor.additional_constraints = f"one of: {', '.join(self.choices)}"
        if self.low is not None and self.high is not None:
            if isinstance(self.default, float):
                bounds = FloatingPointRange(from_value=float(self.low), to_value=float(self.high))
                descriptor.floating_point_range = [bounds]
            else:
                descriptor.integer_range = [IntegerRange(from_value=int(self.low), to_value=int(self.high), step=1)]
        return descriptor


def declare(node: Node, specs: Sequence[ParameterSpec]) -> dict[str, Any]:
    """Declare every parameter and return their values; from then on changes are checked.

    Raises:
        BadInputError: a value out of range or of the wrong type, or one that no parameter takes.
    """
    values = {}
    for spec in specs:
        # rclpy takes an empty list for bytes: a list of one empty text stands for none.
        default = [""] if spec.default == () else spec.default
        try:
            value = node.declare_parameter(spec.name, default, spec.descriptor()).value
        except (ParameterException, RuntimeError) as error:
            raise BadInputError(f"parameter {spec.name}: {' '.join(str(error).split())}") from error
        values[spec.name] = [text for text in value if text] if spec.default == () else value
        _check_choice(spec, values[spec.name])
    names = [spec.name for spec in specs]
    # rclpy keeps overrides that nobody declared and says nothing: a mistyped name would go unnoticed.
    for name in node._parameter_overrides:
        if name not in (*names, *_OF_EVERY_NODE) and not name.startswith("qos_overrides."):
            raise unknown("parameter", name, names)
    by_name = {spec.name: spec for spec in specs}

    def check(changes: list[Parameter]) -> SetParametersResult:
        for change in changes:
            spec = by_name.get(change.name)
            if spec is None:
                continue
            try:
                _check_choice(spec, change.value)
            except BadInputError as error:
                return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(check)
    return values


def _check_choice(spec: ParameterSpec, value: Any) -> None:
    if spec.choices and value not in spec.choices:
        raise unknown(spec.name, str(value), spec.choices)
