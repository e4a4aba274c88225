"""The study of bodies: a planted advantage is found, none is said to be none, stuck evolutions are counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from study.made_up import record

from hebb_controller.robot_file import load_robot
from sim.bodies import body_family, body_names
from sim.studies import bodies
from sim.studies.parts.body_kinds import KINDS
from sim.studies.parts.body_measures import DAMAGED, share_of_intact, unseen_distance, walkers
from sim.study.evolutions import Evolutions

NAMES = ("intact", "front_right_short", "ice", "slope", "payload")


def walked(condition: str, factor: float, evolutions: int = 5) -> list[dict]:
    return [
        record(
            condition, seed, "body", body=body, distance=factor * (1.0 + 0.01 * seed) * (0.5 if body == "ice" else 1)
        )
        for seed in range(1, evolutions + 1)
        for body in NAMES
    ]


def test_a_planted_advantage_is_found() -> None:
    found = bodies.findings(walked("hebbian-dr", 3.0) + walked("static-dr", 2.0))
    assert found.figure("unseen Hebbian / static") == pytest.approx(1.5)
    assert found.figure("unseen bodies") == 3
    assert "yes, better" in found.answer[0] and "n = 5" in found.answer[0]
    assert not any("Never learned" in sentence for sentence in found.answer)  # nobody is stuck: nothing is said of it


def test_a_planted_loss_is_said_and_no_difference_is_none() -> None:
    assert "no, worse" in bodies.findings(walked("hebbian-dr", 1.0) + walked("static-dr", 2.0)).answer[0]
    assert "no clear difference" in bodies.findings(walked("hebbian-dr", 2.0) + walked("static-dr", 2.0)).answer[0]


def test_evolutions_that_never_walk_are_counted_and_left_out_beside() -> None:
    stuck = [dict(r, evolution=9, distance=0.01) for r in walked("static-dr", 1.0, 1)]
    found = bodies.findings(walked("hebbian-dr", 2.0) + walked("static-dr", 2.0) + stuck)
    assert found.figure("never walked, static") == 1 and found.figure("never walked, Hebbian") == 0
    assert "1 of 6 static" in found.answer[1] and "no clear difference" in found.answer[1]
    assert walkers(stuck, "static-dr") == set()


def test_damaged_legs_are_told_from_loads_and_grounds() -> None:
    shares = {"front_left_short": 0.2, "back_short": 0.4, "ice": 0.8, "payload": 0.9, "slope": 1.0}
    records = [
        record(
            condition, seed, "body", body=body, distance=far * (shares.get(body, 1.0) + more * (body == "back_short"))
        )
        for condition, far, more in (("hebbian-dr", 3.0, 0.2), ("static-dr", 2.0, 0.0))
        for seed in range(1, 6)
        for body in ("intact", "front_right_short", *shares)
    ]
    assert unseen_distance(records, "static-dr", families=DAMAGED)[1] == pytest.approx(0.6)
    assert unseen_distance(records, "static-dr", families=("payload", "ground"))[1] == pytest.approx(1.8)
    assert share_of_intact(records, "hebbian-dr", DAMAGED)[3] == pytest.approx(0.4)
    harder, load, ground = (s for s in bodies.findings(records).answer if "of their own intact" in s)
    assert "2 unseen bodies with one or two damaged legs" in harder
    assert "difference 0.10 (0.10 to 0.10): Hebbian keeps more" in harder
    assert "1 unseen bodies with another load" in load and "keep 0.90 (0.90 to 0.90) and 0.90" in load
    assert "2 unseen bodies with another ground" in ground
    assert all("difference 0.00 (0.00 to 0.00): not told from none" in each for each in (load, ground))


def test_every_body_is_of_one_kind() -> None:
    for body in body_names(load_robot("realant"))[1:]:
        assert sum(body_family(body) in families for families in KINDS.values()) == 1


def test_seen_bodies_do_not_count_as_unseen() -> None:
    records = walked("hebbian-dr", 1.0, 1)
    for r in records:
        r["distance"] = 100.0 if r["body"] in ("intact", "front_right_short") else 1.0
    assert unseen_distance(records, "hebbian-dr") == {1: 1.0}


def test_the_ants_share_is_that_of_its_rewards() -> None:
    ant = [
        record("shipped/ant", 0, "ant", k, body=body, reward=reward)
        for k in range(3)
        for body, reward in (("intact", 1000.0), ("front_right_short", 900.0), ("front_left_short", 430.0))
    ]
    still = [dict(r, condition="shipped/ant-static", reward=9.0) for r in ant]
    found = bodies.findings(ant + still)
    assert found.figure("ant unseen / intact") == pytest.approx(0.43)
    assert "9 on the unseen body, 9 intact" in found.answer[1]


def test_pictures_and_pages_need_no_records() -> None:
    bodies.draw([])
    assert bodies.findings([]).answer == ()
    assert bodies.cells(Evolutions(Path("nowhere")), True)
