"""The page in a real, headless Chromium: it moves, it can be provoked, it says how the robots recover, it stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from view_browser import ViewProcess, missing, open_browser, press, text_of, wait_for

from hebb_controller.robot_file import load_robot

pytestmark = [
    pytest.mark.sim,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or "everything is here"),
]


#: Half the points along each side: the software renderer has the same cores as the robots.
COARSE = "/?fixedDpr=0.5"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewProcess]:
    process = ViewProcess(tmp_path_factory.mktemp("view"), "--robot", "realant", "--seed", "1")
    yield process
    assert process.close() == 130, process.lines


@pytest.fixture(scope="module")
def browser(page: ViewProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    opened = open_browser(tmp_path_factory.mktemp("profile"))
    try:
        opened.get(page.url + COARSE)
        wait_for(lambda: "plastic" in text_of(opened, "hebb-status"), 60.0)
        yield opened
    finally:
        opened.quit()


def seconds_shown(browser: Any) -> float:
    return float(text_of(browser, "hebb-status").splitlines()[1].split(" s")[0])


def picture(browser: Any) -> bytes:
    return bytes(browser.find_element("css selector", "canvas").screenshot_as_png)


def shades(browser: Any) -> int:
    """How many times are shaded in the plot of speeds."""
    return len(browser.find_elements("css selector", "#hebb-speed .hebb-shade"))


def test_the_robots_move_and_nothing_is_fetched_from_elsewhere(page: ViewProcess, browser: Any) -> None:
    before = picture(browser)
    begun = seconds_shown(browser)
    wait_for(lambda: seconds_shown(browser) > begun + 1.0, 60.0)
    assert picture(browser) != before
    here = urlsplit(page.url).netloc
    asked = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            params = message["params"]
            asked.add(urlsplit(params.get("url") or params["request"]["url"]))
    elsewhere = {u.geturl() for u in asked if u.scheme in ("http", "https", "ws", "wss") and u.netloc != here}
    assert asked and not elsewhere


def test_without_a_graphics_card_the_edges_are_not_smoothed_unless_asked_for(page: ViewProcess, browser: Any) -> None:
    smoothed = (
        "const drawn = [...document.querySelectorAll('canvas')].find((c) => c.width > 0);"
        "return drawn.getContext('webgl2').getContextAttributes().antialias;"
    )
    assert browser.execute_script("return window.hebbCoarse") is True and browser.execute_script(smoothed) is False
    browser.switch_to.new_window("tab")
    try:
        browser.get(f"{page.url}/?fine")
        wait_for(lambda: "plastic" in text_of(browser, "hebb-status"), 60.0)
        assert browser.execute_script("return window.hebbCoarse") is False and browser.execute_script(smoothed) is True
    finally:
        browser.close()
        browser.switch_to.window(browser.window_handles[0])


def test_a_press_on_saturate_shows_in_the_faults_in_the_plot_and_ends_in_a_recovery(browser: Any) -> None:
    wait_for(lambda: seconds_shown(browser) > 8.0, 90.0)  # it walks
    assert shades(browser) == 0
    browser.find_element("xpath", "//button[contains(., 'Saturate all')]").click()
    wait_for(lambda: "saturate" in text_of(browser, "hebb-status"), 10.0)
    wait_for(lambda: shades(browser) == 1, 20.0)
    wait_for(lambda: "plastic recovered in" in text_of(browser, "hebb-recovery"), 90.0)
    assert browser.find_elements("css selector", "#hebb-speed .hebb-back")
    assert "saturate" not in text_of(browser, "hebb-status")
    assert "weights still" in text_of(browser, "hebb-status")  # the control, from the disturbance on


def test_keys_press_buttons_and_a_pause_stands_still(browser: Any) -> None:
    press(browser, "p")
    wait_for(lambda: "paused" in text_of(browser, "hebb-status"), 20.0)
    press(browser, "p")
    wait_for(lambda: "paused" not in text_of(browser, "hebb-status"), 20.0)
    press(browser, "f")
    wait_for(lambda: "freeze front_left_hip" in text_of(browser, "hebb-status"), 20.0)
    press(browser, "c")
    wait_for(lambda: "freeze" not in text_of(browser, "hebb-status"), 20.0)


def test_a_click_on_a_leg_chooses_its_joint(browser: Any) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    chosen = "return [...document.querySelectorAll('input')].map((i) => i.value).find((v) => /_(hip|ankle)$/.test(v));"
    assert browser.execute_script(chosen) == "front_left_hip"
    press(browser, "p")
    wait_for(lambda: "paused" in text_of(browser, "hebb-status"), 20.0)
    canvas = browser.find_element("css selector", "canvas")
    width, height = canvas.size["width"], canvas.size["height"]
    found = set()
    for y in np.linspace(-0.3, 0.3, 13):  # the legs stand somewhere in the middle
        for x in np.linspace(-0.3, 0.3, 13):
            place = ActionChains(browser).move_to_element_with_offset(canvas, int(x * width), int(y * height))
            place.click().perform()
            found.add(browser.execute_script(chosen))
    assert len(found) >= 3 and found <= set(load_robot("realant").joint_names)
    press(browser, "p")
    wait_for(lambda: "paused" not in text_of(browser, "hebb-status"), 20.0)


def test_a_second_visitor_sees_the_same_cannot_command_and_can_stop(
    page: ViewProcess, browser: Any, tmp_path: Path
) -> None:
    second = open_browser(tmp_path, 420, 860)
    try:
        second.get(page.url + COARSE)
        wait_for(lambda: "plastic" in text_of(second, "hebb-status"), 60.0)
        wait_for(lambda: "another visitor" in text_of(second, "hebb-role"), 20.0)
        buttons = second.find_elements("xpath", "//button[contains(., 'Saturate all')]")
        assert buttons and not any(button.is_enabled() for button in buttons)
        press(second, "p")
        press(second, "x")
        begun = seconds_shown(browser)
        wait_for(lambda: seconds_shown(browser) > begun + 1.0, 60.0)
        status = text_of(browser, "hebb-status")
        assert "paused" not in status and "saturate" not in status
        second.find_element("id", "hebb-estop").click()
        wait_for(lambda: "e-stop by" in text_of(browser, "hebb-status"), 20.0)
        press(browser, "r")  # the holder of control releases it
        wait_for(lambda: "e-stop by" not in text_of(browser, "hebb-status"), 20.0)
    finally:
        second.quit()


def test_the_estop_latches_even_while_somebody_types(browser: Any) -> None:
    fields = browser.find_elements("xpath", "//input[@type='text' or not(@type)][not(@readonly)]")
    field = next(f for f in fields if f.is_displayed() and f.is_enabled())
    field.send_keys("some-file")
    from selenium.webdriver.common.keys import Keys

    field.send_keys(Keys.ESCAPE)
    wait_for(lambda: "e-stop by" in text_of(browser, "hebb-status"), 20.0)
    begun = seconds_shown(browser)
    wait_for(lambda: seconds_shown(browser) > begun + 2.0, 60.0)
    status = text_of(browser, "hebb-status")
    assert "e-stop by" in status and status.count("limp") == 3
