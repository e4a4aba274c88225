"""The study of the rules' terms: a planted weight code is called one, a planted dynamic is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.studies import code
from sim.studies.parts.body_measures import SEEN
from sim.studies.parts.changed_rules import CHANGES, UNSEEN, VARIANTS, left_of, rarer_with
from sim.study.evolutions import Evolutions
from sim.study.records import Record
from sim.study.surgery import SURGERIES

pytestmark = pytest.mark.sim


def made_up(left: dict[str, float], variant: float = 0.0) -> list[Record]:
    """Return five evolutions of which each change leaves this share of 5 m, 0.2 by default, and one simpler rule."""
    rng = np.random.default_rng(0)
    records: list[Record] = []
    for seed in range(1, 6):
        for change in CHANGES:
            share = 1.0 if change == "whole" else left.get(change, 0.2)
            records += [
                walk("hebbian-dr", seed, change, body, 5.0 * share + rng.normal(0.0, 0.05))
                for body in (*SEEN, UNSEEN[0])
            ]
            records += [
                saturated("hebbian-dr", seed, change, walks=share > 0.5, befalls=what)
                for what in ("saturated", "healthy")
            ]
        if variant:
            records += [walk("rule-A", seed, "whole", body, 5.0 * variant) for body in ("intact", UNSEEN[0])]
    return records


def walk(condition: str, seed: int, change: str, body: str, distance: float) -> Record:
    """Return a life on a body; the intact one is not written, as in records."""
    record = {"condition": condition, "evolution": seed, "treatment": f"{change} walk", "distance": distance}
    return record | ({} if body == "intact" else {"body": body})


def saturated(condition: str, seed: int, change: str, walks: bool, befalls: str = "saturated") -> Record:
    """Return a life whose actuators saturate; it recovers in 60 steps if it walked."""
    record = {"condition": condition, "evolution": seed, "treatment": f"{change} {befalls}", "distance": 1.0}
    return record | {"speed_before": 0.4 if walks else None, "recovery_steps": 60 if walks else None}


def test_a_planted_weight_code_is_called_one_and_a_planted_dynamic_is_not() -> None:
    coded = code.findings(made_up({"only_D": 0.95, "no_A": 0.9, "no_B": 0.9, "no_C": 0.9}))
    assert any("as in a code of the weights" in a for a in coded.answer)
    assert any("Least is left without D" in a for a in coded.answer)
    assert coded.figure("realant left of the distance, D alone") == pytest.approx(0.95, abs=0.03)
    dynamic = code.findings(made_up({"no_B": 0.9, "no_C": 0.9, "no_D": 0.9}))
    assert any("no code of constants" in a for a in dynamic.answer)
    assert any("Least is left without A" in a for a in dynamic.answer)


def test_recovery_is_asked_only_of_lives_that_walked() -> None:
    answer = " ".join(code.findings(made_up({"no_B": 0.9})).answer)
    assert "without B 60 (60 to 60) steps, 5 of 5 lives (5 of 5 where nothing saturates)" in answer
    assert "Too few lives walk at step 300 to ask: D alone, without A" in answer


def test_recovery_is_rarer_only_by_pairs_of_one_evolution() -> None:
    records = made_up({"no_A": 0.9, "no_B": 0.9})
    for r in records:
        if r["treatment"] == "no_B saturated":
            r["recovery_steps"] = None
    answer = " ".join(code.findings(records).answer)
    assert "without B -1.00 (-1.00 to -1.00): 1 of 2 intervals of 95 %, uncorrected, excludes 0: without B." in answer
    assert rarer_with(records, "no_A").high == 0.0


def test_rules_that_lose_their_speed_without_any_fault_do_not_recover_more_rarely() -> None:
    records = made_up({"no_B": 0.9})
    for r in records:
        if r["treatment"] in ("no_B saturated", "no_B healthy"):
            r["recovery_steps"] = None
    assert rarer_with(records, "no_B").value == 0.0


def test_recovery_is_asked_of_d_alone_too() -> None:
    records = made_up({"only_D": 0.9, "no_A": 0.9})
    for r in records:
        if r["treatment"] == "only_D saturated" and r["evolution"] != 5:
            r["recovery_steps"] = None
    records += [saturated("hebbian-dr", seed, "only_D", walks=True) for seed in range(1, 6)]
    # Of two lives of each evolution one recovers, of evolution 5 both.
    answer = " ".join(code.findings(records).answer)
    assert "without saturation, changed minus whole rules: D alone -0.50 (-0.50 to 0.00)" in answer
    assert rarer_with(records, "only_D").value == -0.5


def test_shares_are_those_of_the_same_evolution() -> None:
    records = [walk("c", seed, change, "intact", d) for seed, change, d in _DISTANCES]
    assert left_of(records, "no_A", ("intact",)) == pytest.approx([0.5, 0.25])


def test_of_an_evolution_that_stands_nothing_is_left() -> None:
    records = made_up({"only_D": 0.3})
    standing = [walk("hebbian-dr", seed, "whole", "intact", 0.15) for seed in (6, 7)]
    standing += [walk("hebbian-dr", seed, "only_D", "intact", 0.13) for seed in (6, 7)]
    # On other bodies it may slide as far as it likes.
    standing += [walk("hebbian-dr", 6, change, UNSEEN[0], 0.8) for change in ("whole", "only_D")]
    for bodies in (("intact",), UNSEEN):
        assert left_of(records + standing, "only_D", bodies) == left_of(records, "only_D", bodies)
    found = code.findings(records + standing)
    assert found.answer[0].startswith("realant, n = 5 that walk, of 7: D alone leaves 0.30 (")
    assert "less than half of the walking is in D alone" in found.answer[0]
    assert found.answer[2].startswith("realant, n = 5, of the distance there")
    assert {row[-1] for row in found.tables[0].rows if row[0] in ("whole rules", "D alone")} == {"7, 5"}


_DISTANCES = ((1, "whole", 4.0), (1, "no_A", 2.0), (2, "whole", 8.0), (2, "no_A", 2.0), (3, "no_A", 1.0))


def test_simpler_rules_stand_beside_the_whole_one_and_absent_ones_are_named() -> None:
    found = code.findings(made_up({}, variant=0.5))
    assert found.figure("A / ABCD_lr, intact") == pytest.approx(0.5, abs=0.02)
    assert any(a.startswith("Not evolved yet") and "rule-ABCD" in a and "rule-A," not in a for a in found.answer)


@pytest.mark.parametrize("some", [slice(0, 0), slice(0, 1), slice(3, 4), slice(5, 9)])
def test_any_part_of_the_records_will_do(some: slice) -> None:
    records = made_up({}, variant=0.5)[some]
    found = code.findings(records)
    assert all(v is None or np.isfinite(v) for v in map(found.figure, found.figures) if not isinstance(v, str))
    code.draw(records)


def test_every_surgery_is_asked_of_the_whole_rule_alone(tmp_path: Path) -> None:
    for condition in VARIANTS:
        rules = tmp_path / condition / "1" / "rules.hebb.safetensors"
        rules.parent.mkdir(parents=True)
        rules.write_bytes(b"")
    asked = code.cells(Evolutions(tmp_path), quick=False)
    assert {c.surgery for c in asked if c.condition == "hebbian-dr"} == {"", *SURGERIES}
    assert {c.surgery for c in asked if c.condition.startswith("rule-")} == {""}
    assert len({c.name for c in asked}) == len(asked)
