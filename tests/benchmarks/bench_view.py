"""The live page's figures: what it costs the control loop, how fast a press arrives, how often the picture moves.

    python tests/benchmarks/bench_view.py [--seconds 20] [--rounds 3] [--presses 40] [--browser-nice 0] [--json]

Needs viser, PyBullet, Chromium and its chromedriver. The browser draws with its software renderer on the same cores as
the control loop, which is the worst case: a visitor's own machine, or a graphics card, takes that load away. The cases
take turns, so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.page.commands import Clear, Command, Fault
from hebb_controller.page.frames import Frame, Stage
from hebb_controller.page.link import PageAddress, PageLink
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from sim.view.lanes import ViewConfig
from sim.view.run import live
from sim.view.session import Session

sys.path.insert(0, str(Path(__file__).parents[1]))
from view_browser import ViewProcess, open_browser, text_of, wait_for

#: Counts animation frames in which some drawn thing has another place than in the frame before.
WATCH_SCENE = """
(() => {
  const proto = WebGL2RenderingContext.prototype, original = proto.uniformMatrix4fv;
  let sum = 0, last = 0;
  window.hebbMoved = [];
  proto.uniformMatrix4fv = function (place, transpose, m, ...rest) {
    sum += m[0] + 1.3 * m[5] + 1.7 * m[12] + 3.1 * m[13] + 0.7 * m[14];
    return original.call(this, place, transpose, m, ...rest);
  };
  const tick = () => {
    if (sum !== 0 && Math.abs(sum - last) > 1e-9) window.hebbMoved.push(performance.timeOrigin + performance.now());
    if (sum !== 0) last = sum;
    sum = 0;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})()
"""


class NoPage:
    """What the loop talks to when there is no page."""

    failure = ""

    def asked(self) -> Iterator[Command]:
        """Ask for nothing."""
        return iter(())

    def show(self, frame: Frame) -> None:
        """Take no notice."""

    def stage(self, stage: Stage) -> None:
        """Take no notice."""


def periods(session: Session, link: Any, seconds: float) -> np.ndarray:
    """Return the periods of the control loop over so many seconds, in [ms]."""
    moments: list[float] = []
    until = time.monotonic() + seconds

    def watch() -> bool:
        moments.append(time.monotonic())
        return moments[-1] > until

    live(session, link, watch)
    return 1e3 * np.diff(moments[5:])


def browser_for(folder: str, nice: int) -> Any:
    """Return a browser that gives way to the control loop by so much, watching its scene."""
    browser = open_browser(Path(folder), 1280, 860)
    if nice:
        for process in _children(browser.service.process.pid):
            subprocess.run(["renice", "-n", str(nice), "-p", str(process)], check=False, capture_output=True)
    browser.set_script_timeout(120)
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH_SCENE})
    return browser


def _children(parent: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout.split()
    return [parent, *(k for child in found for k in _children(int(child)))]


def press_latencies(session: Session, link: PageLink, browser: Any, presses: int) -> np.ndarray:
    """Return the time from a click in the browser to the step that it befalls, in [ms]."""
    import threading

    applied: list[float] = []
    obey, step = session.obey, session.step
    waiting = threading.Event()

    def watched_obey(command: Command) -> None:
        obey(command)
        if isinstance(command, Fault | Clear):
            waiting.set()

    def watched_step() -> None:
        step()
        if waiting.is_set():
            waiting.clear()
            applied.append(1e3 * time.time())

    session.obey, session.step = watched_obey, watched_step  # type: ignore[method-assign]
    found: list[float] = []

    def visit() -> None:
        rng = np.random.default_rng(0)
        wait_for(lambda: "You hold control" in text_of(browser, "hebb-role"), 30.0, "the visitor does not hold control")
        for k in range(presses):
            time.sleep(float(rng.uniform(0.2, 0.4)))
            label = "Weaken the joint" if k % 2 == 0 else "Clear all faults"
            clicked = browser.execute_script(
                "const b = [...document.querySelectorAll('button')].find((e) => e.innerText.includes(arguments[0]));"
                "const t = performance.timeOrigin + performance.now(); b.click(); return t;",
                label,
            )
            count = k + 1
            wait_for(lambda count=count: len(applied) >= count, 10.0, label)
            found.append(applied[k] - clicked)

    visitor = threading.Thread(target=visit)
    visitor.start()
    live(session, link, lambda: not visitor.is_alive())
    session.obey, session.step = obey, step  # type: ignore[method-assign]
    return np.array(found)


def cold_start(browser: Any, folder: str) -> float:
    """Return the time from the command to the first frame in which a robot moves in the browser, in [s]."""
    begun = time.time()
    process = ViewProcess(Path(folder), "--robot", "realant")
    try:
        browser.get(process.url)
        wait_for(lambda: text_of(browser, "hebb-status"), 60.0)
        shown = browser.execute_script("return performance.timeOrigin + performance.now()")
        ask = "return window.hebbMoved.find((t) => t >= arguments[0]) || 0"
        return float(wait_for(lambda: browser.execute_script(ask, shown), 60.0)) / 1e3 - begun
    finally:
        process.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--browser-nice", type=int, default=0)
    parser.add_argument("--query", default="", help="such as ?fine: smoothed edges in spite of all")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    config = ViewConfig(load_robot("realant"), "realant", load_rulebook("realant"))
    session = Session(config, Path(folder.name))
    link = PageLink(PageAddress(port=0))
    link.wait()
    link.stage(session.stage)
    browser = browser_for(f"{folder.name}/profile", given.browser_nice)
    figures: dict[str, Any] = {
        "load_average": os.getloadavg()[0],
        "cores": os.cpu_count(),
        "lanes": len(session.lanes),
        "query": given.query,
    }
    found: dict[str, list[np.ndarray]] = {"no page": [], "page": [], "page and browser": []}
    rates = []
    try:
        for _ in range(given.rounds):
            browser.get("about:blank")
            found["no page"].append(periods(session, NoPage(), given.seconds))
            found["page"].append(periods(session, link, given.seconds))
            browser.get(f"{link.url}/{given.query}")
            periods(session, link, 6.0)  # until the page is up
            begun = browser.execute_script("return performance.timeOrigin + performance.now()")
            found["page and browser"].append(periods(session, link, given.seconds))
            figures["window_and_drawn_points"] = browser.execute_script(
                "const c = [...document.querySelectorAll('canvas')].find((e) => e.width > 0);"
                "return [innerWidth, innerHeight, c.width, c.height];"
            )
            rates.append(
                browser.execute_script(
                    "const now = performance.timeOrigin + performance.now();"
                    "return 1000 * window.hebbMoved.filter((t) => t >= arguments[0]).length / (now - arguments[0]);",
                    begun,
                )
            )
        for case, parts in found.items():
            all_of_it = np.concatenate(parts)
            figures[case] = {f"p{q}_ms": round(float(np.percentile(all_of_it, q)), 3) for q in (50, 95, 99)}
        figures["period_p99_ratio"] = {
            case: round(figures[case]["p99_ms"] / figures["no page"]["p99_ms"], 3)
            for case in ("page", "page and browser")
        }
        figures["scene_updates_per_s"] = [round(rate, 1) for rate in rates]
        latencies = press_latencies(session, link, browser, given.presses)
        figures["press_to_fault_ms"] = {f"p{q}": round(float(np.percentile(latencies, q)), 1) for q in (50, 95)}
        link.close()
        browser.get("about:blank")
        figures["command_to_moving_frame_s"] = [round(cold_start(browser, folder.name), 2) for _ in range(3)]
    finally:
        browser.quit()
        link.close()
        session.close()
        folder.cleanup()
    print(json.dumps(figures, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
