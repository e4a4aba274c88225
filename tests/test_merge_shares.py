"""How many of the rules each layer gets when no rule is shared across layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebb_controller.errors import BadInputError
from hebb_controller.shared_rules import MOST_RULES
from sim.merge import shares_of

LAYERS = st.lists(st.integers(1, 3000), min_size=1, max_size=6)


@given(LAYERS, st.data())
def test_all_rules_are_handed_out_and_no_layer_gets_more_than_it_has_synapses(
    sizes: list[int], data: st.DataObject
) -> None:
    nb_rules = data.draw(st.integers(len(sizes), min(sum(sizes), MOST_RULES)))
    shares = shares_of(nb_rules, sizes)
    assert sum(shares) == nb_rules
    assert all(1 <= share <= size for share, size in zip(shares, sizes, strict=True))
    # In proportion, to the rule that rounding moves; what a full layer leaves goes to one that has room.
    spare = nb_rules - len(sizes)
    even = [1 + size * spare / sum(sizes) for size in sizes]
    assert all(share > fair - 1 - 1e-6 for share, fair in zip(shares, even, strict=True))
    assert all(share < fair + 2 for share, fair in zip(shares, even, strict=True))


def test_as_many_rules_as_synapses_are_one_for_each() -> None:
    for sizes in ([1984, 2048, 256], [28 * 128, 128 * 64, 64 * 8], [1, 1, 9000]):
        assert shares_of(sum(sizes), sizes) == sizes


def test_shares_that_published_rules_were_merged_by() -> None:
    """Of realant's layers: nobody is near its end there, so largest remainders alone decide."""
    shares = [shares_of(nb_rules, [1984, 2048, 256]) for nb_rules in (1536, 768, 384, 96)]
    assert shares == [[710, 733, 93], [355, 366, 47], [177, 183, 24], [44, 45, 7]]


@pytest.mark.parametrize("nb_rules", [-1, 0, 2, 13])
def test_fewer_than_layers_or_more_than_synapses_are_refused(nb_rules: int) -> None:
    with pytest.raises(BadInputError, match=f"{nb_rules} rules: must be 3 to 12 for 12 synapses"):
        shares_of(nb_rules, [3, 4, 5])
