"""What a step of walking is worth: named terms times named weights."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RewardWeights:
    """Weights of the terms; the reward of a life is their sum over its steps.

    The shape follows Leung et al. 2025 (2 v_x, less for tilt and heading, arXiv 2503.12406), with smooth penalties in
    place of thresholds, so that a little better is worth a little more.

    Attributes:
        forward: per metre along x.
        sideways: per metre of drift from the line y = 0, and second.
        heading: per radian of heading away from x, and second.
        tilt: per unit that the base's z axis has lost of its vertical part (1 - cos tilt), and second.
        effort: per unit of mean squared servo drive (1 = all servos stalled at nominal voltage), and second.
        fall: for falling, once in a life. A life that goes on may pay more than that: drift counts up to 1 m, heading
            up to 1.5 rad, tilt up to the 0.5 at which it is a fall, with the effort 0.3 per second in all, and walking
            backwards comes on top.
    """

    forward: float = 2.0
    sideways: float = -0.05
    heading: float = -0.1
    tilt: float = -0.2
    effort: float = -0.02
    fall: float = -1.0


def reward_terms(
    weights: RewardWeights,
    period: float,
    progress: float,
    drift: float,
    yaw: float,
    upright: float,
    effort: float,
    fallen: bool,
) -> dict[str, float]:
    """Return the weighted terms of one control step.

    Args:
        weights: the weights.
        period: control period, in [s].
        progress: along x in this step, in [m].
        drift: distance from the line y = 0, in [m].
        yaw: true heading, in [rad].
        upright: vertical part of the base's z axis: 1 upright, 0 on its side.
        effort: mean squared servo drive.
        fallen: True in the step in which the robot falls, the first time.
    """
    return {
        "forward": weights.forward * progress,
        "sideways": weights.sideways * period * min(drift, 1.0),
        "heading": weights.heading * period * min(abs(yaw), 1.5),
        "tilt": weights.tilt * period * (1.0 - upright),
        "effort": weights.effort * period * effort,
        "fall": weights.fall if fallen else 0.0,
    }
