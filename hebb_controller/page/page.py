"""The page: viser's server, the scene with all lanes, the displays that all share, and the controls of each visitor."""

from __future__ import annotations

import contextlib
import io
import math
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hebb_controller.errors import MissingExtraError, RunFailedError
from hebb_controller.page.commands import Command
from hebb_controller.page.control import ControlDesk
from hebb_controller.page.controls import Controls
from hebb_controller.page.displays import Displays
from hebb_controller.page.frames import Frame, Stage
from hebb_controller.page.lane_scene import LaneScenes

#: Between two drawings of plots and tables, and between two of the heat maps, in [s]: each costs a browser without a
#: graphics card as much as two of the scene. What a command has changed is drawn at once.
TABLES_EVERY, WEIGHTS_EVERY = 0.4, 1.0


class Page:
    """A running page.

    Args:
        host: address to bind to.
        port: 0: any that is free.
        token: what a visitor types to take control; empty: the first visitor has it.
        emit: takes the visitors' commands, from any thread.

    Attributes:
        port: that it listens on.

    Raises:
        MissingExtraError: viser is not installed.
        RunFailedError: the port was taken in the meantime.
    """

    def __init__(self, host: str, port: int, token: str, emit: Callable[[Command], None]) -> None:
        try:
            import viser
        except ImportError as error:
            raise MissingExtraError("viser", "view") from error
        from hebb_controller.page.fence import fence
        from hebb_controller.page.front import front

        self._emit = emit
        self._desk = ControlDesk(token)
        self._lock = threading.RLock()
        self._visitors: dict[int, tuple[Any, Controls | None]] = {}
        self._stage: Stage | None = None
        self._frame: Frame | None = None
        self._drawn = {"tables": -math.inf, "weights": -math.inf}
        self._nb_notices = 0
        self._unsettled = False
        self._folder = tempfile.TemporaryDirectory(prefix="hebb-page-")
        # Its banner is held back: the source says where the page is.
        with contextlib.redirect_stdout(io.StringIO()), front(Path(self._folder.name)):
            self._server = server = viser.ViserServer(host, port, verbose=False)
        self.port = int(server.get_port())
        if port and self.port != port:
            self.close()
            raise RunFailedError(f"port {port} was taken in the meantime: choose another with --port")
        fence(server, host)
        server.gui.configure_theme(control_width="medium", show_logo=False, show_share_button=False)
        server.gui.set_panel_label("Hebb")
        server.on_client_connect(self._arrive)
        server.on_client_disconnect(self._leave)

    def stage(self, stage: Stage) -> None:
        """Set up what there is to see; the visitors' controls are made anew."""
        with self._lock:
            server = self._server
            same = self._stage is not None and _face(self._stage) == _face(stage)
            self._stage = stage
            if not same:
                server.gui.reset()
                self._displays = Displays(server, stage)
                server.gui.main_panel.dock_right()
                self._displays.place()
            server.scene.reset()
            self._scenes = LaneScenes(server, stage, self._clicked)
            for number, (client, controls) in list(self._visitors.items()):
                if same and controls is not None:
                    controls.restage(stage)
                else:
                    client.gui.reset()
                    self._visitors[number] = (client, self._controls(client))

    def show(self, frame: Frame) -> None:
        """Draw a frame: the scene at once, tables and plots a few times per second."""
        with self._lock:
            self._frame = frame
            with self._server.atomic():
                self._scenes.show(frame)
            self._displays.take(frame)
            now = time.monotonic()
            self._unsettled = True
            news = frame.nb_notices != self._nb_notices
            if news or now - self._drawn["tables"] >= TABLES_EVERY:
                self._draw_tables(frame)
            if frame.weights and now - self._drawn["weights"] >= WEIGHTS_EVERY:
                self._drawn["weights"] = now
                self._displays.draw_weights(frame)
            if news:
                self._nb_notices = frame.nb_notices
                self._tell(frame.notice)

    def settle(self) -> None:
        """Draw the tables of the newest frame, if it came too soon after the one before."""
        with self._lock:
            if self._unsettled and self._frame is not None:
                self._draw_tables(self._frame)

    def _draw_tables(self, frame: Frame) -> None:
        self._drawn["tables"], self._unsettled = time.monotonic(), False
        self._displays.draw(frame)
        self._scenes.draw_trails(frame)
        for _, controls in self._visitors.values():
            if controls is not None:
                controls.refresh()

    def close(self) -> None:
        """End the page."""
        with contextlib.redirect_stdout(io.StringIO()):  # it says goodbye
            self._server.stop()
        self._folder.cleanup()

    def _arrive(self, client: Any) -> None:
        with self._lock:
            self._desk.arrive(int(client.client_id))
            self._visitors[client.client_id] = (client, None)
            if self._stage is not None:
                self._scenes.look(client)
                self._visitors[client.client_id] = (client, self._controls(client))

    def _leave(self, client: Any) -> None:
        with self._lock:
            self._desk.leave(int(client.client_id))
            self._visitors.pop(client.client_id, None)

    def _controls(self, client: Any) -> Controls:
        assert self._stage is not None
        return Controls(client, self._desk, self._stage, self._emit, lambda: self._frame)

    def _clicked(self, joint: int, visitor: int) -> None:
        with self._lock:
            client_and_controls = self._visitors.get(visitor)
            if client_and_controls is not None and client_and_controls[1] is not None:
                client_and_controls[1].choose_joint(joint)

    def _tell(self, notice: str) -> None:
        colour = "red" if notice.startswith(("refused", "e-stop")) else "blue"
        for client, _ in self._visitors.values():
            client.add_notification("Hebb", notice, auto_close_seconds=4.0, color=colour)


def _face(stage: Stage) -> tuple[Any, ...]:
    """Return what controls and displays are made from."""
    return tuple(lane.name for lane in stage.lanes), stage.joints, stage.bodies, stage.grounds, dict(stage.refused)
