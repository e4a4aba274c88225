"""One step of a plastic network as an ONNX graph: weights go in and come out, so that any runtime can live the life.

Inputs: `observation` of shape `(nb_inputs,)` and per layer `weights.K` of shape `(post, pre)`. Outputs: `action` of
shape `(nb_outputs,)` and per layer `next_weights.K`, to be fed back in the next step. All float32. The folded
coefficients are constants of the graph; of shared rules the file holds the table and the numbers of the rules, from
which a runtime that folds constants, as onnxruntime does, gathers them once, at loading. The model's metadata holds
`hebb`, a JSON object: what the rulebook says about robot, layout, normalisation, filter and rate, and its digest.

The graph is built node by node, which needs neither torch nor tracing. Activations stay rows of shape `(1, units)`:
onnxruntime's matrix-vector product and broadcasts are twice as fast that way as with columns.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import MissingExtraError, RulebookError
from hebb_controller.gru import GRU
from hebb_controller.kernel import CAP_BOUND, LIMIT, TINY, VARIANCE_EPSILON
from hebb_controller.rulebook import Rulebook
from hebb_controller.rulebook_file import write_atomically
from hebb_controller.rules import Rule, fold
from hebb_controller.shared_rules import SharedRules

OPSET = 18
IR_VERSION = 8


def export_onnx(rulebook: Rulebook, path: Path) -> Path:
    """Write one step of the rulebook's network as ONNX, atomically, and return the path.

    Raises:
        RulebookError: the rulebook does not hold together, or is one that no graph is built for (`onnx_step`).
        MissingExtraError: onnx is not installed.
    """
    rulebook.check()
    return write_atomically(Path(path), onnx_step(rulebook))


def onnx_step(rulebook: Rulebook) -> bytes:
    """Return one step of the rulebook's network as the bytes of an ONNX model.

    Raises:
        RulebookError: a recurrent network, or a slower clock: the graph hands on weights and nothing else.
        MissingExtraError: onnx is not installed.
    """
    if rulebook.rule == GRU:
        raise RulebookError("rule gru: its hidden state has no place in the ONNX graph yet, run the rulebook itself")
    if (rulebook.update_every, rulebook.average_over) != (1, 1):
        raise RulebookError(
            f"update every {rulebook.update_every}, average over {rulebook.average_over}: the ONNX graph changes its "
            "weights at every step from that step alone, run the rulebook itself"
        )
    if rulebook.front_end is not None or rulebook.outputs != "tanh":
        raise RulebookError(
            f"rulebook for {rulebook.robot!r}, which sees pixels: the ONNX graph has neither convolutions nor linear "
            "outputs yet, run the rulebook itself"
        )
    graph = _Graph()
    x = graph.finite(graph.value("observation", (rulebook.layer_sizes[0],)))
    x = graph.node("Unsqueeze", x, graph.constant(np.array([0], dtype=np.int64)))
    table = graph.table(rulebook)
    nb_layers = len(rulebook.layer_sizes) - 1
    for k in range(nb_layers):
        shape = (rulebook.layer_sizes[k + 1], rulebook.layer_sizes[k])
        w = graph.value(f"weights.{k}", shape)
        y = graph.node("Tanh", graph.node("Gemm", x, w, transB=1))
        changed = w
        if not rulebook.static:
            changed = graph.changed(w, graph.folded(rulebook, k, table), x, y)
            changed = graph.normalised(changed, shape, rulebook.normalisation)
        graph.output(f"next_weights.{k}", changed, shape)
        x = y
    action = graph.node("Squeeze", x, graph.constant(np.array([0], dtype=np.int64)))
    graph.output("action", action, (rulebook.layer_sizes[-1],))
    names = ("rule", "layer_sizes", "normalisation", "robot", "robot_hash", "layout", "layout_version")
    header = {name: getattr(rulebook, name) for name in (*names, "action_filter", "control_rate", "digest")}
    return graph.model({"hebb": json.dumps(header)})


class _Graph:
    # Names tensors, so that nodes can be written as nested calls.

    def __init__(self) -> None:
        try:
            import onnx
        except ImportError as error:
            raise MissingExtraError("onnx", "onnx") from error
        self._onnx = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def value(self, name: str, shape: Sequence[int]) -> str:
        self._inputs.append(self._onnx.helper.make_tensor_value_info(name, self._onnx.TensorProto.FLOAT, shape))
        return name

    def constant(self, array: npt.ArrayLike) -> str:
        name = f"constant.{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def scalar(self, number: float) -> str:
        name = f"constant.{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.array(number, dtype=np.float32), name))
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator}.{len(self._nodes)}"
        self._nodes.append(self._onnx.helper.make_node(operator, inputs, [name], **attributes))
        return name

    def output(self, name: str, source: str, shape: Sequence[int]) -> None:
        self._nodes.append(self._onnx.helper.make_node("Identity", [source], [name]))
        self._outputs.append(self._onnx.helper.make_tensor_value_info(name, self._onnx.TensorProto.FLOAT, shape))

    def finite(self, x: str) -> str:
        # NaN is not below infinity, nor is infinity: both become 0.
        good = self.node("Less", self.node("Abs", x), self.scalar(np.inf))
        return self.held(self.node("Where", good, x, self.scalar(0.0)), float(LIMIT))

    def held(self, x: str, bound: float) -> str:
        return self.node("Clip", x, self.scalar(-bound), self.scalar(bound))

    def table(self, rulebook: Rulebook) -> list[str]:
        """Return what names A', B', C', D' of shared rules; nothing where rules are not shared."""
        if not isinstance(rulebook.encoded, SharedRules):
            return []
        return [self.constant(term) for term in rulebook.encoded.folded(Rule.named(rulebook.rule))]

    def folded(self, rulebook: Rulebook, layer: int, table: Sequence[str]) -> list[str]:
        """Return what names A', B', C', D' of a layer, each of shape `(post, pre)`."""
        if not isinstance(rulebook.encoded, SharedRules):
            return [self.constant(term) for term in fold(Rule.named(rulebook.rule), rulebook.coefficients[layer])]
        # Unsigned in the file, as small as in the rulebook; Gather wants signed numbers.
        numbers = self.constant(rulebook.encoded.assignment[layer])
        signed = self.node("Cast", numbers, to=self._onnx.TensorProto.INT32)
        return [self.node("Gather", term, signed) for term in table]

    def changed(self, w: str, folded: Sequence[str], x: str, y: str) -> str:
        a, b, c, d = folded
        o_j = self.node("Transpose", y, perm=[1, 0])
        with_pre = self.node("Mul", self.node("Add", self.node("Mul", a, o_j), b), x)
        without = self.node("Add", self.node("Mul", c, o_j), d)
        return self.node("Sum", w, with_pre, without)

    def normalised(self, w: str, shape: tuple[int, int], normalisation: str) -> str:
        w = self.held(w, 1.0 if normalisation == "clip" else float(LIMIT))
        if normalisation == "max":
            largest = self.node("ReduceMax", self.node("Abs", w), keepdims=0)
            positive = self.node("Greater", largest, self.scalar(float(TINY)))
            return self.node("Div", w, self.node("Where", positive, largest, self.scalar(1.0)))
        if normalisation == "cap":
            largest = self.node("ReduceMax", self.node("Abs", w), keepdims=0)
            bound = self.scalar(float(CAP_BOUND))
            return self.node("Mul", w, self.node("Div", bound, self.node("Max", largest, bound)))
        if normalisation == "var":
            centred = self.node("Sub", w, self.node("ReduceMean", w, keepdims=0))
            total = self.node("ReduceSumSquare", centred, keepdims=0)
            variance = self.node("Div", total, self.scalar(max(shape[0] * shape[1] - 1, 1)))
            return self.node(
                "Div", centred, self.node("Sqrt", self.node("Add", variance, self.scalar(VARIANCE_EPSILON)))
            )
        return w

    def model(self, metadata: dict[str, str]) -> bytes:
        helper = self._onnx.helper
        graph = helper.make_graph(self._nodes, "plastic_step", self._inputs, self._outputs, self._constants)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="hebb-controller",
        )
        helper.set_model_props(model, metadata)
        self._onnx.checker.check_model(model)
        return bytes(model.SerializeToString())
