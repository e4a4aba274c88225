"""Whether what is to befall a life falls into it: a perturbation that comes later would be reported and never felt."""

from __future__ import annotations

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule


def check_befalls(schedule: FaultSchedule, steps: int, flag: str) -> None:
    """Refuse what begins after a life of `steps` control steps.

    Args:
        schedule: what is to befall it.
        steps: that it lasts, at most.
        flag: that lengthens it, such as `--steps`.

    Raises:
        BadInputError: with the first that begins too late.
    """
    begins = [(f"{fault.kind} at step {fault.start}", fault.start) for fault in schedule.faults]
    begins += [(f"zeroed weights at step {wipe.step}", wipe.step) for wipe in schedule.ablations]
    if schedule.stop_plasticity is not None:
        begins.append((f"stop of plasticity at step {schedule.stop_plasticity}", schedule.stop_plasticity))
    for what, start in begins:
        if start >= steps:
            raise BadInputError(
                f"{what}: the life ends before, after {steps} steps: begin earlier, or live longer with {flag}"
            )
