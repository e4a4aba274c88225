"""The order of runs: blocked, randomised, and the same for the same seed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from protocols import made

from hebb_controller.trials.plan import make_plan
from hebb_controller.trials.protocol import KINDS, STAGES

KIND = {"static": {"rulebook": "x"}, "stopped": {"after_s": 1}}
SETS = st.lists(st.sampled_from(sorted(KINDS)), min_size=1, unique=True)


def planned(kinds: list[str], repetitions: int, seed: int, stage: str = "ground"):  # type: ignore[no-untyped-def]
    conditions = [{"kind": kind} | KIND.get(kind, {}) for kind in kinds]
    return make_plan(made(conditions=conditions, repetitions=repetitions, seed=seed), stage)


@given(SETS, st.integers(1, 6), st.integers(0, 2**31 - 1))
def test_every_block_holds_each_condition_once(kinds: list[str], repetitions: int, seed: int) -> None:
    plan = planned(kinds, repetitions, seed)
    assert [run.run for run in plan] == list(range(1, len(kinds) * repetitions + 1))
    for block in range(1, repetitions + 1):
        inside = [run for run in plan if run.block == block]
        assert Counter(run.condition for run in inside) == Counter(kinds)
        assert len({run.seed for run in inside}) == 1  # pairs: one start for all conditions of a block
    assert [run.block for run in plan] == sorted(run.block for run in plan)
    assert len({run.seed for run in plan}) == repetitions and len({run.folder for run in plan}) == len(plan)


@given(SETS, st.integers(1, 4), st.integers(0, 2**31 - 1))
def test_same_seed_same_order_and_more_blocks_leave_the_first_ones(kinds: list[str], nb: int, seed: int) -> None:
    assert planned(kinds, nb, seed) == planned(kinds, nb, seed)
    assert planned(kinds, nb + 1, seed)[: nb * len(kinds)] == planned(kinds, nb, seed)


def test_orders_are_drawn_evenly() -> None:
    # 3 conditions have 6 orders; 600 blocks: each order 100 times, standard deviation 9.
    plan = planned(["plastic", "frozen", "sine"], 600, 0)
    orders = Counter(tuple(r.condition for r in plan[k : k + 3]) for k in range(0, len(plan), 3))
    assert len(orders) == 6 and all(abs(n - 100) < 45 for n in orders.values())


def test_stages_have_orders_and_seeds_of_their_own() -> None:
    protocol = made(stages={"shadow": {"repetitions": 2}, "suspended": {"repetitions": 2}})
    seeds = [{run.seed for run in make_plan(protocol, stage)} for stage in STAGES]
    assert all(len(s) == 2 for s in seeds) and len(set.union(*seeds)) == 6
