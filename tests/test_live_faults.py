"""Faults that come as texts over the network: whatever they say, they are understood or refused."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fixtures_rulebooks import servo_robot, state_at
from hypothesis import given, settings
from hypothesis import strategies as st

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation, whole_number
from hebb_controller.faults import KINDS, Fault
from hebb_controller.live_faults import LiveFaults, fault_text, read_fault, split_faults
from hebb_controller.signals import JointTargets

#: What fault texts are made of, and what looks like it.
PARTS = [*KINDS, "wipe", "clear", "=", "@", ":", ",", "-", "+", ".", "e", "_", " ", "\n", "\0", "j0", "j1"]
LONG = "9" * 5000
NUMBERS = ["", "0", "1", "9", "-1", "0.5", "1e999", "nan", "²", "٣", "½", "Ⅷ", "1_0", " 1", "9" * 12, LONG]
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PARTS + NUMBERS), max_size=10).map("".join))


def check(text: str) -> None:
    """Read a text, and let the fault befall a body: nothing is raised but what the nodes expect."""
    try:
        fault = read_fault(text, 7)
    except BadInputError as error:
        assert "\n" not in str(error)
        return
    assert fault is None or isinstance(fault, (Fault, Ablation))
    if isinstance(fault, Fault):
        body = LiveFaults(servo_robot())
        try:
            body.add(fault)
        except BadInputError:  # joints that this robot has not
            return
        body.markers(7)
        command = JointTargets(0.0, np.zeros(2), "position")
        assert np.isfinite(body.apply(fault.start, command, state_at(servo_robot())).value).all()


@settings(max_examples=1000)
@given(TEXTS)
def test_any_text_is_a_fault_or_a_bad_one(text: str) -> None:
    check(text)


@pytest.mark.parametrize("kind", [*KINDS, "wipe"])
def test_any_number_in_any_place_too(kind: str) -> None:
    for value, start in itertools.product(NUMBERS, NUMBERS):
        check(f"{kind}={value}@{start}")
        check(f"{kind}@{value}:{start}@j0")
        for stop in NUMBERS:
            check(f"{kind}={value}@{start}:{stop}")


@pytest.mark.parametrize(
    "text", ["wipe=0.3@²", f"wipe=0.3@{LONG}", "lock@²:", f"lock@0:{LONG}", f"weak={LONG}@1:2", LONG]
)
def test_digits_that_are_no_number_are_refused_in_a_line_that_can_be_read(text: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_fault(text, 0)
    assert len(str(caught.value)) < 300
    with pytest.raises(BadInputError):
        split_faults([text])


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-12", -12), ("999999999", 999999999), ("1000000000", None), ("²", None), ("٣", None), ("", None)]
    + [(text, None) for text in ("-", "--1", "+1", "1_000", " 1", "1\n", "1.0", LONG)],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_fault_is_written_as_it_is_read() -> None:
    for text in ("weak=0.5@10:20@j0,j1", "saturate@5:", "wipe=0.25@8"):
        fault = read_fault(text, 0)
        assert fault is not None and fault_text(fault) == text
