"""Hebb: a controller that learns while it walks.

The core runs on numpy and numba alone: no ROS, no physics engine, no torch at import.
"""

from hebb_controller.errors import HebbError
from hebb_controller.network import PlasticNetwork
from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller.rules import Rule

__version__ = "0.1.0"
__all__ = ["HebbError", "PlasticNetwork", "Rule", "Rulebook", "__version__", "load_rulebook"]
