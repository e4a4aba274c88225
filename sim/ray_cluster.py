"""Reaching Ray: a cluster at an address, or a Ray of one's own on this machine.

Ray reads its environment when it is imported and when it starts. A Ray of one's own listens on the loopback interface
alone, sends no usage statistics and serves no dashboard unless asked.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import socket
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from hebb_controller.errors import BadInputError, MissingExtraError, RunFailedError

#: Memory of a Ray of one's own for what it passes around, in [bytes]: a few search points. Its own choice is a third
#: of the machine's memory.
OBJECT_STORE = 128 * 2**20

_QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}
#: Despite its name this works on Linux too: a Ray that may not form clusters takes 127.0.0.1 for its own address, and
#: then its servers listen on the loopback interface only. `_node_ip_address="127.0.0.1"` is replaced by Ray.
#: Its workers are as important as local ones, where Ray would give way to everything else on the machine (nice 15).
_OWN = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_worker_niceness": "0"}
#: What to say where Ray's own words would not help.
_NONE = {
    "": "it could not be started here; its own words are in /tmp/ray/session_latest/logs",
    "auto": "this machine belongs to none (`ray start --head` begins one, `ray start --address HOST:6379` joins one)",
}
#: How long an address may take to answer, in [s].
KNOCK_TIMEOUT = 10.0


def import_ray(own: bool) -> ModuleType:
    """Return the package.

    Args:
        own: a Ray of one's own is wanted, on the loopback interface; this counts for the first import in a process.

    Raises:
        MissingExtraError: it is not installed.
    """
    with _environment(_QUIET | (_OWN if own else {})):
        try:
            # By name: its own annotations are not ours to check.
            return importlib.import_module("ray")
        except ImportError as error:
            raise MissingExtraError("ray", "ray") from error


def join(address: str, nb_workers: int, dashboard: bool = False) -> ModuleType:
    """Connect this process to a cluster, or start a Ray of one's own; return the package, connected.

    Args:
        address: `auto` for the cluster that this machine belongs to, HOST:PORT, or empty for a Ray of one's own.
        nb_workers: CPUs of a Ray of one's own.
        dashboard: serve the dashboard of a Ray of one's own.

    Raises:
        BadInputError: not an address, or a dashboard that is not installed.
        MissingExtraError: Ray is not installed.
        RunFailedError: no cluster there, or it could not be joined or started.
    """
    _knock(address)
    if dashboard and importlib.util.find_spec("aiohttp_cors") is None:
        raise BadInputError("the dashboard needs more than Ray itself: pip install 'ray[default]'")
    ray = import_ray(own=not address)
    # The terminal belongs to the progress bar; every process's output is in Ray's session folder.
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR", "namespace": "hebb"}
    if address:
        options |= {"address": address}
    else:
        options |= {"address": "local", "num_cpus": nb_workers, "include_dashboard": dashboard}
        options |= {"object_store_memory": OBJECT_STORE}
    try:
        with _environment(_QUIET | ({} if address else _OWN)):
            ray.init(**options)
    except Exception as error:  # Ray raises the base class itself, for a node that is slow to start among others
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        what = f"no Ray cluster: {_NONE[address]} ({reason})" if address in _NONE else f"Ray at {address}: {reason}"
        raise RunFailedError(what) from error
    return ray


def _knock(address: str) -> None:
    """Refuse an address where nothing listens: Ray itself would try for minutes and fill the terminal with warnings."""
    if address in _NONE or "://" in address:
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise BadInputError(f"address {address!r}: must be auto or HOST:PORT, such as 10.0.0.5:6379")
    try:
        socket.create_connection((host, int(port)), KNOCK_TIMEOUT).close()
    except (OSError, OverflowError) as error:
        raise RunFailedError(
            f"no Ray cluster at {address}: {error} (on its first machine: `ray start --head --port={port}`, and a "
            "firewall that lets this one in)"
        ) from error


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for a while; what the user has set stays."""
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
