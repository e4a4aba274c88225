"""What every visitor sees beside the scene: status, plots, recoveries, heat maps."""

from __future__ import annotations

import html
from typing import Any

import numpy as np

from hebb_controller.page.frames import Frame, Stage
from hebb_controller.page.heat_map import heat_map
from hebb_controller.page.history import History
from hebb_controller.page.keyboard import estop_html
from hebb_controller.page.status_html import recovery_html, status_html

SPEED = "forward speed [m/s]; dashed: back at 90 %"


class Displays:
    """Status in the main panel; plots and heat maps in a panel of their own.

    Args:
        server: viser's server.
        stage: what there is to see.
    """

    def __init__(self, server: Any, stage: Stage) -> None:
        gui = server.gui
        self._stage = stage
        self._history = History(tuple(lane.name for lane in stage.lanes))
        gui.add_html(estop_html(), order=0.0)
        self._status = gui.add_html("", order=1.0)
        self._panel = gui.add_panel(order=1.0)
        with self._panel.add_tab("Speed, learning, weights"):
            gui.add_html(_heading(SPEED))
            self._speeds = gui.add_html("")
            self._recovery = gui.add_html("")
            gui.add_html(_heading("change of the weights per step [%]"))
            self._changes = gui.add_html("")
            no_weights = stage.refused.get("Weights", "")
            gui.add_html(_heading("weights: inputs left, outputs right; red above 0, blue below", no_weights))
            blank = np.full((8, 8, 3), 255, dtype=np.uint8)
            self._maps = [gui.add_image(blank, label=lane.name, format="png") for lane in stage.lanes if not no_weights]

    def place(self) -> None:
        """Dock the panels: plots left, controls right."""
        self._panel.dock_left()
        self._panel.set_width(330)

    def take(self, frame: Frame) -> None:
        """Take note of a frame for the plots."""
        self._history.add(frame)

    def draw(self, frame: Frame) -> None:
        """Draw what has changed; a few times per second is enough."""
        _set(self._status, status_html(self._stage, frame))
        _set(self._recovery, recovery_html(self._stage, frame))
        for place, name, plot in zip(
            (self._speeds, self._changes), ("speed", "change"), self._history.plots(frame.disturbances), strict=True
        ):
            _set(place, f'<div id="hebb-{name}" style="padding:0 10px">{plot}</div>')

    def draw_weights(self, frame: Frame) -> None:
        """Draw the heat maps of a frame that carries weights."""
        for image, layers in zip(self._maps, frame.weights, strict=True):
            image.image = heat_map(layers)


def _heading(text: str, more: str = "") -> str:
    more = f'<div class="hebb-more" style="font-weight:400">{html.escape(more)}</div>' if more else ""
    return f'<div style="padding:4px 12px 0;font-size:13px;font-weight:600">{text}{more}</div>'


def _set(handle: Any, content: str) -> None:
    if handle.content != content:
        handle.content = content
