"""The most that the settings of an evolution may ask for: beyond it a number is a slip, and no memory holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hebb_controller.errors import BadInputError
from hebb_controller.step_bound import MOST_STEPS

if TYPE_CHECKING:
    from sim.evolve_config import EvolveConfig

#: Units of one layer, and lives or members of one generation.
MOST_UNITS, MOST_LIVES = 1_000_000, 10_000_000


def refuse_absurd(config: EvolveConfig) -> None:
    """Refuse sizes that nothing could hold.

    Raises:
        BadInputError: with the setting, its value and the most that is allowed.
    """
    for name, most, given in (
        ("horizon", MOST_STEPS, (config.horizon,)),
        ("horizon growth", MOST_STEPS, (config.horizon_growth,)),
        ("hidden", MOST_UNITS, config.hidden),
        ("cppn hidden", MOST_UNITS, config.cppn_hidden),
        ("population", MOST_LIVES, (config.es.population,)),
        ("episodes", MOST_LIVES, (config.episodes,)),
        ("evaluate episodes", MOST_LIVES, (config.evaluate_episodes,)),
    ):
        if given and max(given) > most:
            raise BadInputError(f"{name} {max(given)}: must be {most:,} or less")
