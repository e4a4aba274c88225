"""The study of practice: what was practised is what was said, before and after are the same seeds, gains are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from study.made_up import Record, record

from hebb_controller.errors import RulebookError
from sim.evolved_rulebook import first_mean
from sim.robot_problem import prepare_robot
from sim.studies import practice
from sim.studies.parts.actuator_faults import AS_SATURATED, HEALTHY, SATURATED
from sim.studies.parts.adaptation import FROZEN
from sim.studies.parts.practice_lives import BEFORE, CONTROL, LONGER, PRACTISED, REVERSED, WIPED, cells, of_study
from sim.study.evolutions import Evolutions, settings_of

pytestmark = pytest.mark.sim
SEEDS = range(1, 6)


def lives(
    condition: str, treatment: str, steps: float | None, speed: float = 0.4, seeds: range = SEEDS
) -> list[Record]:
    return [
        record(condition, seed, treatment, k, speed_before=0.4, speed_after=speed, recovery_steps=steps)
        for seed in seeds
        for k in range(3)
    ]


def test_twins_differ_in_the_practice_alone() -> None:
    def differing(one: str, other: str) -> set[str]:
        settings = [settings_of(name, 3).as_dict() for name in (one, other)]
        return {k for k, v in settings[0].items() if v != settings[1][k]}

    assert differing(PRACTISED[0], CONTROL) == {"hardships"}
    assert differing(*PRACTISED) == {"plasticity", "weight_spread", "warm_start"}
    # Groups in which members are ranked are of one size, too.
    assert settings_of(CONTROL, 1).nb_groups == settings_of(PRACTISED[0], 1).nb_groups


def test_an_evolution_goes_on_from_the_rules_of_its_own_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    evolutions = Evolutions(Path("docs/results/evolutions"))
    for practised, before in zip(PRACTISED, BEFORE, strict=True):
        config = settings_of(practised, 3)
        book = evolutions.book(before, 3)
        layers = [*book.coefficients, *book.start_weights]
        mean = first_mean(config, prepare_robot(config).genome)
        assert mean.size == sum(layer.size for layer in layers)
        assert mean.tolist() == [number for layer in layers for number in layer.ravel().tolist()]


def test_a_seed_that_was_never_evolved_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    config = settings_of(PRACTISED[0], 999)
    with pytest.raises(RulebookError, match="hebbian-dr/999"):
        first_mean(config, prepare_robot(config).genome)


def test_lives_are_asked_for_where_there_is_an_evolution_with_its_before(tmp_path: Path) -> None:
    for condition, seed in ((PRACTISED[0], 2), (BEFORE[0], 1), (BEFORE[0], 2), (CONTROL, 4)):
        path = Evolutions(tmp_path).path(condition, seed)
        path.parent.mkdir(parents=True)
        path.touch()
    asked = {(cell.condition, cell.evolution, cell.treatment) for cell in cells(Evolutions(tmp_path), quick=False)}
    unmet = {REVERSED, LONGER, WIPED}
    mine = {each + end for each in (HEALTHY, SATURATED, AS_SATURATED) for end in ("", FROZEN)} | unmet
    assert asked == {(PRACTISED[0], 2, name) for name in mine} | {(BEFORE[0], 2, name) for name in unmet}


def test_planted_gains_are_found_seed_by_seed() -> None:
    records = lives(BEFORE[0], SATURATED, 60) + lives(PRACTISED[0], SATURATED, 40)
    records += lives(BEFORE[1], SATURATED, 80) + lives(PRACTISED[1], SATURATED, 75)
    records += lives(BEFORE[0], HEALTHY, 25, 0.4) + lives(PRACTISED[0], HEALTHY, 25, 0.3)
    found = practice.findings(records)
    assert found.figure("steps, practised minus before, Hebbian") == -20
    assert found.figure("steps, practised, Hebbian minus static") == -35
    assert found.figure("hebbian-practice over hebbian-dr, healthy speed") == pytest.approx(0.75)
    assert any("-20 (-20 to -20) (sooner, n = 5)" in sentence for sentence in found.answer)


def test_rules_that_stood_before_cannot_become_so_many_times_faster() -> None:
    records = lives(BEFORE[0], HEALTHY, 25, 0.4) + lives(PRACTISED[0], HEALTHY, 25, 0.3)
    for r in records:
        if r["evolution"] == 3:
            r["speed_after"] = 0.5 if r["condition"] == PRACTISED[0] else 0.001
    sentence = next(s for s in practice.findings(records).answer if s.startswith("Speed of lives"))
    assert "0.75 (n = 4)" in sentence


def test_rules_that_did_not_go_on_evolving_do_not_count() -> None:
    before = lives(BEFORE[0], SATURATED, 60) + lives(PRACTISED[0], SATURATED, 40)
    strangers = lives(BEFORE[0], SATURATED, None, seeds=range(6, 11)) + lives("hebbian-faults", SATURATED, 30)
    assert practice.findings(before + strangers) == practice.findings(before)
    assert of_study(strangers) == []


def test_whoever_never_walks_again_is_later_than_all() -> None:
    found = practice.findings(lives(PRACTISED[0], SATURATED, None) + lives(PRACTISED[1], SATURATED, 60))
    assert found.figure("hebbian-practice recovery, saturated [steps]") is None
    assert "Hebbian, practised never (never to never) steps, 0 of 15 lives" in found.answer[0]
    assert found.figure("steps, practised, Hebbian minus static") is None
    assert "Hebbian minus static inf (inf to inf) (later, n = 5)" in " ".join(found.answer)


def test_lives_that_a_stop_alone_slows_are_told_beside_saturated_ones() -> None:
    records = lives(PRACTISED[0], SATURATED + FROZEN, None) + lives(PRACTISED[0], HEALTHY + FROZEN, None)
    said = practice.findings(records).answer[-1]
    assert "0 of 15 lives, 0 of 15 where nothing saturates (difference by evolution 0.00 (0.00 to 0.00)" in said


def test_it_says_and_draws_whatever_there_is() -> None:
    assert practice.findings([]).answer == ()
    practice.draw([])
    few = lives(PRACTISED[0], SATURATED, 30, seeds=range(1, 3))
    assert "n = 2" in practice.findings(few).answer[0]
    practice.draw(few)
