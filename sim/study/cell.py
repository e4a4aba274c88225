"""What a study asks for: lives of one evolved rulebook under one treatment, written as plain values."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hebb_controller.fault_schedule import FaultSchedule, parse_schedule

#: Default seed of all studies: treatments and rulebooks meet the same bodies, start weights and noise.
SEED = 0


@dataclass(frozen=True)
class Cell:
    """A number of lives of one rulebook under one treatment. Lives of all cells share their seeds: they are paired.

    Attributes:
        condition: what was evolved: a folder of the evolutions, or `shipped/NAME`.
        evolution: the evolution's seed; 0 for a shipped rulebook.
        treatment: the study's own word for what is done here.
        episodes: number of lives.
        horizon: control steps per life; 0: the task's own length.
        body: name of the body.
        faults: of the actuators, written `KIND[=NUMBER]@START:STOP[@JOINT,JOINT]`.
        wipes: of the weights, written `SHARE@STEP`, or `layer=K@STEP` for one whole layer.
        stop_plasticity: first step without plasticity; None: it never stops.
        average: weights that stop are set to their mean over so many steps before; 0: they stay as they are.
        onset: step at which the treatment begins, from which recovery is counted where nothing ends; None: as the
            faults say.
        start: the first weights: see `start_weights.py`.
        surgery: a change to the rules before the life: see `surgery.py`.
        randomise: draw body, ground, servos and sensors anew in every life (servo robots).
        engine: the physics: `bullet` or `mujoco`.
        extra_latency: added to the servos', in [s].
        control_rate: in [Hz]; 0: the robot's own.
        noise: factor on all sensor noise and bias.
        probe: what is measured beside the figures of a life: see `probes.py`.
        seed: everything random derives from it.
    """

    condition: str
    evolution: int
    treatment: str
    episodes: int
    horizon: int = 0
    body: str = "intact"
    faults: tuple[str, ...] = ()
    wipes: tuple[str, ...] = ()
    stop_plasticity: int | None = None
    average: int = 0
    onset: int | None = None
    start: str = "own"
    surgery: str = ""
    randomise: bool = True
    engine: str = "bullet"
    extra_latency: float = 0.0
    control_rate: float = 0.0
    noise: float = 1.0
    probe: str = ""
    seed: int = SEED

    @property
    def schedule(self) -> FaultSchedule:
        """What befalls every life; wiped layers apart.

        Raises:
            BadInputError: a text that cannot be read.
        """
        shares = [text for text in self.wipes if not text.startswith("layer=")]
        return parse_schedule(faults=self.faults, zero=shares, stop_plasticity=self.stop_plasticity)

    @property
    def wiped_layers(self) -> tuple[tuple[int, int], ...]:
        """Layer and step of every whole layer that becomes zero."""
        texts = [text.removeprefix("layer=").split("@") for text in self.wipes if text.startswith("layer=")]
        return tuple((int(layer), int(step)) for layer, step in texts)

    def as_dict(self) -> dict[str, Any]:
        """Return what differs from the defaults as plain values."""
        values: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.default is dataclasses.MISSING or value != field.default:
                values[field.name] = list(value) if isinstance(value, tuple) else value
        return values

    @cached_property
    def name(self) -> str:
        """A short hash of everything above: two cells of one name live the same lives."""
        text = json.dumps(self.as_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
