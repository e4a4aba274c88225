"""Who may command: one visitor at a time. Anyone may stop everything.

On loopback the first visitor holds control, and another one takes it once it is free. Beyond loopback nobody holds it
before showing the token that the server's terminal has printed; who can show that takes it from whoever holds it.
"""

from __future__ import annotations

import hmac
import threading


class ControlDesk:
    """Remembers who holds control.

    Args:
        token: what has to be shown; empty: nothing.
    """

    def __init__(self, token: str = "") -> None:
        self._token = token
        self._lock = threading.Lock()
        self._visitors: set[int] = set()
        self.holder: int | None = None

    @property
    def guarded(self) -> bool:
        """True if control is taken with a token."""
        return bool(self._token)

    def arrive(self, visitor: int) -> None:
        """A visitor has come."""
        with self._lock:
            self._visitors.add(visitor)
            if self.holder is None and not self._token:
                self.holder = visitor

    def leave(self, visitor: int) -> None:
        """A visitor has gone; what it held is free."""
        with self._lock:
            self._visitors.discard(visitor)
            if self.holder == visitor:
                self.holder = None

    def may(self, visitor: int) -> bool:
        """Return True if this visitor may command."""
        with self._lock:
            return self.holder == visitor

    def take(self, visitor: int, token: str = "") -> str:
        """Give control to a visitor; return why not, or nothing."""
        with self._lock:
            if visitor not in self._visitors:
                return "you have left"
            if self._token and not hmac.compare_digest(token.strip().encode(), self._token.encode()):
                return "that is not the token that the server's terminal shows"
            if not self._token and self.holder not in (None, visitor):
                return "another visitor holds control and has not released it"
            self.holder = visitor
            return ""

    def release(self, visitor: int) -> None:
        """Let control go, if this visitor holds it."""
        with self._lock:
            if self.holder == visitor:
                self.holder = None
