"""The reference release in a process of its own: it says `ready`, and lives a generation for each line it reads."""

from __future__ import annotations

import subprocess


class ReferenceRelease:
    """A running release.

    Args:
        command: its program and arguments.
        environment: of the process; None: this one's.

    Attributes:
        pid: of the process.
    """

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.pid = self._process.pid
        self._await("ready")

    def generation(self) -> list[str]:
        """Live a generation, and return the numbers that it prints behind `seconds`."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._await("seconds").split()[1:]

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _await(self, word: str) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(word):
                return line
        raise SystemExit("the reference release stopped: see its message above")
