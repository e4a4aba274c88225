"""The dialogue's terminal: single keys arrive unechoed, the table is drawn over itself, and all is put back."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from calibration.terminal import terminal_talk
with terminal_talk() as talk:
    talk.tell("ready")
    while not (key := talk.key(0.02)):
        pass
    for k in range(3):
        talk.live(["table", f"row {k}"])
    talk.tell(f"key {key!r}")
    while talk.key(0.5) != "\\n":
        pass
    raise KeyboardInterrupt
"""


def read_until(master: int, what: bytes, text: bytes = b"") -> bytes:
    until = time.monotonic() + 20.0
    while what not in text and time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.1)
        if ready:
            text += os.read(master, 4096)
    assert what in text, text
    return text


def test_keys_come_one_by_one_and_the_terminal_is_put_back() -> None:
    master, slave = os.openpty()
    before = termios.tcgetattr(slave)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=slave, stdout=slave, stderr=subprocess.PIPE
    )
    try:
        read_until(master, b"ready")
        during = termios.tcgetattr(slave)
        assert not during[3] & (termios.ECHO | termios.ICANON)
        os.write(master, b"+")
        text = read_until(master, b"key '+'")
        assert text.count(b"table") == 3
        assert text.count(b"\x1b[2F\x1b[J") == 3  # two rows up and wiped: twice by tables, once by the line
        os.write(master, b"x\r")
        assert process.wait(timeout=20) != 0
        assert b"KeyboardInterrupt" in (process.stderr.read() if process.stderr else b"")
        assert termios.tcgetattr(slave) == before
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
        os.close(master)
        os.close(slave)


def test_a_pipe_gives_characters_as_keys_and_shows_no_table() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, input=b"+\n", capture_output=True, timeout=60)
    assert done.stdout.splitlines() == [b"ready", b"key '+'"]
    assert b"KeyboardInterrupt" in done.stderr
