"""The strategy against calculus: finite differences, a quadratic, ranks by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hebb_controller.errors import BadInputError
from sim.es_direction import noise, weighted_noise
from sim.openai_es import EsConfig, EsState, member, penalty, tell, utilities


def _generation(config: EsConfig, state: EsState, fitness_of, seed: int = 3) -> EsState:
    fitness = np.array(
        [
            [fitness_of(member(config, state.mean, seed, state.generation, pair, sign)) for sign in (1, -1)]
            for pair in range(config.nb_pairs)
        ]
    )
    return tell(config, state, seed, fitness)


def test_the_step_follows_the_true_gradient() -> None:
    """On a smooth function the plain step points along the gradient found by finite differences."""
    rng = np.random.default_rng(0)
    scale = rng.uniform(0.5, 2.0, 10)

    def fitness_of(x):
        return float(-np.sum(scale * (x - 1.0) ** 2))

    x = rng.normal(size=10).astype(np.float32)
    h = 1e-4
    gradient = [(fitness_of(x + h * e) - fitness_of(x - h * e)) / (2 * h) for e in np.eye(10)]
    config = EsConfig(population=4000, sigma=0.01, learning_rate=0.1)
    step = _generation(config, EsState.start(x), fitness_of).mean - x
    cosine = step @ gradient / np.linalg.norm(step) / np.linalg.norm(gradient)
    assert cosine > 0.99


@pytest.mark.parametrize(("optimiser", "rate"), [("plain", 0.03), ("adam", 0.05)])
def test_it_climbs_a_sphere(optimiser: str, rate: float) -> None:
    """From far away it comes close to the optimum, which random search in 30 dimensions does not."""
    config = EsConfig(
        population=40, sigma=0.1, learning_rate=rate, learning_rate_decay=0.99, optimiser=optimiser, weight_penalty=0.0
    )
    state = EsState.start(np.full(30, 2.0, dtype=np.float32))
    for _ in range(250):
        state = _generation(config, state, lambda x: float(-np.sum(x * x)))
    assert np.linalg.norm(state.mean) < 0.1 * np.linalg.norm(np.full(30, 2.0))


def test_noise_is_a_function_of_its_arguments() -> None:
    """The same numbers anywhere, other numbers for another seed, generation or pair."""
    np.testing.assert_array_equal(noise(1, 2, 3, 50), noise(1, 2, 3, 50))
    for other in ((2, 2, 3), (1, 3, 3), (1, 2, 4)):
        assert not np.array_equal(noise(1, 2, 3, 50), noise(*other, 50))


@pytest.mark.parametrize("threads", [0, 1, 2, 5])
def test_threads_do_not_change_the_sum(threads: int) -> None:
    """Bit for bit the loop that adds pair after pair in float32, which the first evolutions were run with."""
    weights = np.random.default_rng(0).normal(size=60).astype(np.float32)
    weights[7] = 0.0
    by_loop = np.zeros(5000, dtype=np.float32)
    for pair in range(60):
        by_loop += weights[pair] * noise(3, 4, pair, 5000)
    assert weighted_noise(3, 4, weights, 5000, threads).tobytes() == by_loop.tobytes()


def test_pairs_are_mirrored() -> None:
    """The two members of a pair lie on either side of the mean."""
    config, state = EsConfig(), EsState.start(np.zeros(20, dtype=np.float32))
    np.testing.assert_array_equal(member(config, state.mean, 1, 0, 4, 1), -member(config, state.mean, 1, 0, 4, -1))


@given(arrays(np.float64, (7, 2), elements=st.floats(-1e6, 1e6), unique=True), st.floats(0.1, 10), st.floats(-5, 5))
def test_ranks_ignore_scale(fitness: np.ndarray, factor: float, shift: float) -> None:
    """Utilities have mean 0 and deviation 1, and only the order of fitness counts."""
    utility = utilities(fitness)
    assert abs(utility.mean()) < 1e-12
    assert abs(utility.std() - 1.0) < 1e-12
    order = np.argsort(fitness.ravel())
    assert np.all(np.diff(utility.ravel()[order]) > 0)


def test_ranks_by_hand() -> None:
    """Equal fitness shares a rank; NaN and minus infinity come last together."""
    utility = utilities(np.array([[1.0, 1.0], [np.nan, 5.0]]))
    by_hand = np.array([[0.0, 0.0], [-1.5, 1.5]])
    np.testing.assert_allclose(utility, by_hand / by_hand.std())
    assert not utilities(np.full((4, 2), 7.0)).any()


def test_a_failed_member_does_not_spread() -> None:
    """NaN fitness moves the mean like a very bad member and leaves everything finite."""
    config = EsConfig(population=8)
    state = EsState.start(np.zeros(5, dtype=np.float32))
    fitness = np.arange(8.0).reshape(4, 2)
    bad, nan = fitness.copy(), fitness.copy()
    bad[2, 0], nan[2, 0] = -1e9, np.nan
    np.testing.assert_array_equal(tell(config, state, 1, bad).mean, tell(config, state, 1, nan).mean)


def test_penalty_is_the_published_one() -> None:
    """0.01 times the mean square."""
    assert penalty(EsConfig(), np.array([1.0, 3.0], dtype=np.float32)) == pytest.approx(0.05)


@pytest.mark.parametrize(
    "setting",
    [
        {"population": 7},
        {"population": 0},
        {"sigma": 0.0},
        {"sigma": -1.0},
        {"sigma": float("nan")},
        {"learning_rate": 0.0},
        {"sigma_decay": 1.1},
        {"optimiser": "sgd"},
        {"momentum": 1.0},
        {"weight_penalty": -0.1},
        {"smoothing": 1.0},
        {"smoothing": -0.1},
        {"smoothing": float("nan")},
    ],
)
def test_settings_that_cannot_work_are_refused(setting: dict) -> None:
    """In one line that names the setting."""
    with pytest.raises(BadInputError, match=next(iter(setting)).split("_")[0]) as caught:
        EsConfig(**setting)
    assert "\n" not in str(caught.value)
