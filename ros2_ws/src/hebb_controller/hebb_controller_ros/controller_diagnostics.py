"""What the controller node says of itself once a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from hebb_controller.safety import Mode
from hebb_controller_ros.diagnostics import LEVELS, DiagnosticsPublisher, Periods

if TYPE_CHECKING:
    from rclpy.node import Node

    from hebb_controller_ros.control_tick import ControlTick
    from hebb_controller_ros.sensor_pair import SensorPair


class ControllerDiagnostics:
    """The controller's status.

    Args:
        node: what publishes it.
        tick: the controller's ticks.
        pair: the sensor streams.
        period: of the control loop, in [s].
    """

    def __init__(self, node: Node, tick: ControlTick, pair: SensorPair, period: float) -> None:
        self._tick, self._pair = tick, pair
        self._publisher = DiagnosticsPublisher(node, tick.setup.robot.name)
        self.periods = Periods(period)
        self._limited, self._then = 0, time.monotonic()

    def publish(self) -> None:
        """Publish the status."""
        tick = self._tick
        sequencer = tick.sequencer
        network, gate = sequencer.controller.network, sequencer.gate
        now = time.monotonic()
        clamps = max(gate.nb_limited - self._limited, 0) / max(now - self._then, 1e-3)
        self._limited, self._then = gate.nb_limited, now
        reading = self._pair.newest
        entry = tick.mode_entry
        figures = {
            **self.periods.figures(),
            "inference_ms": f"{1e3 * tick.compute:.3f}",
            "joint_state_age_ms": "-" if reading is None else f"{1e3 * (now - reading.joints_heard):.1f}",
            "imu_age_ms": "-" if reading is None else f"{1e3 * (now - reading.imu_heard):.1f}",
            "clamps_per_s": f"{clamps:.1f}",
            "weight_norms": " ".join(f"{float(np.linalg.norm(w)):.4g}" for w in network.snapshot()),
            "non_finite_inputs": str(network.non_finite_inputs),
            "plasticity": str(entry.get("plasticity", "waiting")),
            "life": str(sequencer.life),
            "phase": str(entry.get("phase", sequencer.phase.value)),
            "mode": str(entry.get("mode", "")),
            "stop_reason": str(entry.get("reason", "")),
            "rulebook_digest": tick.setup.book.digest,
        }
        level = LEVELS[Mode(entry["mode"])] if "mode" in entry else LEVELS[Mode.NOMINAL]
        self._publisher.publish(level, str(entry.get("reason", "")), figures)
