"""Protocols: what is read, what is refused and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from protocols import description, made

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import parse_fault
from hebb_controller.live_faults import read_fault
from hebb_controller.trials.protocol import STAGES, Perturbation
from hebb_controller.trials.protocol_file import (
    find_protocol,
    protocol_from,
    read_protocol,
    shipped_protocols,
)
from hebb_controller.trials.protocol_sections import fault_text

SERIAL = {"backend": "serial", "serial": {"port": "/dev/ttyUSB0"}}


def test_defaults_are_filled_in() -> None:
    protocol = made()
    assert protocol.backend == "sim" and protocol.distance.source == "ground_truth" and protocol.abort.falls == 1
    assert [condition.name for condition in protocol.conditions] == ["plastic", "frozen", "sine"]
    assert {stage: plan.repetitions for stage, plan in protocol.stages.items()} == dict(
        zip(STAGES, (1, 1, 2), strict=True)
    )
    assert made(**SERIAL).distance.source == "operator"


@pytest.mark.parametrize("name", sorted(shipped_protocols()))
def test_shipped_protocols_are_good(name: str) -> None:
    protocol = read_protocol(find_protocol(name))
    assert len({condition.name for condition in protocol.conditions}) == len(protocol.conditions)
    assert protocol.perturbations and protocol.surface


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"colour": "red"}, "colour: unknown key: choose among abort, backend, blind, body, conditions"),
        ({"name": "a/b"}, "it names a folder"),
        ({"name": ".."}, "it names a folder"),
        ({"conditions": []}, "conditions: must be a list"),
        ({"conditions": [{"kind": "hopping"}]}, "choose one of plastic, frozen"),
        ({"conditions": [{"kind": "plastic"}, {"kind": "plastic"}]}, "is the name of two conditions"),
        ({"conditions": [{"kind": "plastic", "after_s": 3}]}, "conditions[0].after_s: unknown key"),
        ({"conditions": [{"kind": "stopped"}]}, "conditions[0].after_s: missing"),
        ({"conditions": [{"kind": "static"}]}, "conditions[0].rulebook: missing"),
        ({"conditions": [{"kind": "random", "rule_seed": 1.5}]}, "must be a whole number"),
        ({"duration_s": 0}, "duration_s: 0: must be above 0"),
        ({"repetitions": 0}, "repetitions: 0: must be at least 1"),
        ({"stages": {"orbit": {}}}, "stages.orbit: unknown key: choose among shadow, suspended"),
        ({"perturbations": [{"at_s": 1}]}, "give either fault or operator"),
        ({"perturbations": [{"at_s": 1, "fault": "x", "operator": "y"}]}, "give either fault or operator"),
        ({"perturbations": [{"at_s": 1, "fault": "explode"}]}, "explode"),
        ({"perturbations": [{"at_s": 9, "fault": "limp"}]}, "the run is over at 6 s"),
        ({"abort": {"supply_v": "low"}}, "abort.supply_v: must be a number"),
        ({"distance": {"source": "guess"}}, "choose one of ground_truth, operator, topic"),
        ({"distance": {"source": "topic"}}, "distance.topic: missing"),
        ({"serial": {"port": "x"}}, "serial: needs backend: serial"),
        ({"backend": "serial"}, "serial: missing"),
        (SERIAL | {"body": "front_left_short"}, "a simulated robot has that"),
        (SERIAL | {"distance": {"source": "ground_truth"}}, "only a simulator knows it"),
        ({"blind": "perhaps"}, "blind: must be true or false"),
    ],
)
def test_what_is_refused_is_said_in_one_line(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        protocol_from(description(**wrong))
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(BadInputError) as caught:
        protocol_from(description(colour="red", duration_s=-1, conditions=[{"kind": "x"}]))
    assert str(caught.value).count(";") >= 2


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5))
def test_whatever_yaml_holds_is_a_protocol_or_one_line(value: object) -> None:
    for key in description():
        with pytest.raises(BadInputError):
            protocol_from(description() | {key: value, "colour": 1})


def test_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    for content in (b"\xff\xfe\x00", b"{", b"- 1", b"!!python/object:os.system {}"):
        file.write_bytes(content)
        with pytest.raises(BadInputError, match="p.yaml"):
            read_protocol(file)
    with pytest.raises(BadInputError, match="a file, or one of realant"):
        find_protocol("no-such")
    file.write_text(yaml.safe_dump(description()))
    assert read_protocol(file) == made()


def test_servos_behind_a_port_are_not_asked_to_go_limp_one_by_one() -> None:
    for fault in ("weak=0.5", "limp"):
        asked = description() | {"perturbations": [{"at_s": 1.0, "fault": fault}]}
        assert protocol_from(asked).perturbations[0].fault == fault
        serial = asked | {"backend": "serial", "serial": {"port": "/dev/x"}, "distance": {"source": "none"}}
        with pytest.raises(BadInputError, match="perturbations: .*keep their torque"):
            protocol_from(serial)


@given(
    st.floats(0, 30),
    st.floats(0, 30),
    st.sampled_from(["saturate", "limp", "weak=0.5"]),
    st.lists(st.sampled_from(["a_hip", "b_knee"]), unique=True),
    st.integers(0, 100),
)
def test_faults_by_seconds_are_faults_by_steps(at: float, lasts: float, kind: str, joints: list, offset: int) -> None:
    rate = 50.0
    fault = parse_fault("limp@0:1") if lasts * rate < 1 else None
    if fault is not None:
        return  # shorter than a control step: none
    read = read_fault(fault_text(Perturbation(at, kind, lasts, tuple(joints)), offset, rate), 0)
    assert read is not None and read.start == offset + round(at * rate) and read.joints == tuple(joints)
    assert abs((read.stop - read.start) - lasts * rate) <= 1.0
    assert fault_text(Perturbation(1.0, kind), 50, rate) == f"{kind}@100:"
    assert fault_text(Perturbation(1.0, "wipe=0.3"), 50, rate) == "wipe=0.3@100"
