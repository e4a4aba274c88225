"""Work that is told to end, or whose terminal closes, ends in good order.

SIGTERM and SIGHUP become what Ctrl-C is; and Ctrl-C becomes a wish, where what was done so far is worth telling.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

ENDS = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def orderly_end() -> Iterator[None]:
    """Have these signals raise `KeyboardInterrupt`, where nobody wants something else of them (`nohup` does)."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's alone
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDS}
    ours = [number for number, handler in before.items() if handler == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def stop_after_this_step() -> Iterator[Callable[[], bool]]:
    """Have the first Ctrl-C be a wish, and give what tells whether there is one; the second interrupts as ever."""
    wished = threading.Event()

    def wish(*_: Any) -> None:
        if wished.is_set():
            raise KeyboardInterrupt
        wished.set()

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield wished.is_set
        return
    signal.signal(signal.SIGINT, wish)
    try:
        yield wished.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt
