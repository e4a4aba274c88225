"""The page's process: what keeps it from starting, and its end."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.page import link as link_module
from hebb_controller.page.drawing import drawing_of
from hebb_controller.page.frames import Frame, LaneFrame, LaneStage, Stage
from hebb_controller.page.link import PageAddress, PageLink
from hebb_controller.robot_file import load_robot


def hebb(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hebb_controller.cli", "view", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=90)


def test_a_page_starts_shows_frames_and_ends() -> None:
    pytest.importorskip("viser")
    robot = load_robot("bittle")
    page = PageLink(PageAddress(port=0))
    try:
        page.stage(Stage("a stage", (LaneStage("plastic", "", drawing_of(robot)),), robot.joint_names))
        page.wait()
        served = urllib.request.urlopen(page.url, timeout=10).read().decode().lower()
        assert "<html" in served and served.index("hebbcoarse") < served.index('<meta name="viewport"')
        for k in range(20):
            page.show(Frame(0.02 * k, (LaneFrame((0.0, 0.0, 0.1), (0.0, 0.0, 0.0), (0.0,) * robot.nb_joints),)))
        time.sleep(0.3)
        assert page.failure == "" and page.commands.empty()
        # A frame that the stage cannot hold ends the page, and the source hears why.
        page.show(Frame(1.0, ()))
        until = time.monotonic() + 10.0
        while not page.failure and time.monotonic() < until:
            time.sleep(0.05)
        assert "ValueError" in page.failure
    finally:
        page.close()
    page.close()


def test_a_name_that_points_here_gets_no_further_than_the_door() -> None:
    """A page under a stranger's name asks for a connection, as after DNS rebinding; and one under loopback's own."""
    viser = pytest.importorskip("viser")
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect
    from websockets.typing import Origin, Subprotocol

    page = PageLink(PageAddress(port=0))
    try:
        page.wait()
        port = int(page.url.rpartition(":")[2])

        def call(name: str) -> None:
            with (
                socket.create_connection(("127.0.0.1", port), 10.0) as line,
                connect(
                    f"ws://{name}:{port}",
                    sock=line,
                    origin=Origin(f"http://{name}:{port}"),
                    subprotocols=[Subprotocol(f"viser-v{viser.__version__}")],
                    max_size=None,
                ) as connection,
            ):
                connection.recv(timeout=10.0)

        call("localhost")
        with pytest.raises(ConnectionClosed, match="another site's page"):
            call("evil.example")
    finally:
        page.close()


def test_the_script_is_put_in_front_of_a_copy_and_viser_is_left_as_it_was(tmp_path: Path) -> None:
    viser = pytest.importorskip("viser")
    from hebb_controller.page.front import front, script

    made = viser.infra.WebsockServer
    stock, copy = tmp_path / "stock", tmp_path / "copy"
    stock.mkdir()
    (stock / "index.html").write_text("<html><head><title></title></head></html>")
    with pytest.raises(KeyError), front(copy):
        server = viser.infra.WebsockServer("127.0.0.1", 0, http_server_root=stock)
        raise KeyError
    assert viser.infra.WebsockServer is made and server._http_server_root == copy
    assert (copy / "index.html").read_text() == f"<html><head>{script()}<title></title></head></html>"
    assert (stock / "index.html").read_text() == "<html><head><title></title></head></html>"


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInputError, match=f"port {port} .*choose another port"):
            PageAddress(port=port).check()
    with pytest.raises(BadInputError, match="65535"):
        PageAddress(port=70000).check()
    with pytest.raises(BadInputError, match=r"203\.0\.113\.1.*an address of this machine"):
        PageAddress("203.0.113.1", 0).check()


def test_without_viser_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"'\.\[view\]'"):
        PageLink(PageAddress(port=0))


@pytest.mark.sim
def test_wrong_words_are_one_line_each(tmp_path: Path) -> None:
    pytest.importorskip("viser")
    for words, said in ((("--robot", "unicorn"), "unicorn"), (("--robot", "ant", "--rulebook", "realant"), "realant")):
        done = hebb(*words, cwd=tmp_path)
        assert done.returncode == 2 and said in done.stderr
        assert done.stderr.count("\n") == 1 and done.stderr.startswith("hebb: error:") and done.stdout == ""


def test_the_page_loads_neither_physics_nor_ros_and_viser_only_when_it_is_made() -> None:
    modules = [
        f"hebb_controller.page.{p.stem}" for p in Path(link_module.__file__).parent.glob("*.py") if "__" not in p.stem
    ]
    program = f"import sys, importlib\n[importlib.import_module(m) for m in {modules!r}]\n"
    program += "print(*sorted({'viser', 'sim', 'pybullet', 'mujoco', 'rclpy', 'numba'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
