"""The page's process: frames from the pipe to the page, commands from the page to the pipe."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection

from hebb_controller.errors import HebbError
from hebb_controller.page.commands import Command
from hebb_controller.page.frames import Frame, Stage, newer
from hebb_controller.page.page import Page
from hebb_controller.page.pipe_words import Failed, Ready

#: The control loop comes first: the page gives way by so much.
NICENESS = 5
#: When no frame has come for so long, what is still to be drawn of the last one is drawn, in [s].
SETTLE = 0.25


def serve(pipe: Connection, host: str, port: int, token: str) -> None:
    """Run the page until the pipe says None or closes; what goes wrong goes back through it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the source's process hears it and closes the page
    os.nice(NICENESS)
    sending = threading.Lock()

    def emit(command: Command) -> None:
        with sending:
            pipe.send(command)

    try:
        page = Page(host, port, token, emit)
        with sending:
            pipe.send(Ready(page.port))
        try:
            _draw(pipe, page)
        finally:
            page.close()
    except (EOFError, OSError):
        return  # the source is gone
    except HebbError as error:
        pipe.send(Failed(str(error)))
    except Exception as error:  # one line through the pipe instead of a traceback on somebody's terminal
        pipe.send(Failed(f"{type(error).__name__}: {' '.join(str(error).split())}"))


def _draw(pipe: Connection, page: Page) -> None:
    """Hand stages over at once, and the newest frame of those that have come; when none comes, finish the drawing."""
    while True:
        if not pipe.poll(SETTLE):
            page.settle()
            continue
        told = pipe.recv()
        frame: Frame | None = None
        while True:
            if told is None:
                return
            if isinstance(told, Stage):
                page.stage(told)
                frame = None
            else:
                frame = newer(frame, told)
            if not pipe.poll():
                break
            told = pipe.recv()
        if frame is not None:
            page.show(frame)
