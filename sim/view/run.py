"""`hebb view`: the page and the robots behind it, at the robots' own pace, until somebody ends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hebb_controller.errors import RunFailedError
from hebb_controller.loop import Pacer
from hebb_controller.page.link import PageAddress, PageLink
from sim.view.lanes import ViewConfig
from sim.view.session import Session

#: While time stands still, commands are looked for so often, in [s].
IDLE = 0.01


def run(config: ViewConfig, address: PageAddress, folder: Path, say: Callable[[str], None] | None = None) -> None:
    """Show the robots until interrupted.

    Args:
        config: which robots.
        address: where the page listens.
        folder: where recordings and weights go.
        say: prints a line; standard output by default.

    Raises:
        BadInputError: an address that cannot be bound, a body that the robot does not have.
        MissingExtraError: viser or the simulator is not installed.
        RunFailedError: the page is gone.
    """
    say = say or _say
    link = PageLink(address)
    try:
        session = Session(config, folder)  # while the page starts
        try:
            link.stage(session.stage)
            link.show(session.frame(config.realtime_factor))
            link.wait()
            say(f"{session.stage.title}: open {link.url}")
            if address.token:
                say(f"whoever is to command types this token: {address.token}")
            say("Ctrl-C ends it.")
            live(session, link)
        finally:
            last = session.close()
            if last:
                say(last)
    finally:
        link.close()


def live(session: Session, link: PageLink, until: Callable[[], bool] = lambda: False) -> None:
    """Take steps at the wanted pace and obey the page, until it is gone or `until` says so.

    Raises:
        RunFailedError: the page is gone.
    """
    pacer, factor = Pacer(session.period / session.factor), session.factor
    kept = _KeptFactor(session.period)
    while not until():
        changed = _obey(session, link)
        if link.failure:
            raise RunFailedError(f"the page failed: {link.failure}")
        if session.restaged:
            session.restaged = False
            link.stage(session.stage)
        if session.due:
            session.step()
            link.show(session.frame(kept()))
        elif changed:
            link.show(session.frame(kept()))
        if session.factor != factor:
            pacer, factor = Pacer(session.period / session.factor), session.factor
        if session.paused:
            time.sleep(IDLE)
            pacer = Pacer(session.period / session.factor)
        else:
            pacer.wait()


def _obey(session: Session, link: PageLink) -> bool:
    changed = False
    for command in link.asked():
        session.obey(command)
        changed = True
    return changed


class _KeptFactor:
    """Measures how many seconds of the robots pass per second."""

    def __init__(self, period: float) -> None:
        self._period = period
        self._since, self._count, self._factor = time.monotonic(), 0, float("nan")

    def __call__(self) -> float:
        self._count += 1
        passed = time.monotonic() - self._since
        if passed >= 1.0:
            self._factor = self._count * self._period / passed
            self._since, self._count = time.monotonic(), 0
        return self._factor


def _say(line: str) -> None:
    print(line, flush=True)
