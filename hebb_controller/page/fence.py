"""Keeps the page to those whom it is for: no tunnel to the outside, no other site's scripts.

viser lets any client ask for a public tunnel to the server, and takes connections from any web page that the same
browser has open. Both would let a stranger at the robot.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit


def fence(server: Any) -> None:
    """Shut both doors of a viser server that has just been made."""
    from viser import _messages

    inner = server._websock_server
    for message in (_messages.ShareUrlRequest, _messages.ShareUrlDisconnect):
        inner.unregister_handler(message)

    def turn_away(connection: Any) -> None:
        live = inner._live_connections.get(connection.client_id)
        headers = getattr(getattr(live, "request", None), "headers", {})
        if not same_site(headers.get("Origin"), headers.get("Host")):
            asyncio.get_running_loop().create_task(live.close(1008, "another site's page"))

    inner.on_client_connect(turn_away)


def same_site(origin: str | None, host: str | None) -> bool:
    """Return True if a connection comes from a page of this server, or from no page at all."""
    return origin is None or (host is not None and urlsplit(origin).netloc.lower() == host.lower())
