"""Starts processes, prefixes what they print, and ends all of them when one that matters ends.

Where what they print cannot be written any more (`hebb launch | head`, a full disk), it is drained all the same, lest
one of them wait for ever in the middle of a print, and everything ends.

Nothing outlives it: on Ctrl-C, SIGTERM or SIGHUP every child gets SIGINT, then SIGTERM, then SIGKILL within two
seconds; and should the supervisor itself be killed, the kernel kills the children (PR_SET_PDEATHSIG, prctl(2)).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TextIO

#: After the first SIGINT: when SIGTERM, and when SIGKILL follows, in [s].
TERM_AFTER, KILL_AFTER = 1.0, 1.7
#: Asks the kernel to kill this process when its parent dies, then becomes the command. A parent that died before the
#: question was asked shows in the parent's id.
_LEASH = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]): sys.exit(1)
if sys.argv[2] == "later": signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
os.execvp(sys.argv[3], sys.argv[3:])
"""


@dataclass(frozen=True)
class Command:
    """One child.

    Attributes:
        name: what its lines are prefixed with.
        words: the command line.
        critical: True: when it ends, everything ends.
        late_interrupt: True: SIGINT waits until the child unblocks it, as `run_node` does. Python that is interrupted
            while it still imports would tell so at length, over the one line that says what is wrong with another.
    """

    name: str
    words: tuple[str, ...]
    critical: bool = False
    late_interrupt: bool = False


@dataclass(frozen=True)
class Ending:
    """How it ended.

    Attributes:
        name: of the critical child that ended first; `output` if what they print cannot be written any more; empty if
            somebody interrupted.
        code: its exit code.
        why: what is wrong with the output; empty otherwise.
    """

    name: str
    code: int
    why: str = ""

    @property
    def reason(self) -> str:
        """How a bad end is told, in a few words."""
        return self.why or f"{self.name} ended with code {self.code}"


class _Outlet:
    """Where the children's lines go, from as many threads as there are children.

    Attributes:
        failure: why it takes no more; empty while it does.
    """

    def __init__(self, out: TextIO) -> None:
        self._out, self._lock = out, threading.Lock()
        self.failure = ""

    def print(self, line: str) -> None:
        with self._lock:
            if self.failure:
                return
            try:
                print(line, file=self._out, flush=True)
            except (OSError, ValueError) as error:  # ValueError: it is closed
                self.failure = f"the output takes no more: {getattr(error, 'strerror', None) or error}"
                if self._out is sys.stdout:
                    with contextlib.suppress(OSError, ValueError):  # what is still in its buffer has somewhere to go
                        os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())


def supervise(commands: Sequence[Command], environment: Mapping[str, str], out: TextIO | None = None) -> int:
    """Run commands until a critical one ends or somebody interrupts; return the exit code.

    Returns:
        0 if a critical child ended with 0 by itself or the user interrupted, 1 otherwise: also when nobody reads on.
    """
    ending = supervise_until(commands, environment, out)
    if ending.code == 0:
        return 0
    with contextlib.suppress(OSError):  # who has left may have taken this with him
        print(f"{ending.reason}: stopping everything", file=sys.stderr, flush=True)
    return 1


def supervise_until(
    commands: Sequence[Command], environment: Mapping[str, str], out: TextIO | None = None, linger: float = 0.0
) -> Ending:
    """Run commands until a critical one ends or somebody interrupts; return which it was.

    Args:
        commands: what to run.
        environment: of the children.
        out: takes their lines; None: standard output.
        linger: how long the others live on after the one that ended, in [s]: a recorder has time to write what has
            reached it.
    """
    outlet = _Outlet(sys.stdout if out is None else out)
    width = max(len(command.name) for command in commands)
    asked: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda number, _: asked.append(number)) for number in numbers}
    children: list[tuple[Command, subprocess.Popen[bytes]]] = []
    threads: list[threading.Thread] = []
    ending = Ending("", 0)
    try:
        for command in commands:
            child = _start(command, environment)
            children.append((command, child))
            thread = threading.Thread(target=_relay, args=(child.stdout, command.name.ljust(width), outlet))
            thread.start()
            threads.append(thread)
        ended = None
        while not asked and ended is None and not outlet.failure:
            time.sleep(0.02)
            ended = next(((c, p) for c, p in children if c.critical and p.poll() is not None), None)
        if ended is not None and not asked:
            ending = Ending(ended[0].name, ended[1].returncode)
            time.sleep(linger)
        elif outlet.failure and not asked:
            ending = Ending("output", 1, outlet.failure)
    finally:
        _stop([child for _, child in children])
        for thread in threads:
            thread.join(1.0)
        for number, handler in before.items():
            signal.signal(number, handler)
    return ending


def _start(command: Command, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _LEASH, str(os.getpid()), "later" if command.late_interrupt else "now", *command.words],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a terminal's Ctrl-C reaches the supervisor alone, which passes it on in order
    )


def _relay(source: IO[bytes] | None, prefix: str, outlet: _Outlet) -> None:
    assert source is not None
    for line in iter(source.readline, b""):  # the last line may lack its end: readline returns it all the same
        text = line.decode(errors="replace").rstrip("\r\n")
        outlet.print(f"[{prefix}] {text}")
    source.close()


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    began = time.monotonic()
    for number, until in ((signal.SIGINT, TERM_AFTER), (signal.SIGTERM, KILL_AFTER), (signal.SIGKILL, 30.0)):
        for child in children:
            if child.poll() is None:
                _signal_group(child, number)
        while any(child.poll() is None for child in children) and time.monotonic() - began < until:
            time.sleep(0.01)
    for child in children:
        _signal_group(child, signal.SIGKILL)  # what a child has left behind in its session


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return  # gone, and its group with it
