"""Who holds control, on loopback and beyond."""

from __future__ import annotations

import pytest

from hebb_controller.page.control import ControlDesk
from hebb_controller.page.fence import same_site


def test_on_loopback_the_first_visitor_holds_control_until_it_lets_go() -> None:
    desk = ControlDesk()
    desk.arrive(1)
    desk.arrive(2)
    assert desk.may(1) and not desk.may(2)
    assert "another visitor" in desk.take(2)
    desk.release(2)  # what one does not hold one cannot release
    assert desk.may(1)
    desk.release(1)
    assert desk.take(2) == "" and desk.may(2) and not desk.may(1)


def test_who_leaves_leaves_control_behind() -> None:
    desk = ControlDesk()
    desk.arrive(1)
    desk.arrive(2)
    desk.leave(1)
    assert desk.holder is None and not desk.may(2)
    desk.arrive(3)  # a page that was loaded anew
    assert desk.may(3)
    desk.leave(2)
    assert "left" in desk.take(2)


def test_beyond_loopback_only_the_token_gives_control_and_takes_it_over() -> None:
    desk = ControlDesk("secret")
    desk.arrive(1)
    desk.arrive(2)
    assert desk.holder is None and desk.guarded
    assert "token" in desk.take(1) and "token" in desk.take(1, "Secret") and desk.holder is None
    assert desk.take(1, " secret ") == "" and desk.may(1)
    assert desk.take(2, "secret") == "" and desk.may(2) and not desk.may(1)


def test_another_sites_page_is_not_let_in() -> None:
    for bound in ("127.0.0.1", "0.0.0.0"):
        assert same_site(None, "127.0.0.1:8080", bound)  # no browser
        assert same_site("http://127.0.0.1:8080", "127.0.0.1:8080", bound)
        assert not same_site("http://evil.example", "127.0.0.1:8080", bound)
        assert not same_site("http://127.0.0.1:9000", "127.0.0.1:8080", bound)
        assert not same_site("null", "127.0.0.1:8080", bound) and not same_site("http://x", None, bound)


@pytest.mark.parametrize("bound", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_on_loopback_no_other_name_is_answered(bound: str) -> None:
    """A stranger's name that points here stands in Origin and Host alike."""
    for name in ("localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "[::1]"):
        for host in (name, f"{name}:8080"):
            assert same_site(f"http://{host}", host, bound) and same_site(None, host, bound)
    strangers = ("evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example:8080")
    for host in (*strangers, "192.168.1.5:8080", "[::2]:8080", "[::1", "", "127.0.0.1@evil.example"):
        assert not same_site(f"http://{host}", host, bound) and not same_site(None, host, bound), host
    assert not same_site(None, None, bound)


def test_beyond_loopback_it_may_have_any_name() -> None:
    for bound in ("0.0.0.0", "::", "192.168.1.5", "robot.local"):
        assert same_site("http://robot.local:8080", "robot.local:8080", bound)
