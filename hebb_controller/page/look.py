"""Colours of the page: each lane its own, and what they turn to when something is wrong."""

from __future__ import annotations

Colour = tuple[int, int, int]

#: In the order of the lanes: blue, orange, purple; told apart by readers who see no difference of red and green.
LANES: tuple[Colour, ...] = ((42, 120, 190), (224, 135, 30), (140, 100, 180), (90, 90, 90))
FALLEN: Colour = (110, 40, 40)
LIMP: Colour = (150, 150, 150)
FAULTY: Colour = (205, 30, 90)
TOUCHING: Colour = (30, 170, 90)
LIFTED: Colour = (60, 60, 60)


def lane_colour(number: int) -> Colour:
    """Return the colour of a lane."""
    return LANES[number % len(LANES)]


def darker(colour: Colour, share: float = 0.65) -> Colour:
    """Return a colour with this share of its light."""
    return (int(colour[0] * share), int(colour[1] * share), int(colour[2] * share))


def css(colour: Colour) -> str:
    """Return a colour as style sheets write it."""
    return f"rgb({colour[0]}, {colour[1]}, {colour[2]})"
