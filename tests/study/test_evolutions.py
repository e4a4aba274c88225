"""The store of evolutions: what is finished counts, what was made otherwise is refused, what is begun goes on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import load_rulebook
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


def stop(_: dict[str, Any]) -> None:
    """Stop a run behind its first generation."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("last", ['{"generation": 2, "mea', '{"generation": 2}\n'])
def test_a_run_that_was_killed_while_it_wrote_goes_on(last: str, tiny: None, tmp_path: Path) -> None:
    """In its last line, or behind it: the rules that it had best until then are not those of the whole run."""
    config, folder = module.settings_of("static-dr", 1), tmp_path / "runs" / "static-dr" / "1"
    with pytest.raises(KeyboardInterrupt):
        run(config, folder, report=stop)
    with (folder / "log.jsonl").open("a") as log:
        log.write(last)
    assert not finished(folder, config)
    store, said = Evolutions(tmp_path / "store"), list[str]()
    evolve_missing(store, "static-dr", 1, tmp_path / "runs", 1, said.append)
    assert finished(folder, config) and len(said) == 1
    assert [(entry["generation"], "mean" in entry) for entry in store.log("static-dr", 1)] == [(1, True), (2, True)]


def test_a_finished_run_that_was_not_taken_over_is_not_lived_again(tiny: None, tmp_path: Path) -> None:
    config, folder = module.settings_of("static-dr", 1), tmp_path / "runs" / "static-dr" / "1"
    run(config, folder)
    store, said = Evolutions(tmp_path / "store"), list[str]()
    evolve_missing(store, "static-dr", 1, tmp_path / "runs", 1, said.append)
    assert said == [] and store.digest("static-dr", 1) == load_rulebook(folder / "best.hebb.safetensors").digest


def test_a_checkpoint_that_is_missing_or_damaged_is_told_of(tiny: None, tmp_path: Path) -> None:
    """Without one the run is not finished, and what lies there is not written over; a damaged one says nothing."""
    config, folder = module.settings_of("static-dr", 1), tmp_path / "runs" / "static-dr" / "1"
    with pytest.raises(KeyboardInterrupt):
        run(config, folder, report=stop)
    store, checkpoint = Evolutions(tmp_path / "store"), folder / "checkpoint.safetensors"
    checkpoint.write_bytes(checkpoint.read_bytes()[:100])
    with pytest.raises(BadInputError, match="not a whole checkpoint"):
        evolve_missing(store, "static-dr", 1, tmp_path / "runs", 1, print)
    checkpoint.unlink()
    assert not finished(folder, config) and not finished(tmp_path / "nowhere", config)
    with pytest.raises(BadInputError, match=r"already holds log.jsonl.* and no checkpoint"):
        evolve_missing(store, "static-dr", 1, tmp_path / "runs", 1, print)


def test_a_run_with_other_settings_is_refused(tiny: None, tmp_path: Path) -> None:
    config = module.settings_of("static-dr", 1)
    run(dataclasses.replace(config, episodes=2, generations=1), tmp_path / "run")
    assert not finished(tmp_path / "run", config)
    with pytest.raises(BadInputError, match="episodes"):
        adopt(tmp_path / "run", config, Evolutions(tmp_path / "store"), "static-dr")
    assert Evolutions(tmp_path / "store").seeds("static-dr") == ()


def test_a_quick_study_sees_one_evolution(tmp_path: Path) -> None:
    """And none in folders that are not called by a seed."""
    for name in ("1", "2", "10", "1-old", "02", "best", "²", "٣"):
        folder = tmp_path / "c" / name
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
