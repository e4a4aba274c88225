"""One robot in the page's scene: a frame per joint, so that only rotations cross, and colours that tell its state."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hebb_controller.page import look
from hebb_controller.page.capsule import capsule
from hebb_controller.page.drawing import BASE, RobotDrawing, Shape, attitude_turn, joint_turn
from hebb_controller.page.frames import LaneFrame

#: A trail is as long as the ground behind its robot, in reaches of the robot, and has a new point after so many. A
#: browser without a graphics card draws each of its pieces anew in every picture.
TRAIL_LENGTH, TRAIL_STEP = 7.0, 0.1
#: Corners of a ring and rings of a half ball: a base is large enough for its corners to be seen.
BALL_AROUND, BALL_RINGS = 18, 5


class RobotScene:
    """Draws one lane.

    Args:
        scene: viser's scene.
        root: name of the scene node that everything hangs on.
        drawing: the robot's shape.
        colour: of the lane.
        on_click: called with a joint's index and the visitor's number when its link is clicked.
    """

    def __init__(
        self, scene: Any, root: str, drawing: RobotDrawing, colour: look.Colour, on_click: Callable[[int, int], None]
    ) -> None:
        self._scene, self._root, self._drawing, self._colour = scene, root, drawing, colour
        base = f"{root}/base"
        self._base = scene.add_frame(base, show_axes=False)
        self._solids = [_solid(scene, f"{base}/solid{k}", s, look.darker(colour)) for k, s in enumerate(drawing.base)]
        self._joints, self._links, self._feet = [], [], []
        names: list[str] = []
        for k, link in enumerate(drawing.links):
            name = f"{base if link.parent == BASE else names[link.parent]}/{link.joint}"
            names.append(name)
            self._joints.append(scene.add_frame(name, show_axes=False, position=link.origin))
            solid = _solid(scene, f"{name}/solid", link.shape, colour)
            solid.on_click(_clicked(on_click, k))
            self._links.append(solid)
            if link.foot:
                vertices, faces = capsule((0.0, 0.0, 0.0), 1.25 * link.shape.radius)
                foot = scene.add_mesh_simple(
                    f"{name}/foot", vertices=vertices, faces=faces, color=look.LIFTED, position=link.shape.to
                )
                self._feet.append(foot)
        self._trail: list[tuple[float, float, float]] = []
        self._line: Any = None
        self._shown: dict[int, look.Colour] = {}

    def show(self, frame: LaneFrame) -> None:
        """Move and colour the robot; call it within an atomic update."""
        self._base.position = frame.position
        self._base.wxyz = attitude_turn(*frame.attitude)
        for handle, link, angle in zip(self._joints, self._drawing.links, frame.joints, strict=True):
            handle.wxyz = joint_turn(link.axis, angle)
        whole = look.FALLEN if frame.fallen or frame.error else look.LIMP if frame.mode == "limp" else None
        for solid in self._solids:
            self._paint(solid, whole or look.darker(self._colour))
        for k, solid in enumerate(self._links):
            faulty = k < len(frame.faulty) and frame.faulty[k]
            self._paint(solid, look.FAULTY if faulty else whole or self._colour)
        for foot, contact in zip(self._feet, frame.contacts, strict=False):
            self._paint(foot, look.TOUCHING if contact > 0.5 else look.LIFTED)

    def trail(self, position: tuple[float, float, float]) -> bool:
        """Take note of a place; return True if the line has to be drawn anew."""
        if not all(math.isfinite(v) for v in position):
            return False
        step = math.dist(position, self._trail[-1]) / self._drawing.reach if self._trail else math.inf
        if step < TRAIL_STEP:
            return False
        if self._trail and step > 20 * TRAIL_STEP:  # put back to the start
            self._trail.clear()
        self._trail.append(position)
        del self._trail[: -round(TRAIL_LENGTH / TRAIL_STEP)]
        return True

    def draw_trail(self) -> None:
        """Draw the line that the robot has walked."""
        if len(self._trail) < 2:
            if self._line is not None:
                self._line.visible = False
            return
        places = np.array(self._trail)
        points = np.stack([places[:-1], places[1:]], axis=1)
        if self._line is None:
            name = f"{self._root}/trail"
            self._line = self._scene.add_line_segments(name, points=points, colors=self._colour, line_width=3.0)
        else:
            self._line.visible = True
            self._line.points = points

    def _paint(self, handle: Any, colour: look.Colour) -> None:
        # Only what changes crosses: a colour is a message per link.
        if self._shown.get(id(handle)) != colour:
            handle.color = colour
            self._shown[id(handle)] = colour


def _solid(scene: Any, name: str, shape: Shape, colour: look.Colour) -> Any:
    if shape.kind == "box":
        return scene.add_box(name, dimensions=shape.size, color=colour)
    if shape.kind == "sphere":
        vertices, faces = capsule((0.0, 0.0, 0.0), shape.radius, BALL_AROUND, BALL_RINGS)
    else:
        vertices, faces = capsule(shape.to, shape.radius)
    return scene.add_mesh_simple(name, vertices=vertices, faces=faces, color=colour)


def _clicked(on_click: Callable[[int, int], None], joint: int) -> Callable[[Any], None]:
    def clicked(event: Any) -> None:
        on_click(joint, int(event.client_id))

    return clicked
