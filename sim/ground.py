"""Grounds: flat, sloping, rough."""

from __future__ import annotations

import math

import numpy as np

from sim.bodies import Ground

#: Rough ground: cells of this size [m], this many along x and y, flat around the start.
CELL = 0.05
CELLS = (256, 64)
BEHIND = 1.5  # [m] of rough ground behind the start
START_RADIUS = 0.25  # [m]


def build_ground(client: int, ground: Ground, seed: int) -> float:
    """Put the ground into an empty world, as body 0, and return its height at the origin, in [m]."""
    import pybullet  # here: MuJoCo's ground needs the numbers below on machines that have no PyBullet

    turn = pybullet.getQuaternionFromEuler([ground.cross_slope, -ground.slope, 0.0])
    if ground.roughness == 0.0:
        shape = pybullet.createCollisionShape(pybullet.GEOM_PLANE, physicsClientId=client)
        place = [0.0, 0.0, 0.0]
    else:
        heights = bumps(ground.roughness, seed)
        shape = pybullet.createCollisionShape(
            pybullet.GEOM_HEIGHTFIELD,
            meshScale=[CELL, CELL, 1.0],
            heightfieldData=heights.T.ravel().tolist(),
            numHeightfieldRows=CELLS[0],
            numHeightfieldColumns=CELLS[1],
            physicsClientId=client,
        )
        # Bullet centres a height field on its middle in all three axes.
        x = 0.5 * (CELLS[0] - 1) * CELL - BEHIND
        place = [x, 0.0, 0.5 * (float(heights.min()) + float(heights.max()))]
    body = pybullet.createMultiBody(0.0, shape, -1, place, turn, physicsClientId=client)
    pybullet.changeDynamics(body, -1, lateralFriction=ground.friction, physicsClientId=client)
    return 0.0


def bumps(roughness: float, seed: int) -> np.ndarray:
    """Return heights on the grid, shape `CELLS`, from 0 to `roughness` [m], flat around the start."""
    rng = np.random.default_rng(seed)
    heights = rng.uniform(0.0, roughness, CELLS)
    x = np.arange(CELLS[0]) * CELL - BEHIND
    y = (np.arange(CELLS[1]) - 0.5 * (CELLS[1] - 1)) * CELL
    distance = np.hypot(x[:, None], y[None, :])
    return np.asarray(heights * np.clip((distance - START_RADIUS) / START_RADIUS, 0.0, 1.0))


def height_at(ground: Ground, x: float, y: float = 0.0) -> float:
    """Return the ground's height at `x` and `y`, bumps left out, in [m]."""
    return x * math.tan(ground.slope) + y * math.tan(ground.cross_slope) / math.cos(ground.slope)
