"""An exported plastic network run by onnxruntime, behind the same seam as `PlasticNetwork`.

It shows what the exported file does wherever onnxruntime goes; on a machine that runs this package, the numba kernel of
`PlasticNetwork` is several times faster. The weights live in two sets of buffers that the session is bound to: a step
reads one and writes the other, and `adapt` swaps them, so that nothing is copied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.kernel import LIMIT
from hebb_controller.network import PlasticNetwork
from hebb_controller.network_face import take_input
from hebb_controller.rules import FloatArray, checked_weights, weight_shapes


class OnnxNetwork:
    """One plastic network in an onnxruntime session of one thread.

    `act` computes the change of weights along with the action, since the graph is one step; `adapt` puts it into force.
    Hence weights that are written between the two are lost: write them after `adapt`.

    Args:
        source: path of a file that `export_onnx` wrote, or its bytes.

    Attributes:
        header: what the file says about its rulebook.

    Raises:
        BadInputError: not an exported plastic network.
        MissingExtraError: onnxruntime is not installed.
    """

    def __init__(self, source: Path | str | bytes) -> None:
        self._session = _session(source)
        self.header: dict[str, Any] = json.loads(self._session.get_modelmeta().custom_metadata_map.get("hebb", "{}"))
        if not {"layer_sizes", "normalisation", "rule"} <= set(self.header):
            raise BadInputError("this ONNX model is not a plastic network: export one with 'hebb export'")
        self.layer_sizes = tuple(int(n) for n in self.header["layer_sizes"])
        self.normalisation: str = self.header["normalisation"]
        self.plastic = self.header["rule"] != "static"
        self.non_finite_inputs = 0
        self._shapes = weight_shapes(self.layer_sizes)
        self._observation = np.zeros(self.layer_sizes[0], dtype=np.float32)
        self._action = np.zeros(self.layer_sizes[-1], dtype=np.float32)
        self._buffers = [[np.zeros(shape, dtype=np.float32) for shape in self._shapes] for _ in range(2)]
        self._bindings = [
            self._bind(self._buffers[0], self._buffers[1]),
            self._bind(self._buffers[1], self._buffers[0]),
        ]
        self._current = 0
        self._acted = False

    def _bind(self, weights: list[FloatArray], next_weights: list[FloatArray]) -> Any:
        binding = self._session.io_binding()
        inputs = {"observation": self._observation} | {f"weights.{k}": w for k, w in enumerate(weights)}
        outputs = {"action": self._action} | {f"next_weights.{k}": w for k, w in enumerate(next_weights)}
        for name, array in inputs.items():
            binding.bind_input(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        for name, array in outputs.items():
            binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        return binding

    @property
    def nb_synapses(self) -> int:
        """Number of weights in all layers."""
        return sum(post * pre for post, pre in self._shapes)

    @property
    def weights(self) -> list[FloatArray]:
        """The weights as `(post, pre)` arrays, one per layer: views that are good until the next `adapt`."""
        return list(self._buffers[self._current])

    @weights.setter
    def weights(self, layers: Iterable[npt.ArrayLike]) -> None:
        arrays = checked_weights(layers, self._shapes)
        for buffer, w in zip(self._buffers[self._current], arrays, strict=True):
            np.clip(w, -LIMIT, LIMIT, out=buffer)
        self._acted = False

    def reset(self, rng: np.random.Generator | None = None, start: str | Sequence[npt.ArrayLike] = "uniform") -> None:
        """Forget: start from the weights that `PlasticNetwork.reset` would draw; same arguments, same errors."""
        single = PlasticNetwork(self.layer_sizes, None, None)
        single.reset(rng, start)
        self.weights = single.weights

    def forget(self) -> None:
        """Start another life with these weights: an exported network remembers nothing else."""

    def act(self, x: npt.ArrayLike) -> FloatArray:
        """Return the action for the observation `x`, shape `(layer_sizes[0],)`: a copy, shape `(layer_sizes[-1],)`.

        A non-finite input counts as 0 and in `non_finite_inputs`.

        Raises:
            BadInputError: wrong shape.
        """
        take_input(x, self._observation)
        finite = np.isfinite(self._observation)
        if not finite.all():
            self.non_finite_inputs += int(np.count_nonzero(~finite))
        self._session.run_with_iobinding(self._bindings[self._current])
        self._acted = True
        return self._action.copy()

    def adapt(self) -> None:
        """Let the weights of the last `act` come into force: once per `act`, and nothing in a static network."""
        if self.plastic and self._acted:
            self._current = 1 - self._current
        self._acted = False

    def warm_up(self) -> None:
        """Run one step on scratch buffers, so that the first of a control loop is not slower than the others."""
        kept = [w.copy() for w in self.weights]
        self.act(np.zeros(self.layer_sizes[0]))
        self.weights = kept


def _session(source: Path | str | bytes) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError("onnxruntime", "onnx") from error
    options = onnxruntime.SessionOptions()
    # One thread: waking a second one costs more than a step of this size.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = source if isinstance(source, bytes) else str(source)
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base class but this
        raise BadInputError(f"onnxruntime cannot load this model: {' '.join(str(error).split())[:200]}") from error
