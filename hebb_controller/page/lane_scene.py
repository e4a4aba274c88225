"""All robots of the page side by side, the ground under them, and the world that moves past under the first one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hebb_controller.page import look
from hebb_controller.page.drawing import attitude_turn
from hebb_controller.page.frames import Frame, Stage
from hebb_controller.page.robot_scene import RobotScene
from hebb_controller.signals import Vector

#: Sides of a cell of the ground's grid, in lanes' reaches.
CELL = 0.5
#: Cells of a strip of ground, ahead and behind, and across.
ALONG, ACROSS = 14, 4


class LaneScenes:
    """Draws the lanes, each on a strip of ground that runs past under its robot, as on a treadmill.

    So all robots stay in sight, wherever they walk; how far each has come is written above it. The strips move, not
    the camera: that stays where the visitor has put it.

    Args:
        server: viser's server.
        stage: what there is to see.
        on_click: called with a joint's index and the visitor's number when a link is clicked.
    """

    def __init__(self, server: Any, stage: Stage, on_click: Callable[[int, int], None]) -> None:
        scene = server.scene
        # Shadows and the light of an environment cost a browser without a graphics card more than half its rate.
        scene.configure_default_lights(cast_shadow=False)
        scene.configure_environment_map(hdri=None)
        scene.add_light_ambient("/daylight", intensity=1.3)
        self._stage = stage
        reach = max(lane.drawing.reach for lane in stage.lanes)
        self._apart, self._cell, self._height = 2.6 * reach, CELL * reach, 1.2 * reach
        count = len(stage.lanes)
        self._worlds, self._grids, self._robots, self._labels = [], [], [], []
        for k, lane in enumerate(stage.lanes):
            root, colour = f"/{lane.name}", look.lane_colour(k)
            uphill, across = lane.slope
            scene.add_frame(root, show_axes=False, position=(0.0, (0.5 * (count - 1) - k) * self._apart, 0.0))
            scene.add_frame(f"{root}/ground", show_axes=False, wxyz=attitude_turn(across, -uphill, 0.0))
            self._grids.append(
                scene.add_line_segments(
                    f"{root}/ground/grid", points=_strip(self._cell), colors=(185, 190, 196), line_width=1.3
                )
            )
            self._worlds.append(scene.add_frame(f"{root}/world", show_axes=False))
            self._robots.append(RobotScene(scene, f"{root}/world", lane.drawing, colour, on_click))
            self._labels.append(scene.add_label(f"{root}/label", lane.name, anchor="bottom-center"))
        self._trailing = [False] * count
        self._width = self._apart * (count - 1) + 2.6 * reach
        server.initial_camera.look_at = (0.0, 0.0, 0.0)
        server.initial_camera.position = self._viewpoint(1.0)

    def show(self, frame: Frame) -> None:
        """Move every robot; call it within an atomic update."""
        for k, (robot, lane) in enumerate(zip(self._robots, frame.lanes, strict=True)):
            x, y = (v if math.isfinite(v) else 0.0 for v in lane.position[:2])
            uphill, across = self._stage.lanes[k].slope
            rise = x * math.tan(uphill) + y * math.tan(across) / math.cos(uphill)
            self._worlds[k].position = (-x, -y, -rise)
            # The grid looks the same after every cell: it moves by what is left of a whole one.
            along, aside = x / math.cos(uphill), y / math.cos(across)
            self._grids[k].position = (-math.fmod(along, self._cell), -math.fmod(aside, self._cell), 0.0)
            robot.show(lane)
            self._trailing[k] |= robot.trail(lane.position)

    def look(self, client: Any) -> None:
        """Let a visitor see all robots, on a narrow screen from farther away."""
        aspect = float(client.camera.aspect)
        if 0.0 < aspect < 1.0:
            x, y, z = self._viewpoint(aspect)
            # A phone's lower half is under the controls: the robots belong into the upper one.
            client.camera.position = (x, y, z)
            client.camera.look_at = (0.4 * x, 0.4 * y, 0.0)

    def _viewpoint(self, aspect: float) -> tuple[float, float, float]:
        # From behind and above; viser's camera sees 75 degrees from top to bottom.
        distance = 0.5 * self._width / (math.tan(math.radians(37.5)) * max(aspect, 0.3)) + 0.5 * self._apart
        return (-0.72 * distance, -0.3 * distance, 0.62 * distance)

    def draw_trails(self, frame: Frame) -> None:
        """Draw trails and labels; a few times per second is enough."""
        for k, (robot, label, lane) in enumerate(zip(self._robots, self._labels, frame.lanes, strict=True)):
            if self._trailing[k]:
                robot.draw_trail()
                self._trailing[k] = False
            name = self._stage.lanes[k].name
            state = "failed" if lane.error else "fallen" if lane.fallen else _speed(lane.speed)
            label.text = f"{name}  {state}  {lane.position[0]:.1f} m"
            label.position = (0.0, 0.0, max(lane.position[2], 0.0) + self._height)


def _speed(speed: float) -> str:
    return f"{round(speed, 2) + 0.0:.2f} m/s" if math.isfinite(speed) else ""


def _strip(cell: float) -> Vector:
    """Return the lines of a strip of ground, shape `(n, 2, 3)`: viser's own grid takes a software renderer too long."""
    length, half = ALONG * cell, 0.5 * ACROSS * cell
    across = [((k * cell, -half, 0.0), (k * cell, half, 0.0)) for k in range(-ALONG, ALONG + 1)]
    along = [((-length, k * cell - half, 0.0), (length, k * cell - half, 0.0)) for k in range(ACROSS + 1)]
    return np.array(across + along)
