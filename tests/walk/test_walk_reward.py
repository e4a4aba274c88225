"""What a step of walking is worth, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from sim.walk_reward import RewardWeights, reward_terms

#: A step of 20 ms that stands upright on its line, looks ahead and strains nothing.
IDLE = {"progress": 0.0, "drift": 0.0, "yaw": 0.0, "upright": 1.0, "effort": 0.0, "fallen": False}


@pytest.mark.parametrize(
    ("what", "term", "worth"),
    [
        ({}, "forward", 0.0),
        ({"progress": 0.01}, "forward", 0.02),  # 2 per metre
        ({"progress": -0.01}, "forward", -0.02),
        ({"drift": 0.4}, "sideways", -0.0004),  # 0.05 per metre and second
        ({"drift": 1.0}, "sideways", -0.001),
        ({"drift": 7.0}, "sideways", -0.001),  # no more than at 1 m
        ({"yaw": 0.5}, "heading", -0.001),  # 0.1 per radian and second, to either side
        ({"yaw": -0.5}, "heading", -0.001),
        ({"yaw": 1.5}, "heading", -0.003),
        ({"yaw": -3.0}, "heading", -0.003),  # no more than at 1.5 rad
        ({"upright": 0.75}, "tilt", -0.001),  # 0.2 for all of the vertical part, and second
        ({"upright": -1.0}, "tilt", -0.008),  # upside down
        ({"effort": 0.5}, "effort", -0.0002),  # 0.02 per second
        ({"fallen": True}, "fall", -1.0),  # whatever the period
    ],
)
def test_each_term_by_hand(what: dict[str, float], term: str, worth: float) -> None:
    """One thing at a time: its term is worth this much, and all others nothing."""
    terms = reward_terms(RewardWeights(), 0.02, **(IDLE | what))  # type: ignore[arg-type]
    assert terms.pop(term) == pytest.approx(worth, rel=1e-9)
    assert set(terms) == {"forward", "sideways", "heading", "tilt", "effort", "fall"} - {term}
    assert not any(terms.values())


def test_a_step_in_which_everything_happens() -> None:
    """All terms at once, over twice the period: costs per second double, the way and the fall do not."""
    terms = reward_terms(RewardWeights(), 0.04, 0.01, 0.4, -0.5, 0.75, 0.5, True)
    by_hand = {"forward": 0.02, "sideways": -0.0008, "heading": -0.002, "tilt": -0.002, "effort": -0.0004, "fall": -1.0}
    assert terms == pytest.approx(by_hand, rel=1e-9)


def test_weights_are_those_of_their_terms() -> None:
    terms = reward_terms(RewardWeights(1.0, 10.0, 100.0, 1e3, 1e4, 1e5), 0.5, 1.0, 1.0, 1.0, 0.0, 1.0, True)
    by_hand = {"forward": 1.0, "sideways": 5.0, "heading": 50.0, "tilt": 500.0, "effort": 5e3, "fall": 1e5}
    assert terms == pytest.approx(by_hand)


def test_a_life_that_goes_on_may_pay_more_than_one_that_falls() -> None:
    """As the docstring says: everything at its cap, short of a fall, costs 0.3 per second."""
    step = reward_terms(RewardWeights(), 0.02, 0.0, 9.0, 3.0, 0.5, 1.0, False)
    assert 50 * sum(step.values()) == pytest.approx(-0.32)
