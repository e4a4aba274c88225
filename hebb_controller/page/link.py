"""The page in a process of its own, and the two threads that carry frames there and commands back.

In the process of the control loop the page's web server would take the interpreter away from it for milliseconds at a
time. Here the loop leaves a frame in a box and goes on; a page that is slow or gone costs it nothing.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import multiprocessing
import queue
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from hebb_controller.errors import BadInputError, MissingExtraError, RunFailedError
from hebb_controller.page.commands import Command
from hebb_controller.page.frames import Frame, Stage, newer
from hebb_controller.page.pipe_words import Failed, Ready

#: The page has so long to come up, in [s].
STARTUP = 60.0
EVERYWHERE = ("0.0.0.0", "::")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def need_viser() -> None:
    """Refuse to go on without what the page is made with.

    Raises:
        MissingExtraError: viser is not installed.
    """
    if importlib.util.find_spec("viser") is None:
        raise MissingExtraError("viser", "view")


def fresh_token(host: str) -> str:
    """Return a token for who is to command a page on this address; empty on loopback, where none is needed."""
    return "" if host in LOOPBACK else secrets.token_hex(6)


@dataclass(frozen=True)
class PageAddress:
    """Where the page listens and who may command.

    Attributes:
        host: address to bind to.
        port: 0: any that is free.
        token: what a visitor has to type to take control; empty: the first visitor has it.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    token: str = ""

    def check(self) -> None:
        """Refuse what cannot be bound.

        Raises:
            BadInputError: a port out of range or taken, or an address that is none of this machine's.
        """
        if not 0 <= self.port <= 65535:
            raise BadInputError(f"port {self.port}: must lie within 0 and 65535, 0 for any that is free")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((self.host, self.port))
            except OSError as error:
                what = f"port {self.port} on {self.host}: {error.strerror or error}"
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    raise BadInputError(f"{what}; choose another port, or 0 for any that is free") from error
                raise BadInputError(f"{what}; choose an address of this machine, such as 127.0.0.1") from error


class PageLink:
    """A page that runs, seen from the source. Making one starts it; `wait` returns when it answers.

    Args:
        address: where it listens.

    Attributes:
        commands: what visitors ask for, in order.
        failure: why the page is gone; empty while it runs.

    Raises:
        BadInputError: an address that cannot be bound.
        MissingExtraError: viser is not installed.
    """

    def __init__(self, address: PageAddress) -> None:
        need_viser()
        address.check()
        self._address = address
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.failure = ""
        self._port = 0
        self._up = threading.Event()
        self._wake = threading.Condition()
        self._stage: Stage | None = None
        self._frame: Frame | None = None
        self._closing = False
        self._pipe, theirs = multiprocessing.Pipe()
        # Not multiprocessing's own way to start one, which would import this process's main module a second time.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hebb_controller.page", str(theirs.fileno()), address.host, str(address.port)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self._pipe.send(address.token)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Where to point a browser."""
        host = socket.gethostname() if self._address.host in EVERYWHERE else self._address.host
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self._port}"

    def wait(self) -> None:
        """Return when the page answers.

        Raises:
            RunFailedError: it did not come up.
        """
        if not self._up.wait(STARTUP) and not self.failure:
            self.failure = f"it did not come up within {STARTUP:g} s"
        if self.failure:
            self.close()
            raise RunFailedError(f"the page failed: {self.failure}")

    def stage(self, stage: Stage) -> None:
        """Say what there is to see; frames that come later belong to it."""
        with self._wake:
            self._stage, self._frame = stage, None
            self._wake.notify()

    def show(self, frame: Frame) -> None:
        """Leave a frame to be shown, in the place of one that nobody has fetched; never waits."""
        with self._wake:
            self._frame = newer(self._frame, frame)
            self._wake.notify()

    def asked(self) -> Iterator[Command]:
        """Yield what visitors have asked for since the last call; never waits."""
        while True:
            try:
                command = self.commands.get_nowait()
            except queue.Empty:
                return
            yield command

    def close(self) -> None:
        """End the page; safe to call twice."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        try:
            self._process.wait(3.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(3.0)
        self._pipe.close()

    def _send(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or self._stage or self._frame)
                if self._closing:
                    return
                told: Stage | Frame | None = self._stage or self._frame
                if self._stage is not None:
                    self._stage = None
                else:
                    self._frame = None
            try:
                self._pipe.send(told)
            except OSError as error:
                self._gone(f"its process is gone ({error.strerror or error})")
                return

    def _receive(self) -> None:
        while True:
            try:
                told = self._pipe.recv()
            except (EOFError, OSError):
                self._gone("its process has ended")
                return
            if isinstance(told, Ready):
                self._port = told.port
                self._up.set()
            elif isinstance(told, Failed):
                self._gone(told.why)
            else:
                self.commands.put(told)

    def _gone(self, why: str) -> None:
        if not self._closing:
            self.failure = self.failure or why
        self._up.set()
