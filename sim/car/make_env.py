"""The car's world, made without a window: what is missing is said in one line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hebb_controller.errors import MissingExtraError

if TYPE_CHECKING:
    from sim.car.racing_env import QuickCarRacing


def make_racing(coarseness: int = 1) -> QuickCarRacing:
    """Return a CarRacing world of Gymnasium's newest version, plain colours, continuous actions, no display needed.

    Args:
        coarseness: as in `QuickCarRacing`.

    Raises:
        MissingExtraError: gymnasium or its Box2D is not installed.
    """
    # Set before pygame is imported; a user's own choice stands.
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import_racing()
    from sim.car.racing_env import QuickCarRacing

    return QuickCarRacing(coarseness)


def import_racing() -> None:
    """Refuse a run of the car where its world is not installed.

    Raises:
        MissingExtraError: gymnasium or its Box2D is not installed.
    """
    try:
        from gymnasium.error import DependencyNotInstalled
    except ImportError as error:
        raise MissingExtraError("gymnasium", "car") from error
    try:
        import gymnasium.envs.box2d.car_racing  # noqa: F401
    except (ImportError, DependencyNotInstalled) as error:
        raise MissingExtraError("gymnasium[box2d]", "car") from error
