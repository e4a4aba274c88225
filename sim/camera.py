"""Pictures of a simulated robot, rendered without a display."""

from __future__ import annotations

import numpy as np
import pybullet


def follow(client: int, body: int, width: int, height: int, distance: float) -> np.ndarray:
    """Return a view from behind and to the side of `body`, shape `(height, width, 3)`, uint8.

    Args:
        client: physics client.
        body: id of the robot in it.
        width: in pixels.
        height: in pixels.
        distance: of the camera from the base, in [m].
    """
    position, _ = pybullet.getBasePositionAndOrientation(body, physicsClientId=client)
    view = pybullet.computeViewMatrixFromYawPitchRoll(position, distance, 35.0, -22.0, 0.0, 2)
    projection = pybullet.computeProjectionMatrixFOV(50.0, width / height, 0.02 * distance, 20.0 * distance)
    _, _, pixels, _, _ = pybullet.getCameraImage(
        width, height, view, projection, renderer=pybullet.ER_TINY_RENDERER, physicsClientId=client
    )
    return np.asarray(pixels, dtype=np.uint8).reshape(height, width, 4)[:, :, :3].copy()
