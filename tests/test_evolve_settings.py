"""Settings, flags and the command in a rulebook's header: three ways to write the same thing."""

import argparse
import dataclasses
import shlex
from pathlib import Path

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.faults import Fault
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets, RobotState
from sim.episode import Episode, lived
from sim.evolution_files import load_evolution, named_evolutions
from sim.evolve_config import EvolveConfig
from sim.evolve_flags import add_flags, command_of, config_from
from sim.openai_es import EsConfig, EsState, tell
from sim.task import Transition


def _parse(words: list[str]) -> EvolveConfig:
    parser = argparse.ArgumentParser()
    add_flags(parser)
    return config_from(parser.parse_args(words))


@pytest.mark.parametrize("name", named_evolutions())
def test_the_recorded_command_leads_back_to_the_settings(name: str) -> None:
    """From file to command to flags to settings: nothing is lost on the way."""
    config = load_evolution(name)
    words = shlex.split(command_of(config))
    assert words[:2] == ["hebb", "evolve"]
    assert _parse(words[2:]) == dataclasses.replace(config, workers=EvolveConfig().workers)


def test_flags_override_named_settings() -> None:
    """`--config` first, then whatever else is given."""
    config = _parse(["--config", "published", "--sigma", "0.5", "--bodies", "intact", "--hidden", "7", "9"])
    assert config == dataclasses.replace(
        load_evolution("published"),
        bodies=("intact",),
        hidden=(7, 9),
        es=dataclasses.replace(load_evolution("published").es, sigma=0.5),
    )


def test_every_flag_has_a_help_text(capsys: pytest.CaptureFixture[str]) -> None:
    """The docstrings reach `--help`."""
    with pytest.raises(SystemExit):
        _parse(["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for words in ("standard deviation of the noise", "bodies to walk on", "worker processes", "moving average"):
        assert words in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x: 1", "unknown setting 'x'"),
        ("{seed: 1, sigma: 1}", "sigma: of the strategy: write it under es, such as es: {sigma: ...}"),
        ("{smoothing: 0.9, population: 96}", "population, smoothing: of the strategy.*es: {population: ...}"),
        ("- a", "settings by name"),
        ("{", "not YAML"),
        ("es: {x: 1}", "unknown setting"),
        ("hidden: [64, a]", "hidden 'a': must be a list of whole numbers"),
        ("hidden: 1.5", "hidden 1.5: must be a list of whole numbers"),
        ("{seed: 1, seed: 2}", "'seed' stands twice"),
        ("es: 3", "es 3: must hold settings by name"),
        ("es: 0", "es 0: must hold settings by name"),
        ("es: {sigma: [1]}", r"es.sigma \[1\]: must be a number"),
        ("es: {sigma: 1e-3}", "es.sigma '1e-3': must be a number .YAML wants 1.0e-3"),
        ("es: {population: 3}", "population 3"),
        ("rate_mean: .nan", "rate_mean nan: must be a number"),
        ("robot: 3", "robot 3: must be text"),
        ("robot:", "robot None: must be text"),
        ("hardships: [[1]]", r"hardships \[1\]: must be a list of names"),
        ("generations: 1.5", "generations 1.5: must be a whole number"),
        ("generations: true", "generations True: must be a whole number"),
        ("robot: \udcff", "not a text in UTF-8"),
        ("seed: 2026-13-45", "not YAML: month"),
        ("{horizon: 20, warm_up: 30}", "warm up 30: must be below horizon 20"),
        ("{horizon: 20, warm_up: 20}", "warm up 20: must be below horizon 20"),
    ],
)
def test_bad_files_are_refused_in_one_line(text: str, words: str, tmp_path: Path) -> None:
    """With what is wrong and what exists; the file is named that says so, also where another builds on it."""
    path, above = tmp_path / "settings.yaml", tmp_path / "above.yaml"
    path.write_text(text, errors="surrogateescape")
    above.write_text(f"extends: {path}")
    with pytest.raises(BadInputError, match=words) as caught:
        load_evolution(str(path))
    assert "\n" not in str(caught.value) and str(caught.value).startswith(f"{path}: ")
    with pytest.raises(BadInputError, match=words):
        load_evolution(str(above))


def test_a_lone_value_is_a_list_of_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("{hidden: 64, bodies: intact, hardships: none, physics: bullet, horizon_growth: 1}")
    told = EvolveConfig(hidden=(64,), bodies=("intact",), hardships=("none",), horizon_growth=1)
    assert load_evolution(str(path)) == told


def test_a_horizon_of_the_task_itself_is_no_horizon_of_zero() -> None:
    assert EvolveConfig(horizon=0, warm_up=60).warm_up == 60


def test_unknown_settings_list_the_shipped_ones() -> None:
    """A mistyped name is answered with the names."""
    with pytest.raises(BadInputError, match="published"):
        load_evolution("publsihed")


def test_turns_rank_each_body_among_its_like() -> None:
    """A body on which everybody is fast must not drown the other: only the order within a body counts."""
    config = EsConfig(population=12, weight_penalty=0.0)
    state = EsState.start(np.zeros(40, dtype=np.float32))
    fitness = np.random.default_rng(0).normal(size=(6, 2))
    shifted = fitness.copy()
    shifted[1::2] = 100.0 + 50.0 * shifted[1::2]
    ranked = [tell(config, state, 1, f, nb_groups=2).mean for f in (fitness, shifted)]
    np.testing.assert_array_equal(*ranked)
    assert not np.array_equal(ranked[0], tell(config, state, 1, shifted, nb_groups=1).mean)


def test_turns_share_the_bodies_out() -> None:
    """Pairs take the bodies in turn; `every` gives each pair all of them."""
    config = EvolveConfig(bodies=("a", "b"), share="turns", episodes=2)
    a, b = ("a", "none"), ("b", "none")
    assert [config.fates_of(pair) for pair in range(3)] == [(a, a), (b, b), (a, a)]
    assert dataclasses.replace(config, share="every").fates_of(1) == (a, b, a, b)
    hard = dataclasses.replace(config, hardships=("none", "wipe=0.5"), episodes=1)
    assert [hard.fates_of(pair)[0] for pair in range(5)] == [a, b, ("a", "wipe=0.5"), ("b", "wipe=0.5"), a]
    assert hard.nb_groups == 4


def test_turns_that_never_come_are_refused() -> None:
    """Fewer pairs than bodies with hardships and engines: the last ones would never be lived in."""
    config = EvolveConfig(bodies=("a", "b"), hardships=("none", "wipe=0.5"), physics=("bullet", "mujoco"))
    for share, fewest in (("every", 4), ("turns", 16)):
        met = dataclasses.replace(config, share=share, es=EsConfig(population=fewest))
        lived = {(fate, met.physics_of(pair)) for pair in range(met.es.nb_pairs) for fate in met.fates_of(pair)}
        assert len(lived) == 8
        with pytest.raises(BadInputError, match=f"population {fewest - 2}.*must be {fewest} or more") as caught:
            dataclasses.replace(met, es=EsConfig(population=fewest - 2))
        assert "\n" not in str(caught.value)


class _Ramp:
    """A task whose reward is 1 until step 10 and 0 after it: a life that walks and then is stuck."""

    max_steps = 100
    robot = load_robot("ant")

    def reset(self, rng: np.random.Generator, body: str) -> None:
        self.step_count = 0

    def step(self, targets: JointTargets | None) -> Transition:
        self.step_count += 1
        return Transition(None, 1.0 if self.step_count <= 10 else 0.0)  # type: ignore[arg-type]


class _Idle:
    """A controller that does nothing."""

    def reset(self, rng: np.random.Generator, start: str) -> None:
        pass

    def act(self, state: RobotState | None) -> JointTargets:
        return JointTargets(0.0, np.zeros(8), "torque")

    def adapt(self) -> None:
        pass


@pytest.mark.parametrize(("stall", "warm_up", "steps", "reward"), [(0, 0, 100, 10), (5, 0, 15, 10), (5, 4, 15, 6)])
def test_a_stalled_life_ends_early(stall: int, warm_up: int, steps: int, reward: float) -> None:
    """After as many counted steps without progress as were asked for, and not before."""
    life = Episode(_Ramp(), _Idle(), np.random.default_rng(0), "any", stall=stall, warm_up=warm_up)  # type: ignore[arg-type]
    outcome = lived(life)
    assert (outcome.steps, outcome.reward) == (steps, reward)


def test_steps_in_which_a_fault_holds_do_not_count_for_a_stall() -> None:
    """Steps 8 to 11 from 0 are lost to it, the last of which is the twelfth; five more make a stall, after a first."""
    schedule = FaultSchedule((Fault("saturate", 8, 12),))
    life = Episode(_Ramp(), _Idle(), np.random.default_rng(0), "any", stall=5, schedule=schedule)  # type: ignore[arg-type]
    assert lived(life).steps == 12 + 1 + 5


def test_engines_are_shared_out_behind_bodies() -> None:
    config = EvolveConfig(bodies=("a", "b"), share="turns", physics=("bullet", "mujoco"))
    lived = [(config.fates_of(pair)[0][0], config.physics_of(pair)) for pair in range(6)]
    assert lived[:4] == [("a", "bullet"), ("b", "bullet"), ("a", "mujoco"), ("b", "mujoco")]
    assert lived[4:] == lived[:2] and config.nb_groups == 4  # pairs k, k + 4, ... met the same
    every = dataclasses.replace(config, share="every")
    assert [every.physics_of(pair) for pair in range(3)] == ["bullet", "mujoco", "bullet"] and every.nb_groups == 2
    with pytest.raises(BadInputError, match="bullet, mujoco"):
        EvolveConfig(physics=("gazebo",))
