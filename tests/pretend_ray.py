"""A stand-in for Ray in one process: calls run at once when they are waited for, and workers are lost on command."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any


class RayError(Exception):
    """As Ray's: a worker or a machine is gone."""


class RayTaskError(RayError):
    """As Ray's: the call itself raised."""


class PretendRay:
    """What `RayEngine` uses of the package.

    Args:
        is_lost: called with method name and arguments before every call; True: the worker is gone before it answers.
    """

    def __init__(self, is_lost: Callable[[str, tuple[Any, ...]], bool] = lambda *_: False) -> None:
        self.exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)
        self.killed: list[Any] = []
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self._is_lost = is_lost

    def put(self, value: Any) -> Any:
        return value

    def remote(self, **_: Any) -> Callable[[type], Any]:
        return lambda kind: SimpleNamespace(remote=lambda *arguments: _Actor(self, kind(*arguments)))

    def wait(self, pending: list[Any], num_returns: int, timeout: float | None) -> tuple[list[Any], list[Any]]:
        assert num_returns == 1
        return pending[:1], pending[1:]

    def get(self, call: _Call) -> Any:
        self.calls.append((call.method, call.arguments))
        if self._is_lost(call.method, call.arguments):
            raise RayError("The actor died unexpectedly before finishing this task.")
        try:
            return getattr(call.actor.inside, call.method)(*call.arguments)
        except Exception as error:
            raise RayTaskError(f"ray::HebbMember.{call.method}()\n{type(error).__name__}: {error}") from error

    def kill(self, actor: Any) -> None:
        self.killed.append(actor)

    def shutdown(self) -> None:
        pass


class _Call:
    def __init__(self, actor: _Actor, method: str, arguments: tuple[Any, ...]) -> None:
        self.actor, self.method, self.arguments = actor, method, arguments


class _Actor:
    def __init__(self, ray: PretendRay, inside: Any) -> None:
        self.inside = inside

    def __getattr__(self, method: str) -> Any:
        return SimpleNamespace(remote=lambda *arguments: _Call(self, method, arguments))
