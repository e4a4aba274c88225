"""The quick car's pictures against Gymnasium's own, byte by byte, and its physics."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("gymnasium")
pytest.importorskip("Box2D")

from gymnasium.envs.box2d.car_racing import CarRacing  # noqa: E402

from sim.car.make_env import make_racing  # noqa: E402


def test_pictures_and_rewards_are_gymnasiums() -> None:
    theirs, ours = CarRacing(), make_racing()
    rng = np.random.default_rng(0)
    for seed, steps in ((3, 60), (4, 15)):  # the camera's zoom of the first second, then a second life
        np.testing.assert_array_equal(ours.reset(seed=seed)[0], theirs.reset(seed=seed)[0])
        for _ in range(steps):
            action = np.array([rng.uniform(-0.5, 0.5), 0.8, 0.0], dtype=np.float32)
            expected, picture = theirs.step(action), ours.step(action)
            assert picture[1:] == expected[1:]
            np.testing.assert_array_equal(picture[0], expected[0])


def test_a_track_that_is_kept_is_as_good_as_new() -> None:
    kept, built = make_racing(4), make_racing(4)
    lives = []
    for world in (kept, kept, built):
        if world is built:
            world.reset(seed=6)  # another track between
        pictures = [world.reset(seed=5)[0]]
        rewards = []
        for step in range(45):
            picture, reward, *_ = world.step(np.array([0.3 * np.sin(step), 0.9, 0.0], dtype=np.float32))
            pictures.append(picture)
            rewards.append(reward)
        lives.append((np.stack(pictures), rewards))
    assert sum(reward > 0 for reward in lives[0][1]) > 2
    for pictures, rewards in lives[1:]:
        assert rewards == lives[0][1]
        np.testing.assert_array_equal(pictures, lives[0][0])


@pytest.mark.parametrize("place", [(300.0, 10.0, 0.4), (-325.0, -325.0, 2.0), (0.0, 0.0, np.pi / 2)])
def test_pictures_are_gymnasiums_at_the_edge_of_the_field_and_at_right_angles(place: tuple[float, ...]) -> None:
    pictures = []
    for world in (CarRacing(), make_racing()):
        world.reset(seed=1)
        world.t = 2.0  # the zoom is over
        world.car.hull.position, world.car.hull.angle = place[:2], place[2]
        pictures.append(world._render("state_pixels"))
    np.testing.assert_array_equal(pictures[1], pictures[0])


def test_an_indicator_beyond_the_bar_is_drawn_as_well() -> None:
    pictures = []
    for world in (CarRacing(), make_racing()):
        world.reset(seed=1)
        world.car.wheels[2].omega = 900.0
        pictures.append(world._render("state_pixels"))
    np.testing.assert_array_equal(pictures[1], pictures[0])


def test_a_coarser_picture_is_nearly_the_same() -> None:
    exact, coarse = make_racing(), make_racing(4)
    exact.reset(seed=2)
    coarse.reset(seed=2)
    for _ in range(20):
        action = np.array([0.1, 0.6, 0.0], dtype=np.float32)
        difference = np.abs(exact.step(action)[0].astype(int) - coarse.step(action)[0])
    assert 0 < difference.mean() < 2.0  # levels of 255
