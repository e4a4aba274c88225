"""What runs on a machine of the cluster: one process that holds a `Member` and lives the jobs it is handed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebb_controller.rules import FloatArray
from sim.problem import Job, Life, Member
from sim.versions import versions

#: Packages that a life's last bits depend on; Ray itself refuses another Python.
ALIKE = ("hebb-controller", "numpy", "numba", "pybullet", "mujoco", "gymnasium", "box2d")


class HebbMember:
    """One worker of an evolution, as Ray's dashboard lists it."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._member: Member | None = None

    def hello(self) -> dict[str, str]:
        """Make the member, and return the versions of what its numbers depend on."""
        self._member = self._life.member()
        return alike()

    def live(self, mean: FloatArray, jobs: Sequence[Job]) -> list[tuple[float, int, str]]:
        """Return fitness, control steps and error text of every job.

        Args:
            mean: the search point, shape `(size,)`, read-only memory that all workers of a machine share.
            jobs: one or more jobs of a generation.
        """
        assert self._member is not None
        # A copy: compiled code tells read-only arrays apart.
        mean = np.array(mean)
        return [_lived(self._member, mean, job) for job in jobs]


def alike() -> dict[str, str]:
    """Return the versions that must be the same on every machine."""
    found = versions("mujoco", "gymnasium", "box2d")
    return {name: found[name] for name in ALIKE}


def _lived(member: Member, mean: FloatArray, job: Job) -> tuple[float, int, str]:
    try:
        return member.live(mean, job)
    except Exception as error:  # a local worker would die of it, and cost the same one member
        return float("nan"), 0, f"{type(error).__name__}: {error}"
