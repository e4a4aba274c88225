"""Hebb: a controller that learns while it walks.

The core runs on numpy and numba alone: no ROS, no physics engine, no torch at import. The names below are imported when
they are first asked for: numba takes half a second, and neither `hebb --help` nor the live page's process needs it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hebb_controller.errors import HebbError
    from hebb_controller.network import PlasticNetwork
    from hebb_controller.rulebook import Rulebook, load_rulebook
    from hebb_controller.rules import Rule

__version__ = "0.1.0"
__all__ = ["HebbError", "PlasticNetwork", "Rule", "Rulebook", "__version__", "load_rulebook"]

_HOME = {
    "HebbError": "errors",
    "PlasticNetwork": "network",
    "Rule": "rules",
    "Rulebook": "rulebook",
    "load_rulebook": "rulebook",
}


def __getattr__(name: str) -> Any:
    """Import a name of the package's face."""
    if name not in _HOME:
        raise AttributeError(f"module 'hebb_controller' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"hebb_controller.{_HOME[name]}"), name)
