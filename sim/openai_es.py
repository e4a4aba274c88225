"""Evolution strategy after Salimans et al. 2017 (arXiv 1703.03864), in the form of Najarro & Risi 2020: ask and tell.

A generation draws `population / 2` noise vectors and tries each with both signs. Fitness is ranked, the ranks centred
and standardised, and the mean moves along

    g = 1 / (population * sigma) * sum_k  utility_k * noise_k        (plain: mean += learning_rate * g)

`adam` feeds the same direction, times sigma, to Adam (Kingma & Ba 2015, arXiv 1412.6980), which makes the step's
length independent of sigma. Fitness is maximised. This file knows nothing of robots.

What a noisy search leaves is better told by the mean of its late points than by the newest one (Polyak & Juditsky 1992,
SIAM J. Control Optim. 30). `smoothing` keeps an exponential moving average of the mean, the form of it that needs no
memory; the average is evaluated and saved, and the search goes on from the mean as if there were none.

Noise is never stored: `es_direction.noise` rebuilds it from (seed, generation, pair), so that workers and a resumed run
see the same numbers and no vector crosses a pipe.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.rules import FloatArray
from sim.es_direction import noise, weighted_noise

OPTIMISERS = ("plain", "adam")


@dataclass(frozen=True)
class EsConfig:
    """Settings of the strategy; the defaults are those published for the 2020 quadruped.

    Attributes:
        population: members per generation, even.
        sigma: standard deviation of the noise.
        sigma_decay: factor on sigma per generation.
        sigma_floor: sigma never falls below this.
        learning_rate: step size.
        learning_rate_decay: factor on the learning rate per generation.
        learning_rate_floor: the learning rate never falls below this.
        weight_penalty: this times mean(x^2) is taken from each member's fitness before ranking.
        optimiser: `plain` or `adam`.
        momentum: Adam's first decay rate.
        second_momentum: Adam's second decay rate.
        smoothing: what is evaluated and saved is a moving average of the search points, of which this share is the
            past: 0.95 averages over about 20 generations; 0: the newest search point.
    """

    population: int = 200
    sigma: float = 0.1
    sigma_decay: float = 0.999
    sigma_floor: float = 0.01
    learning_rate: float = 0.2
    learning_rate_decay: float = 0.995
    learning_rate_floor: float = 0.001
    weight_penalty: float = 0.01
    optimiser: str = "plain"
    momentum: float = 0.9
    second_momentum: float = 0.99
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            BadInputError: with the setting, its value and what is allowed.
        """
        if self.population < 2 or self.population % 2:
            raise BadInputError(f"population {self.population}: must be even and 2 or more, members come in pairs")
        if self.optimiser not in OPTIMISERS:
            raise unknown("optimiser", self.optimiser, OPTIMISERS)
        for name in ("sigma", "sigma_floor", "learning_rate", "learning_rate_floor"):
            if not 0.0 < getattr(self, name) < np.inf:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)}: must be above 0")
        for name in ("sigma_decay", "learning_rate_decay"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)}: must lie in (0, 1]")
        for name in ("momentum", "second_momentum", "smoothing"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)}: must lie in [0, 1)")
        if not 0.0 <= self.weight_penalty < np.inf:
            raise BadInputError(f"weight penalty {self.weight_penalty}: must be 0 or more")

    @property
    def nb_pairs(self) -> int:
        """Mirrored pairs per generation."""
        return self.population // 2

    def sigma_at(self, generation: int) -> float:
        """Return the noise's standard deviation in a generation."""
        return max(self.sigma * self.sigma_decay**generation, self.sigma_floor)

    def learning_rate_at(self, generation: int) -> float:
        """Return the step size in a generation."""
        return max(self.learning_rate * self.learning_rate_decay**generation, self.learning_rate_floor)


@dataclass(frozen=True)
class EsState:
    """Everything that the next generation depends on.

    Attributes:
        generation: generations told so far.
        mean: the search point, float32, shape `(n,)`.
        first_moment: Adam's, float32, shape `(n,)`.
        second_moment: Adam's, float32, shape `(n,)`.
        kept: moving average of `mean`, which is what is evaluated and saved, float32, shape `(n,)`.
    """

    generation: int
    mean: FloatArray
    first_moment: FloatArray
    second_moment: FloatArray
    kept: FloatArray

    @staticmethod
    def start(mean: FloatArray) -> EsState:
        """Return the state before the first generation."""
        zeros = np.zeros(mean.size, dtype=np.float32)
        mean = np.asarray(mean, dtype=np.float32)
        return EsState(0, mean, zeros, zeros.copy(), mean)


def member(config: EsConfig, mean: FloatArray, seed: int, generation: int, pair: int, sign: int) -> FloatArray:
    """Return the member `mean + sign * sigma * noise` of a pair, shape `(n,)`: the ask of a generation."""
    step = np.float32(sign * config.sigma_at(generation))
    return mean + step * noise(seed, generation, pair, mean.size)


def utilities(fitness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return centred ranks with unit standard deviation, same shape as `fitness`; not-a-number ranks last.

    Members of equal fitness share their mean rank, so that a generation without differences moves nothing.
    """
    flat = np.where(np.isfinite(fitness), fitness, -np.inf).ravel()
    _, group, size = np.unique(flat, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(size) - 0.5 * (size + 1))[group]
    centred = ranks - ranks.mean()
    spread = centred.std()
    return (centred / spread if spread > 0.0 else centred).reshape(fitness.shape)


def tell(config: EsConfig, state: EsState, seed: int, fitness: npt.NDArray[np.float64], nb_groups: int = 1) -> EsState:
    """Return the state after a generation.

    Args:
        config: the settings.
        state: the state that the members were asked from.
        seed: the run's seed.
        fitness: shape `(nb_pairs, 2)`: plus and minus sign; NaN for a member that failed.
        nb_groups: pairs k, k + nb_groups, ... are ranked among themselves: they met the same body.

    Raises:
        BadInputError: wrong shape.
    """
    if fitness.shape != (config.nb_pairs, 2):
        raise BadInputError(f"fitness of shape {fitness.shape}: need ({config.nb_pairs}, 2)")
    utility = np.empty_like(fitness)
    for group in range(nb_groups):
        utility[group::nb_groups] = utilities(fitness[group::nb_groups])
    weight = (utility[:, 0] - utility[:, 1]).astype(np.float32)
    direction = weighted_noise(seed, state.generation, weight, state.mean.size)
    direction /= np.float32(config.population)
    rate = config.learning_rate_at(state.generation)
    first, second = state.first_moment, state.second_moment
    if config.optimiser == "adam":
        t = state.generation + 1
        b1, b2 = np.float32(config.momentum), np.float32(config.second_momentum)
        first = b1 * first + (1 - b1) * direction
        second = b2 * second + (1 - b2) * direction * direction
        unbiased = first / np.float32(1 - config.momentum**t)
        spread = np.sqrt(second / np.float32(1 - config.second_momentum**t)) + np.float32(1e-8)
        step = np.float32(rate) * unbiased / spread
    else:
        step = np.float32(rate / config.sigma_at(state.generation)) * direction
    mean = state.mean + step
    return EsState(state.generation + 1, mean, first, second, _kept(config, state, mean))


def _kept(config: EsConfig, state: EsState, mean: FloatArray) -> FloatArray:
    """Return the moving average once `mean` has come to what `state` kept."""
    # A plain average of all points while they are few: the first ones are the worst and must not linger.
    past = np.float32(min(config.smoothing, state.generation / (state.generation + 1)))
    return past * state.kept + (np.float32(1.0) - past) * mean if past > 0.0 else mean


def penalty(config: EsConfig, x: FloatArray) -> float:
    """Return what is taken from the fitness of the member `x`."""
    return config.weight_penalty * float(np.mean(x * x))
