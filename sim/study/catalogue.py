"""Which studies there are: the modules of `sim.studies`."""

from __future__ import annotations

import importlib
import pkgutil

from hebb_controller.errors import unknown
from sim import studies
from sim.study.evolutions import SHIPPED, Evolutions, settings_of, training_steps
from sim.study.study import Study, study_of

#: For an estimate of hours: control steps of realant that a core lives in a second, where nothing else runs.
STEPS_PER_SECOND, CORES = 3500, 2


def all_studies() -> dict[str, Study]:
    """Return every study, name -> study, in the order of the page."""
    names = [module.name for module in pkgutil.iter_modules(studies.__path__) if not module.ispkg]
    found = [study_of(importlib.import_module(f"sim.studies.{name}")) for name in names]
    return {study.name: study for study in sorted(found, key=lambda study: study.number)}


def find_study(name: str) -> Study:
    """Return the study called `name`.

    Raises:
        BadInputError: no such study; the message lists them.
    """
    known = all_studies()
    if name not in known:
        raise unknown("study", name, known)
    return known[name]


def listing(evolutions: Evolutions) -> str:
    """Return the studies as a table for a terminal, with the evolutions that each has and wants."""
    lines = []
    for study in all_studies().values():
        have = sum(min(len(evolutions.seeds(name)), wanted) for name, wanted in _evolved(study).items())
        want = sum(_evolved(study).values())
        lines.append(f"{study.number:3d}  {study.name:12s} {study.title}")
        lines.append(f"{'':17s} evolutions: {have} of {want}" if want else f"{'':17s} shipped rulebooks alone")
    lines.append(_what_is_missing(evolutions))
    return "\n".join(lines)


def has_evolved(study: Study) -> bool:
    """Return True if a study stands on evolutions of its own, beyond the rulebooks that come with the project."""
    return bool(_evolved(study))


def _what_is_missing(evolutions: Evolutions) -> str:
    wanted: dict[str, int] = {}
    for study in all_studies().values():
        for name, number in _evolved(study).items():
            wanted[name] = max(number, wanted.get(name, 0))
    missing = {name: max(number - len(evolutions.seeds(name)), 0) for name, number in wanted.items()}
    steps = sum(number * training_steps(settings_of(name, 1)) for name, number in missing.items() if number)
    hours = steps / (CORES * STEPS_PER_SECOND * 3600)
    return (
        f"{sum(missing.values())} of {sum(wanted.values())} evolutions are missing, {steps / 1e6:.0f} M control steps: "
        f"about {hours:.1f} hours on two cores (hebb study --all --evolve)"
    )


def _evolved(study: Study) -> dict[str, int]:
    return {name: wanted for name, wanted in study.needs.items() if not name.startswith(SHIPPED)}
