"""The sections of a protocol: each notes what is wrong with it, none stops the reading."""

from __future__ import annotations

import dataclasses
import math
import re

from hebb_controller.errors import BadInputError
from hebb_controller.live_faults import split_faults
from hebb_controller.robot_fields import Fields
from hebb_controller.trials.protocol import (
    DISTANCES,
    KINDS,
    STAGES,
    AbortLimits,
    Condition,
    Distance,
    Perturbation,
    Serial,
    StagePlan,
)

#: What may name a folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
#: A run is no longer than this, in [s].
LONGEST = 3600.0
#: What the stages below the last one do unless told: every condition once, in short runs, in [s].
_SHORT = 10.0
_MOST = 1000
#: At which faults are tried, in [Hz]; the robot's own rate is not known yet.
_TRIED_AT = 50.0


def read_conditions(top: Fields) -> tuple[Condition, ...]:
    """Return the conditions."""
    found: list[Condition] = []
    for section in top.sections("conditions"):
        kind = section.choice("kind", tuple(KINDS))
        made = Condition(
            name=named(section, "name", kind),
            kind=kind,
            rulebook=section.text("rulebook") if kind == "static" else section.text("rulebook", ""),
        )
        if kind == "stopped":
            made = dataclasses.replace(made, after=section.number("after_s", 0.0, LONGEST, above=True))
        if kind == "random":
            made = dataclasses.replace(made, rule_seed=whole(section, "rule_seed", 0, 2**31 - 1, 0))
        if kind == "sine":
            made = dataclasses.replace(
                made,
                frequency=section.number("frequency_hz", 0.0, 10.0, 1.5, above=True),
                stride=section.number("stride_m", 0.0, 1.0, 0.0),
                lift=section.number("lift_m", 0.0, 1.0, 0.0),
            )
        if any(made.name == other.name for other in found):
            section.note("name", f"{made.name!r} is the name of two conditions: give each its own")
        found.append(made)
    return tuple(found)


def read_stages(top: Fields, duration: float) -> dict[str, StagePlan]:
    """Return what each stage does."""
    given = {"ground": StagePlan(whole(top, "repetitions", 1, _MOST, 1), duration)}
    short = StagePlan(1, min(duration, _SHORT))
    given = {stage: given.get(stage, short) for stage in STAGES}
    if not top.has("stages"):
        top.raw("stages")
        return given
    sections = top.section("stages")
    for stage in STAGES[:-1]:
        if sections.has(stage):
            section = sections.section(stage)
            given[stage] = StagePlan(
                whole(section, "repetitions", 1, _MOST, 1),
                section.number("duration_s", 0.0, LONGEST, short.duration, above=True),
            )
        else:
            sections.raw(stage)
    return given


def read_perturbations(top: Fields, duration: float) -> tuple[Perturbation, ...]:
    """Return what befalls a run, in the order of time."""
    if not top.has("perturbations"):
        top.raw("perturbations")
        return ()
    found = []
    for section in top.sections("perturbations"):
        joints = section.raw("joints") or []
        if not isinstance(joints, list) or not all(isinstance(joint, str) for joint in joints):
            section.note("joints", "must be a list of joints")
            joints = []
        made = Perturbation(
            at=section.number("at_s", 0.0, LONGEST),
            fault=section.text("fault", ""),
            duration=section.number("duration_s", 0.0, LONGEST, 0.0),
            joints=tuple(joints),
            operator=section.text("operator", ""),
        )
        if bool(made.fault) == bool(made.operator):
            section.note("", "give either fault or operator")
        elif made.fault:
            try:
                split_faults([fault_text(made, 0, _TRIED_AT)])
            except BadInputError as error:
                section.note("fault", str(error))
        if made.at >= duration:
            section.note("at_s", f"{made.at:g}: the run is over at {duration:g} s")
        found.append(made)
    return tuple(sorted(found, key=lambda made: made.at))


def fault_text(made: Perturbation, offset: int, rate: float) -> str:
    """Return a fault as `faults:=` of a launch takes it.

    Args:
        made: a perturbation that is a fault.
        offset: control steps from the first command to second 0 of the run.
        rate: control steps per second, in [Hz].
    """
    start = offset + round(made.at * rate)
    if made.fault.startswith("wipe="):
        return f"{made.fault}@{start}"
    stop = "" if made.duration == 0.0 else str(offset + round((made.at + made.duration) * rate))
    joints = f"@{','.join(made.joints)}" if made.joints else ""
    return f"{made.fault}@{start}:{stop}{joints}"


def read_limits(top: Fields) -> AbortLimits:
    """Return when a run is ended."""
    if not top.has("abort"):
        top.raw("abort")
        return AbortLimits()
    section, usual = top.section("abort"), AbortLimits()
    return AbortLimits(
        tilt=section.number("tilt_deg", 1.0, 180.0, usual.tilt),
        falls=whole(section, "falls", 0, _MOST, usual.falls),
        temperature=section.number("temperature_c", 0.0, 200.0, usual.temperature),
        supply=section.number("supply_v", 0.0, 100.0, usual.supply),
        silence=section.number("silence_s", 0.0, 60.0, usual.silence),
        attempts=whole(section, "attempts", 1, _MOST, usual.attempts),
    )


def read_distance(top: Fields, backend: str) -> Distance:
    """Return what measures the distance."""
    usual = "ground_truth" if backend == "sim" else "operator"
    if not top.has("distance"):
        top.raw("distance")
        return Distance(usual)
    section = top.section("distance")
    source = section.choice("source", DISTANCES, usual)
    if source == "ground_truth" and backend != "sim":
        section.note("source", "ground_truth: only a simulator knows it")
    if source != "topic":
        return Distance(source)
    return Distance(source, section.text("topic"), section.choice("kind", ("odometry", "pose"), "odometry"))


def read_serial(top: Fields, backend: str) -> Serial:
    """Return how the robot is wired."""
    if backend != "serial":
        if top.raw("serial") is not None:
            top.note("serial", "needs backend: serial")
        return Serial()
    section = top.section("serial")
    return Serial(
        section.text("port"),
        section.text("protocol", ""),
        section.text("imu_port", ""),
        section.text("calibration", ""),
        flag(section, "emulated", False),
    )


def named(section: Fields, key: str, default: str | None = None) -> str:
    """Return a name that may name a folder."""
    name = section.text(key, default)
    if name and not _NAME.fullmatch(name):
        section.note(key, f"{name!r}: it names a folder: up to 64 letters, digits, '-', '_' and '.'")
    return name


def whole(section: Fields, key: str, lowest: int, highest: int, default: int) -> int:
    """Return a whole number."""
    number = section.number(key, lowest, highest, default)
    if number != math.floor(number):
        section.note(key, f"{number:g}: must be a whole number")
    return int(number)


def flag(section: Fields, key: str, default: bool) -> bool:
    """Return true or false."""
    value = section.raw(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        section.note(key, f"must be true or false, not {value!r}")
    return bool(value)
