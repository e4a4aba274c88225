"""What befell a robot, in words and in file names."""

from __future__ import annotations

from hebb_controller.fault_schedule import FaultSchedule


def perturbation_text(schedule: FaultSchedule) -> str:
    """Return what befell the robot, in words."""
    words = {
        "saturate": "actuators saturated",
        "freeze": "actuators frozen",
        "limp": "joints limp",
        "lock": "joints locked",
        "weak": "joints weak",
        "delay": "commands late",
        "offset": "joints off centre",
    }
    parts = []
    for fault in schedule.faults:
        when = f"from step {fault.start}" if fault.stop is None else f"at steps {fault.start} to {fault.stop}"
        parts.append(f"{words[fault.kind]} {when}" + (f" ({', '.join(fault.joints)})" if fault.joints else ""))
    parts += [f"{100 * a.share:.0f} % of the weights zeroed at step {a.step}" for a in schedule.ablations]
    return ", ".join(parts)


def file_tags(schedule: FaultSchedule) -> list[str]:
    """Return what befell the robot, as parts of a file name."""
    tags = []
    for fault in schedule.faults:
        number = "" if fault.value is None else f"{fault.value:g}"
        joints = "-".join(("", *fault.joints))
        tags.append(f"{fault.kind}{number}-{fault.start}-{'end' if fault.stop is None else fault.stop}{joints}")
    tags += [f"zero{a.share:g}-{a.step}" for a in schedule.ablations]
    if schedule.stop_plasticity is not None:
        tags.append(f"frozen-weights-{schedule.stop_plasticity}")
    return tags
