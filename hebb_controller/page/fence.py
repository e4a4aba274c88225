"""Keeps the page to those whom it is for: no tunnel to the outside, no other site's scripts.

viser lets any client ask for a public tunnel to the server, and takes connections from any web page that the same
browser has open. Both would let a stranger at the robot.

That a page comes from here cannot be told from Origin and Host alone: a stranger's name that is made to point at this
machine (DNS rebinding) stands in both. Where the page is bound to loopback, nobody can call it by another name than
loopback's own.
"""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any
from urllib.parse import urlsplit


def fence(server: Any, bound: str) -> None:
    """Shut both doors of a viser server that has just been made, bound to the address `bound`."""
    from viser import _messages

    inner = server._websock_server
    for message in (_messages.ShareUrlRequest, _messages.ShareUrlDisconnect):
        inner.unregister_handler(message)

    def turn_away(connection: Any) -> None:
        live = inner._live_connections.get(connection.client_id)
        headers = getattr(getattr(live, "request", None), "headers", {})
        if not same_site(headers.get("Origin"), headers.get("Host"), bound):
            asyncio.get_running_loop().create_task(live.close(1008, "another site's page"))

    inner.on_client_connect(turn_away)


def same_site(origin: str | None, host: str | None, bound: str) -> bool:
    """Return True if a connection comes from a page of this server, or from no page at all.

    Args:
        origin: the site of the page that connects, as its browser says; None: no browser.
        host: what the server was called by.
        bound: address that it is bound to.
    """
    if _is_loopback(bound) and not _is_loopback(_hostname(host)):
        return False
    return origin is None or (host is not None and urlsplit(origin).netloc.lower() == host.lower())


def _hostname(host: str | None) -> str:
    """Return a Host header without its port; empty where there is none that can be read."""
    try:
        return urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:  # a bracket that does not close
        return ""


def _is_loopback(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:  # a name
        return False
