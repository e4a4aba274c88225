"""A page in a process of its own and a headless browser in front of it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHROMEDRIVER = shutil.which("chromedriver") or "/usr/bin/chromedriver"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def missing() -> str:
    """Return what a browser test lacks here, or nothing."""
    for package, reason in (("viser", "needs viser"), ("selenium", "needs selenium")):
        if importlib.util.find_spec(package) is None:
            return reason
    return "" if Path(CHROMEDRIVER).is_file() else "needs Chromium and its chromedriver"


def open_browser(profile: Path, width: int = 1280, height: int = 860) -> Any:
    """Return a headless Chromium with an empty profile."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))


class ViewProcess:
    """`hebb view` as a user starts it, on a port that is free.

    Attributes:
        url: of the page.
        lines: what it has printed so far.
    """

    def __init__(self, folder: Path, *flags: str) -> None:
        command = [sys.executable, "-m", "hebb_controller.cli", "view", "--port", "0", "--out", str(folder), *flags]
        self._process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()
        self.url = wait_for(lambda: next((m for line in self.lines if (m := _url(line))), None), 90.0, self.lines)

    def close(self) -> int:
        """End it as Ctrl-C does; return its exit code."""
        import signal

        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip())


def _url(line: str) -> str | None:
    found = re.search(r"http://\S+", line)
    return found.group(0) if found else None


def wait_for(ask: Callable[[], Any], seconds: float, told: Any = "") -> Any:
    """Return what `ask` answers once it is true; fail after so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {told}")


def text_of(browser: Any, identifier: str) -> str:
    """Return the text of an element, or nothing while there is none."""
    return str(
        browser.execute_script(
            "const e = document.getElementById(arguments[0]); return e ? e.innerText : '';", identifier
        )
    )


def press(browser: Any, key: str) -> None:
    """Press a key on the page."""
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(key).perform()
