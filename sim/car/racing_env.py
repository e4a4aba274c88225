"""Gymnasium's CarRacing with the same pixels for a fraction of the time.

Physics, tracks and rewards are Gymnasium's, untouched. Its picture of 1000 x 800 pixels, which is shrunk to 96 x 96,
costs nine tenths of a step. This class draws the same picture: `tests/car/test_racing_env.py` compares every byte. What
is saved:

- Grass and road are drawn by compiled code (`raster.py`), and what lies outside the picture is skipped. Gymnasium
  sends some 400 patches of grass and 300 tiles of road through Python one by one.
- The scene is drawn upside down where Gymnasium draws and then flips it; only the car, drawn by Gymnasium, is flipped.
- Two surfaces live as long as the car; a new one of 3 MB per step costs more in page faults than its drawing.
- A seed that comes twice in a row, as it does for a mirrored pair, keeps its track.
- The font is opened once, and each score is drawn once.

Importing this module needs gymnasium and Box2D: `make_env.py` does it, and says what is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pygame
from gymnasium.envs.box2d import car_racing as gym_racing
from gymnasium.envs.box2d.car_dynamics import Car

from sim.car.raster import draw_polygons

WIDTH, HEIGHT = gym_racing.WINDOW_W, gym_racing.WINDOW_H
#: The car's place in the picture: it stays at a half of the width and a quarter of the height, and is 85 pixels long.
_LEFT, _BOTTOM, _SIDE = WIDTH // 2 - 80, HEIGHT // 4 - 80, 160
#: The playfield's corners, as one polygon: black beyond.
_PLAYFIELD = gym_racing.PLAYFIELD * np.array([[(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)]])
#: An indicator of this value, in units of its scale, still lies within the bar at the foot of the picture.
_WITHIN_BAR = 3.5


def _grass_patches() -> npt.NDArray[np.float64]:
    """Return the corners of Gymnasium's patches of lighter grass, shape `(patches, 4, 2)`."""
    d = gym_racing.GRASS_DIM
    places = [(d * x, d * y) for x in range(-20, 20, 2) for y in range(-20, 20, 2)]
    return np.array([[(x + d, y), (x, y), (x, y + d), (x + d, y + d)] for x, y in places], dtype=np.float64)


_GRASS = _grass_patches()


class QuickCarRacing(gym_racing.CarRacing):  # type: ignore[misc]
    """CarRacing, its state pixels drawn faster.

    Args:
        coarseness: 1: the same pixels; 4 draws a picture of 250 x 200 before it is shrunk, which is off by a few levels
            where colours meet, and costs a fraction.
    """

    # Gymnasium fills these in at reset and declares them as None.
    car: Any
    road: Any
    surf: Any

    def __init__(self, coarseness: int = 1) -> None:
        super().__init__(render_mode="rgb_array")
        pygame.font.init()
        self._coarseness = coarseness
        self._size = (WIDTH // coarseness, HEIGHT // coarseness)
        self._page = pygame.Surface(self._size)
        self._car_page = pygame.Surface((_SIDE // coarseness, _SIDE // coarseness))
        self._font = pygame.font.Font(pygame.font.get_default_font(), 42 // coarseness)
        self._scores: dict[str, pygame.Surface] = {}
        self._corners = _GRASS
        self._colours = np.zeros((0, 3))
        self._seed: int | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start a life; the track of the last seed is driven again as it stands, not built again."""
        if seed is None or seed != self._seed:
            self._seed = seed
            start: tuple[Any, dict[str, Any]] = super().reset(seed=seed, options=options)
            return start
        self.car.destroy()
        for tile in self.road:
            tile.road_visited = False
        self._colours[len(_GRASS) :] = self._first_colours
        self.reward = self.prev_reward = 0.0
        self.tile_visited_count, self.t, self.new_lap = 0, 0.0, False
        self.car = Car(self.world, *self.track[0][1:4])
        nothing: Any = None
        return self.step(nothing)[0], {}

    def _create_track(self) -> bool:
        if not super()._create_track():
            return False
        tiles = np.array([polygon for polygon, _ in self.road_poly], dtype=np.float64)
        self._corners = np.concatenate([_GRASS, tiles])
        self._colours = np.empty((len(self._corners), 3))
        self._colours[: len(_GRASS)] = self.grass_color
        colours = {id(tile.color): tile for tile in self.road}
        for k, (polygon, colour) in enumerate(self.road_poly):
            row = self._colours[len(_GRASS) + k]
            row[:] = colour
            if id(colour) in colours:
                # A wheel that touches a tile writes its new colour in place: let it write into the row.
                colours[id(colour)].color = row
                self.road_poly[k] = (polygon, row)
        self._first_colours = self._colours[len(_GRASS) :].copy()
        return True

    def _render(self, mode: str) -> Any:
        if mode != "state_pixels" or self.car is None or not self._indicators_fit():
            return super()._render(mode)
        angle = -self.car.hull.angle
        # As in Gymnasium: the camera zooms in during the first second.
        zoom = 0.1 * gym_racing.SCALE * max(1 - self.t, 0) + gym_racing.ZOOM * gym_racing.SCALE * min(self.t, 1)
        zoom /= self._coarseness
        width, height = self._size
        x, y = self.car.hull.position
        turned = pygame.math.Vector2((-x * zoom, -y * zoom)).rotate_rad(angle)
        shift = (width / 2 + turned[0], height / 4 + turned[1])
        # pygame's own cosine and sine: it treats right angles apart.
        view = (*pygame.math.Vector2(1.0, 0.0).rotate_rad(angle), zoom, *shift)
        covered = max(abs(x), abs(y)) + np.hypot(width, height) / zoom < gym_racing.PLAYFIELD
        self._page.fill(_whole(self.bg_color) if covered else (0, 0, 0))
        rows = _rows(self._page)
        if not covered:
            draw_polygons(rows, _PLAYFIELD, self.bg_color[np.newaxis].astype(float), *view)
        draw_polygons(rows, self._corners, self._colours, *view)
        self._draw_car(rows, zoom, shift, angle)
        del rows  # it locks the surface
        self.surf = self._page
        self._render_indicators(width, height)
        score = self._score(f"{self.reward:04.0f}")
        self._page.blit(score, score.get_rect(center=(60 // self._coarseness, height - height * 2.5 / 40.0)))
        return self._create_image_array(self._page, (gym_racing.STATE_W, gym_racing.STATE_H))

    def view(self, width: int, height: int) -> npt.NDArray[np.uint8]:
        """Return Gymnasium's own picture for people, skid marks included, shape `(height, width, 3)`."""
        super()._render("rgb_array")
        picture: npt.NDArray[np.uint8] = self._create_image_array(self.surf, (width, height))
        return picture

    def _draw_car(self, rows: npt.NDArray[np.uint32], zoom: float, shift: tuple[float, float], angle: float) -> None:
        left, bottom, side = (n // self._coarseness for n in (_LEFT, _BOTTOM, _SIDE))
        top = self._size[1] - bottom - side
        place = rows[top : top + side, left : left + side][::-1]
        small = _rows(self._car_page)
        small[:] = place
        del small
        self.car.draw(self._car_page, zoom, (shift[0] - left, shift[1] - bottom), angle, False)
        place[:] = _rows(self._car_page)

    def _indicators_fit(self) -> bool:
        speed = 0.02 * float(np.hypot(*self.car.hull.linearVelocity))
        return speed < _WITHIN_BAR and all(abs(0.01 * wheel.omega) < _WITHIN_BAR for wheel in self.car.wheels)

    def _score(self, text: str) -> pygame.Surface:
        if text not in self._scores:
            self._scores[text] = self._font.render(text, True, (255, 255, 255), (0, 0, 0))
        return self._scores[text]


def _whole(colour: npt.NDArray[Any]) -> list[int]:
    return [int(c) for c in colour]


def _rows(surface: pygame.Surface) -> npt.NDArray[np.uint32]:
    """Return a surface's pixels as rows: a view, shape `(height, width)`."""
    return pygame.surfarray.pixels2d(surface).T
