"""Who holds control, on loopback and beyond."""

from __future__ import annotations

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
    assert same_site(None, "127.0.0.1:8080")  # no browser
    assert same_site("http://127.0.0.1:8080", "127.0.0.1:8080")
    assert not same_site("http://evil.example", "127.0.0.1:8080")
    assert not same_site("http://127.0.0.1:9000", "127.0.0.1:8080")
    assert not same_site("null", "127.0.0.1:8080") and not same_site("http://x", None)
