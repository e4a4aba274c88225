"""What one run of a trial asks of a launch: arguments, parameters of the controller, what the watch looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hebb_controller.trials.plan import PlannedRun
from hebb_controller.trials.protocol import Condition, TrialProtocol
from hebb_controller.trials.protocol_sections import fault_text

WATCH_FILE = "watch.json"


@dataclass(frozen=True)
class RunRequest:
    """What one run needs to know of its trial.

    Attributes:
        protocol: of the trial.
        stage: of the run.
        run: the run.
        rulebook: file or name for this condition.
        rate: of control, in [Hz].
        identity: what run.json is to hold of the trial: hashes and versions.
    """

    protocol: TrialProtocol
    stage: str
    run: PlannedRun
    rulebook: str
    rate: float
    identity: Mapping[str, Any] = field(default_factory=dict)

    @property
    def condition(self) -> Condition:
        """The run's condition."""
        return self.protocol.condition(self.run.condition)

    @property
    def duration(self) -> float:
        """Of the run, in [s]."""
        return self.protocol.stages[self.stage].duration

    @property
    def offset(self) -> int:
        """Control steps from the first command to the moment when the network takes over."""
        return round(self.protocol.ramp_time * self.rate)


def lockstep_of(request: RunRequest) -> bool:
    """Return whether the plant of a run waits for every answer; a shadow answers nobody."""
    return request.protocol.simulated and request.protocol.lockstep and request.stage != "shadow"


def launch_arguments(request: RunRequest) -> dict[str, str]:
    """Return the run's arguments, as `hebb launch` takes them."""
    protocol, stage = request.protocol, request.stage
    given = {
        "backend": protocol.backend,
        "robot": protocol.robot,
        "rulebook": request.rulebook,
        "seed": str(request.run.seed),
        "ramp_time": str(protocol.ramp_time),
        "fade_time": str(protocol.fade_time),
        "record": "true",
        # The operator has armed this very run: without that word nothing is launched.
        "autostart": "true",
    }
    if lockstep_of(request):  # counted in steps, to the bit; elsewhere the watch ends it by its clock
        given["duration"] = str(request.offset + round(request.duration * request.rate))
    if stage != "shadow":
        given["faults"] = ";".join(
            fault_text(made, request.offset, request.rate)
            for made in protocol.perturbations
            if made.fault and made.at < request.duration
        )
    if protocol.simulated:
        # A stand, in simulation: legs that go where they are told, on a body that stays level.
        given["backend"] = {"shadow": "shadow", "suspended": "mock", "ground": "sim"}[stage]
        given["body"] = protocol.body
        given["lockstep"] = str(lockstep_of(request)).lower()
    else:
        serial = protocol.serial
        given |= {
            "port": serial.port,
            "protocol": serial.protocol,
            "imu_port": serial.imu_port,
            "calibration": serial.calibration,
        }
    return given


def controller_parameters(request: RunRequest) -> dict[str, Any]:
    """Return what a condition asks of the controller node beside its rulebook."""
    condition = request.condition
    given: dict[str, Any] = {"max_tilt_deg": request.protocol.abort.tilt}
    if condition.kind == "frozen":
        given["start_plastic"] = False
    elif condition.kind == "stopped":
        given["plasticity_stop"] = request.offset + round(condition.after * request.rate)
    elif condition.kind == "sine":
        given |= {
            "gait": "sine",
            "gait_frequency": condition.frequency,
            "gait_stride": condition.stride,
            "gait_lift": condition.lift,
        }
    return given


def watch_parameters(request: RunRequest, folder: Path) -> dict[str, Any]:
    """Return the parameters of the watch, which writes what it noted into an attempt's folder."""
    protocol, shadow = request.protocol, request.stage == "shadow"
    prompts = [f"{made.at} {made.operator}" for made in protocol.perturbations if made.operator and not shadow]
    return {
        "file": str(folder / WATCH_FILE),
        "robot": protocol.robot,
        "duration": request.duration,
        "ends": not lockstep_of(request),
        "rest": 0.0 if shadow or protocol.simulated else protocol.ramp_time + 1.0,
        "falls": protocol.abort.falls,
        "temperature": protocol.abort.temperature,
        "supply": protocol.abort.supply,
        "silence": protocol.abort.silence,
        "start_within": 30.0 + protocol.ramp_time,
        "prompts": prompts or [""],
        "distance_topic": protocol.distance.topic,
        "distance_kind": protocol.distance.kind,
    }
