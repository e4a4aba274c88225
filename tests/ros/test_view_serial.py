"""The live page in front of servos behind a serial port: what it greys, what it tells, its e-stop, and arming."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("serial")
from serial_bench import start, state_of, walking
from std_msgs.msg import String
from view_browser import missing, open_browser, press, text_of, wait_for

from hebb_controller_ros import qos

pytestmark = [
    pytest.mark.ros,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or "everything is here"),
]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    opened = open_browser(tmp_path / "profile", 700, 500)
    yield opened
    opened.quit()


def test_the_page_of_servos_stops_them_and_arms_them_again(nodes, ears, bench, browser) -> None:  # type: ignore[no-untyped-def]
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    start(nodes, bench)
    view = nodes.start("view_node", robot="sts12", backend="serial", port=0)
    assert view.stdout is not None
    url = next(found.group(0) for line in view.stdout if (found := re.search(r"http://\S+", line)))
    browser.get(url + "/?fixedDpr=0.5")
    wait_for(lambda: "supply_V: 12" in text_of(browser, "hebb-status"), 60.0)
    # Not before the browser has drawn its first picture, which takes all cores.
    nodes.start("controller_node", robot="sts12", autostart=True, ramp_time=0.3, fade_time=0.2)
    walking(ears, bench, states)
    wait_for(lambda: "power: armed" in text_of(browser, "hebb-status"), 20.0)
    status = text_of(browser, "hebb-status")
    assert "backend serial" in status and "speed unknown" in status

    enabled = {b.text.split(" [")[0]: b.is_enabled() for b in browser.find_elements("tag name", "button") if b.text}
    assert enabled["Saturate all for 2 s"] and not enabled["Let the joint go limp"]

    maps = "return [...document.querySelectorAll('img')].filter((i) => i.naturalWidth > 100).length;"
    wait_for(lambda: browser.execute_script(maps) >= 1, 20.0)  # its weights, as a picture

    press(browser, "f")  # a fault in the bridge, told back on a topic
    wait_for(lambda: "freeze front_left_roll" in text_of(browser, "hebb-status"), 20.0)
    press(browser, "c")
    wait_for(lambda: "freeze" not in text_of(browser, "hebb-status"), 20.0)

    from selenium.webdriver.common.keys import Keys

    press(browser, Keys.ESCAPE)
    ears.spin_until(lambda: bench.powered == 0, 10)
    wait_for(lambda: "e-stop" in text_of(browser, "hebb-status"), 20.0)
    assert state_of(states)["mode"] == "limp"
    press(browser, "g")
    walking(ears, bench, states)
    wait_for(lambda: "e-stop" not in text_of(browser, "hebb-status"), 20.0)
    press(browser, "g")  # told in words, and nothing else happens
    wait_for(lambda: "is armed" in browser.find_element("tag name", "body").text, 20.0)
