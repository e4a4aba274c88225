"""Merging rules: planted clusters are found, and evolution goes on from what is left."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures_rulebooks import servo_robot

pytest.importorskip("sklearn")

from hebb_controller import PlasticNetwork, Rule, Rulebook, load_rulebook
from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot
from hebb_controller.rules import weight_shapes
from hebb_controller.shared_rules import SharedRules
from sim.encoding_choice import with_encoding
from sim.evolve_config import EvolveConfig
from sim.evolved_rulebook import first_mean
from sim.first_draw import FirstDraw
from sim.genome import Genome
from sim.merge import merge, relative_errors
from sim.merge_schedule import MergeSchedule
from sim.merge_stage import continued
from sim.openai_es import EsConfig

SIZES = (11, 6, 2)
ROBOT = servo_robot(2)
NB = 11 * 6 + 6 * 2


def book(points: np.ndarray | None = None, **changes: Any) -> Rulebook:
    """Return a rulebook whose synapses have these rules, shape `(NB, 5)`."""
    points = np.random.default_rng(0).normal(0, 1, (NB, 5)) if points is None else points
    layers = np.split(points.astype(np.float32), [66])
    coefficients = [p.T.reshape(5, *shape) for p, shape in zip(layers, weight_shapes(SIZES), strict=True)]
    head = ("ABCD_lr", SIZES, "max", ROBOT.name, ROBOT.contract_hash, "servo", 1, 0.5, 50.0)
    return dataclasses.replace(Rulebook(*head, tuple(coefficients), provenance={"seed": 1}), **changes)


def shared_of(made: Rulebook) -> SharedRules:
    assert isinstance(made.encoded, SharedRules)
    return made.encoded


def flat(layers: Any) -> np.ndarray:
    return np.concatenate([layer.ravel() for layer in layers])


@pytest.mark.parametrize("scale", ["none", "term"])
def test_planted_clusters_are_found(scale: str) -> None:
    rng = np.random.default_rng(3)
    centres = np.array([[k, -k, 2 * k, 3 - k, 0.5 + k] for k in range(5)])
    planted = np.concatenate([np.arange(5), rng.integers(5, size=NB - 5)])
    merged = merge(book(centres[planted] + rng.normal(0, 1e-3, (NB, 5))), 5, 0, scale=scale)
    found = flat(shared_of(merged).assignment)
    assert len({(a, b) for a, b in zip(planted, found, strict=True)}) == 5
    for k in range(5):
        number = found[np.flatnonzero(planted == k)[0]]
        np.testing.assert_allclose(shared_of(merged).rules[number], centres[k], atol=2e-3)
    assert merged.provenance["merged"][0]["relative_error"] < 1e-3


def test_a_centre_is_the_mean_over_synapses_however_often_merged() -> None:
    """Rules that many synapses follow weigh more: one rule for all is the mean of all coefficients, by either way."""
    before = book()
    mean = np.concatenate([c.reshape(5, -1) for c in before.coefficients], axis=1).mean(axis=1)
    for through in ((1,), (20, 5, 1)):
        merged = before
        for nb_rules in through:
            merged = merge(merged, nb_rules)
        np.testing.assert_allclose(shared_of(merged).rules[0], mean, atol=1e-6)
    assert [each["rules"] for each in merged.provenance["merged"]] == [20, 5, 1]


def test_fewer_rules_lose_more_and_as_many_lose_nothing() -> None:
    before = book()
    errors = [relative_errors(before.coefficients, merge(before, n).coefficients)[0] for n in (NB, 40, 10, 2)]
    assert errors[0] < 1e-7 and errors == sorted(errors)


def test_the_same_seed_merges_alike() -> None:
    first, second, other = (merge(book(), 9, seed) for seed in (4, 4, 5))
    assert first.digest == second.digest != other.digest


def test_per_layer_shares_no_rule_across_layers() -> None:
    merged = shared_of(merge(book(), 13, per_layer=True))
    first, second = (set(layer.ravel().tolist()) for layer in merged.assignment)
    assert not first & second and first | second == set(range(13))
    assert len(first) > len(second) >= 1


def test_what_cannot_be_merged_is_refused() -> None:
    static = book(rule="static", coefficients=(), start_weights=book().coefficients[:0])
    for wrong, nb_rules, how, message in (
        (static, 3, {}, "no rules to merge"),
        (book(), 0, {}, "must be 1 to 78"),
        (book(), 3, {"seed": -1}, "seed -1"),
        (book(), 1, {"per_layer": True}, "must be 2 to 78"),
        (book(), NB + 1, {}, "must be 1 to 78"),
        (merge(book(), 5), 6, {}, "only 5 different rules"),
        (book(), 3, {"scale": "log"}, "unknown scale"),
    ):
        with pytest.raises(BadInputError, match=message):
            merge(wrong, nb_rules, **how)  # type: ignore[arg-type]


def settings(tmp_path: Path, **changes: Any) -> tuple[EvolveConfig, Genome]:
    """Return settings that evolve merged rules on, and their search vector's layout."""
    start = merge(book(), 7).save(tmp_path / "merged.hebb.safetensors")
    config = EvolveConfig(robot="toy", encoding="shared", warm_start=str(start), **changes)
    return config, Genome.of(SIZES, config.plasticity, config.rule, "max", config.init)


def test_evolution_searches_the_rules_alone(tmp_path: Path) -> None:
    config, genome = settings(tmp_path)
    genome = with_encoding(genome, config, ROBOT)
    merged = load_rulebook(config.warm_start)
    assert genome.size == genome.nb_coefficients == 35 == merged.nb_evolved
    mean = first_mean(config, genome)
    np.testing.assert_array_equal(mean, shared_of(merged).rules.ravel())
    np.testing.assert_array_equal(genome.first_mean(np.random.default_rng(0), FirstDraw()), mean)
    vector = mean + np.float32(0.1)
    coefficients, weights = genome.split(vector)
    assert not weights
    for layer, number in zip(coefficients, shared_of(merged).assignment, strict=True):
        np.testing.assert_array_equal(layer, np.moveaxis(vector.reshape(7, 5)[number], -1, 0))
    network, plain = genome.network(), PlasticNetwork(SIZES, Rule.named("ABCD_lr"), coefficients, "max")
    assert genome.express(vector, network) == "uniform"
    for each in (network, plain):
        each.reset(np.random.default_rng(1))
        each.act(np.ones(11))
        each.adapt()
    for a, b in zip(network.weights, plain.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_encodings_that_settings_cannot_have(tmp_path: Path) -> None:
    config, genome = settings(tmp_path)
    plain = book().save(tmp_path / "plain.hebb.safetensors")
    static = Genome.of(SIZES, "none", "ABCD_lr", "max", "uniform")
    for changes, layout, message in (
        ({"encoding": "woven"}, genome, "unknown encoding"),
        ({"warm_start": ""}, genome, "hebb merge"),
        ({"warm_start": str(plain)}, genome, "hebb merge"),
        ({}, static, "no rules to encode"),
        ({}, Genome.of((11, 5, 2), "hebbian", "ABCD_lr", "max", "uniform"), "assignment of shapes"),
    ):
        with pytest.raises(BadInputError, match=message):
            with_encoding(layout, dataclasses.replace(config, **changes), ROBOT)  # type: ignore[arg-type]


def test_merged_rules_warm_start_an_evolution_of_every_synapse(tmp_path: Path) -> None:
    config, genome = settings(tmp_path)
    mean = first_mean(dataclasses.replace(config, encoding=""), genome)
    np.testing.assert_array_equal(mean, flat(load_rulebook(config.warm_start).coefficients))


def test_stages_go_on_where_the_run_before_stood() -> None:
    config = EvolveConfig(horizon=200, horizon_growth=2, es=EsConfig(learning_rate=0.05, learning_rate_decay=0.99))
    begun = merge(book(provenance={"config": config.as_dict()}), 7)
    stage = continued(begun, MergeSchedule((7,), (5,)), 40, 5, begun, Path("m"))
    assert [stage.horizon_at(k, 1000) for k in range(5)] == [config.horizon_at(40 + k, 1000) for k in range(5)]
    assert stage.es.learning_rate_at(3) == pytest.approx(config.es.learning_rate_at(43))
    assert stage.es.sigma_at(3) == pytest.approx(config.es.sigma_at(43))
    assert (stage.encoding, stage.warm_start, stage.generations) == ("shared", "m", 5)


def test_a_second_schedule_goes_on_where_the_first_one_stood() -> None:
    """What a schedule leaves counts all generations, and has the settings that its last stage began under."""
    config = EvolveConfig(horizon=200, horizon_growth=2, es=EsConfig(learning_rate=0.05, learning_rate_decay=0.99))
    begun = merge(book(provenance={"config": config.as_dict()}), 7)
    last = continued(begun, MergeSchedule((9, 7), (3, 5)), 43, 5, begun, Path("m"))
    stages = [{"rules": 9, "generations": 3}, {"rules": 7, "generations": 5}]
    left = book(provenance={"config": last.as_dict(), "generations": 48, "stages": stages})
    stage = continued(left, MergeSchedule((5, 4), (2, 5)), 50, 5, left, Path("n"))
    assert [stage.horizon_at(k, 1000) for k in range(5)] == [config.horizon_at(50 + k, 1000) for k in range(5)]
    assert stage.es.learning_rate_at(3) == pytest.approx(config.es.learning_rate_at(53))
    assert stage.es.sigma_at(3) == pytest.approx(config.es.sigma_at(53))
    assert len({config.seed, last.seed, stage.seed}) == 3


def test_schedules_that_cannot_be() -> None:
    assert MergeSchedule((9, 4), (2,)).stages == ((9, 2), (4, 2))
    for rules, generations, message in (
        ((), (2,), "at least"),
        ((4, 9), (2,), "not more"),
        ((9, 4), (2, 0), "at least"),
        ((9, 4), (2, 2, 2), "2 for as many stages"),
    ):
        with pytest.raises(BadInputError, match=message):
            MergeSchedule(rules, generations)
    for how, message in (({"seed": -1}, "seed -1"), ({"scale": "log"}, "unknown scale")):
        with pytest.raises(BadInputError, match=message):
            MergeSchedule((9,), (1,), **how)  # type: ignore[arg-type]


TINY = EvolveConfig(
    hidden=(6,),
    generations=2,
    horizon=8,
    workers=1,
    evaluate_every=1,
    evaluate_episodes=1,
    es=EsConfig(population=2, optimiser="adam", learning_rate=0.05),
)
MERGE = "import sys\nfrom hebb_controller.cli import main\nsys.exit(main(sys.argv[1:]))"


def hebb(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MERGE, *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False)


@pytest.mark.sim
@pytest.mark.slow
def test_a_schedule_resumes_to_the_same_rules(tmp_path: Path) -> None:
    """Evolved, merged, evolved on, merged again; stopped after a stage and resumed; and evolved on unmerged."""
    pytest.importorskip("pybullet")
    from sim.evolve import run
    from sim.merge_schedule import MERGED, run_schedule

    assert load_robot("ant").name == "ant"
    run(TINY, tmp_path / "run")
    before = load_rulebook(tmp_path / "run" / "best.hebb.safetensors")
    schedule = MergeSchedule((40, 10), (1, 2), workers=1)
    said: list[str] = []
    whole = run_schedule(before, schedule, tmp_path / "a", say=said.append)
    assert whole.nb_evolved == 50 and "relative error" in said[0]
    assert [stage["rules"] for stage in whole.provenance["stages"]] == [40, 10]
    assert whole.provenance["generations"] == before.provenance["generations"] + 3
    with pytest.raises(BadInputError, match="holds no schedule"):
        run_schedule(before, schedule, tmp_path / "b", resume=True)
    (tmp_path / "b").mkdir()
    for name in ("schedule.yaml", "1-40"):
        (tmp_path / "a" / name).rename(tmp_path / "b" / name)
    with pytest.raises(BadInputError, match="already holds a schedule"):
        run_schedule(before, schedule, tmp_path / "b")
    with pytest.raises(BadInputError, match="another rulebook or schedule"):
        run_schedule(before, MergeSchedule((40, 11), (1, 2)), tmp_path / "b", resume=True)
    again = run_schedule(before, schedule, tmp_path / "b", resume=True, say=said.append)
    np.testing.assert_array_equal(shared_of(again).numbers, shared_of(whole).numbers)
    path = str(tmp_path / "a" / MERGED)
    done = hebb("evaluate", path, "--episodes", "1", "--horizon", "5", "--json")
    assert done.returncode == 0, done.stderr
    on = run_schedule(before, MergeSchedule((before.nb_evolved,), (1,)), tmp_path / "c", say=said.append)
    assert on.encoded is None


def test_the_verb_merges_and_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from hebb_controller.cli import main

    source, out = book().save(tmp_path / "a"), tmp_path / "b.hebb.safetensors"
    assert main(["merge", str(source), "--rules", "9", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "390 numbers merged to 45" in told and "relative error" in told and "eta" in told
    assert main(["rulebook", str(out)]) == 0
    told = capsys.readouterr().out
    assert "rules            9" in told and "evolved numbers  45" in told
    assert main(["merge", str(source), "--rules", "0", "--out", str(out)]) == 2
    assert main(["merge", str(source), "--rules", "9", "--out", str(out), "--resume"]) == 2
    assert capsys.readouterr().err.count("\n") == 2
