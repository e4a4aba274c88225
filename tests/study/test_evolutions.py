"""The store of evolutions: what is finished counts, what was made otherwise is refused, what is begun goes on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from hebb_controller.errors import BadInputError
from sim.evolution_files import load_evolution
from sim.evolve import run
from sim.study import evolutions as module
from sim.study.evolutions import Evolutions, adopt, evolve_missing, finished, settings_of, training_steps

pytestmark = pytest.mark.sim


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every condition a matter of seconds: two members, two generations, twenty steps."""

    def small(condition: str, seed: int, workers: int = 1):  # type: ignore[no-untyped-def]
        config = settings_of(condition, seed, workers)
        strategy = dataclasses.replace(config.es, population=4)
        return dataclasses.replace(
            config, es=strategy, generations=2, horizon=20, horizon_growth=0, evaluate_every=1, evaluate_episodes=1
        )

    monkeypatch.setattr(module, "settings_of", small)


def test_missing_evolutions_are_made_once(tiny: None, tmp_path: Path) -> None:
    store = Evolutions(tmp_path / "store")
    said: list[str] = []
    evolve_missing(store, "static-dr", 1, tmp_path / "runs", 1, said.append)
    assert store.seeds("static-dr") == (1,)
    assert [entry["generation"] for entry in store.log("static-dr", 1)] == [1, 2]
    digest = store.digest("static-dr", 1)
    evolve_missing(store, "static-dr", 1, tmp_path / "runs", 1, said.append)
    assert len(said) == 1 and store.digest("static-dr", 1) == digest


def test_a_run_that_was_killed_while_it_wrote_goes_on(tiny: None, tmp_path: Path) -> None:
    config = module.settings_of("static-dr", 1)
    run(dataclasses.replace(config, generations=1), tmp_path)
    with (tmp_path / "log.jsonl").open("a") as log:
        log.write('{"generation": 2, "mea')
    assert not finished(tmp_path, config)
    run(config, tmp_path, resume=True)
    assert finished(tmp_path, config)


def test_a_run_with_other_settings_is_refused(tiny: None, tmp_path: Path) -> None:
    config = module.settings_of("static-dr", 1)
    run(dataclasses.replace(config, episodes=2, generations=1), tmp_path / "run")
    assert not finished(tmp_path / "run", config)
    with pytest.raises(BadInputError, match="episodes"):
        adopt(tmp_path / "run", config, Evolutions(tmp_path / "store"), "static-dr")
    assert Evolutions(tmp_path / "store").seeds("static-dr") == ()


def test_a_quick_study_sees_one_evolution(tmp_path: Path) -> None:
    for seed in (1, 2, 10):
        folder = tmp_path / "c" / str(seed)
        folder.mkdir(parents=True)
        (folder / module.RULES).write_bytes(b"")
    assert Evolutions(tmp_path).seeds("c") == (1, 2, 10)
    assert Evolutions(tmp_path, most=1).seeds("c") == (1,)
    assert Evolutions(tmp_path).seeds("shipped/ant") == (0,)


def test_settings_take_over_what_they_extend(tmp_path: Path) -> None:
    base, static = load_evolution("study/hebbian-dr"), load_evolution("study/static")
    assert (static.plasticity, static.randomise, static.es) == ("none", 0, base.es)
    assert static.generations == base.generations
    loop = tmp_path / "loop.yaml"
    loop.write_text(f"extends: {loop}\n")
    with pytest.raises(BadInputError, match="extends itself"):
        load_evolution(str(loop))


def test_conditions_differ_from_the_base_in_what_they_are_named_for() -> None:
    budget, stages = {}, {}
    for path in sorted((Path(module.__file__).parents[1] / "evolutions" / "study").glob("*.yaml")):
        config = settings_of(path.stem, 1)
        (stages if config.warm_start else budget)[path.stem] = training_steps(config)
    reference = budget["hebbian-dr"]
    assert all(abs(steps / reference - 1.0) < 0.03 for steps in budget.values()), budget
    assert len(stages) > 1 and len(set(stages.values())) == 1, stages
