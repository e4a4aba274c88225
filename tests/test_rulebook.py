"""The rulebook file: what was saved comes back, and nothing else does."""

from __future__ import annotations

import dataclasses
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures_rulebooks import servo_robot
from hypothesis import given
from hypothesis import strategies as st
from oracle import draw
from safetensors.numpy import save

from hebb_controller import Rule, Rulebook, load_rulebook, rulebook_file
from hebb_controller.errors import RulebookError
from hebb_controller.kernel import NORMALISATIONS
from hebb_controller.rules import VARIANTS

SIZES = (11, 4, 2)
ROBOT = servo_robot(2)


def book(name: str = "ABCD_lr", start: bool = False, **changes: Any) -> Rulebook:
    sizes = changes.get("layer_sizes", SIZES)
    rng = np.random.default_rng(0)
    coefficients = () if name == "static" else tuple(draw(Rule.named(name), sizes, rng)[0])
    weights = tuple(draw(Rule.named("A"), sizes, rng)[1]) if start or name == "static" else ()
    made = Rulebook(
        name, sizes, "max", ROBOT.name, ROBOT.contract_hash, "servo", 1, 0.5, 50.0, coefficients, weights, {"seed": 1}
    )
    return dataclasses.replace(made, **changes)


def same(a: Rulebook, b: Rulebook) -> bool:
    arrays = zip((*a.coefficients, *a.start_weights), (*b.coefficients, *b.start_weights), strict=True)
    return a._header() == b._header() and all(np.array_equal(x, y) for x, y in arrays)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    name=st.sampled_from([*VARIANTS, "static"]),
    how=st.sampled_from(sorted(NORMALISATIONS)),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4).map(tuple),
    start=st.booleans(),
    action_filter=st.floats(0.001, 1.0),
    provenance=st.dictionaries(st.text(max_size=8), JSON, max_size=4),
)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    how: str,
    sizes: tuple[int, ...],
    start: bool,
    action_filter: float,
    provenance: dict[str, Any],
) -> None:
    path = tmp_path_factory.mktemp("round") / "a.hebb.safetensors"
    saved = book(name, start, layer_sizes=sizes, normalisation=how, action_filter=action_filter, provenance=provenance)
    loaded = load_rulebook(saved.save(path))
    assert same(saved, loaded) and saved.digest == loaded.digest
    assert all(c.dtype == np.float32 for c in loaded.coefficients)


def test_network_and_controller_come_out_of_it() -> None:
    controller = book(start=True).controller(ROBOT)
    controller.reset(start=book(start=True).start)
    assert controller.network.plastic and controller.action_filter == 0.5
    assert not book("static").network().plastic
    assert book().start == "uniform"


@given(position=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_flipped_bit_never_loads_other_content(
    tmp_path_factory: pytest.TempPathFactory, position: float, bit: int
) -> None:
    path = tmp_path_factory.mktemp("flip") / "a.hebb.safetensors"
    saved = book(start=True)
    data = bytearray(saved.save(path).read_bytes())
    data[int(position * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(bytes(data))
    try:
        loaded = load_rulebook(path)
    except RulebookError as error:
        assert "\n" not in str(error)
    else:
        assert same(saved, loaded)


def test_every_flipped_byte_of_the_header_is_refused_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "a.hebb.safetensors"
    saved = book()
    whole = saved.save(path).read_bytes()
    (length,) = struct.unpack("<Q", whole[:8])
    harmless = 0
    for k in range(8 + length + 64):
        data = bytearray(whole)
        data[k] ^= 1
        path.write_bytes(bytes(data))
        try:
            assert same(load_rulebook(path), saved)
            harmless += 1
        except RulebookError as error:
            assert "\n" not in str(error)
    # Only blanks that pad the header, and none of them in the tensors.
    assert harmless < 10


@given(share=st.floats(0, 0.999))
def test_truncated_files_are_refused(tmp_path_factory: pytest.TempPathFactory, share: float) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.hebb.safetensors"
    data = book().save(path).read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(RulebookError, match="not a whole rulebook"):
        load_rulebook(path)


def test_longer_files_are_refused(tmp_path: Path) -> None:
    path = book().save(tmp_path / "a.hebb.safetensors")
    path.write_bytes(path.read_bytes() + b"\0" * 16)
    with pytest.raises(RulebookError, match="not a whole rulebook"):
        load_rulebook(path)


def forged(path: Path, change: dict[str, Any], tensors: dict[str, np.ndarray] | None = None, sign: bool = True) -> Path:
    # What someone writes who computes the digest as well.
    made = book()
    header = made._header() | change
    arrays = made._tensors() | (tensors or {})
    stored = rulebook_file.digest(header, arrays) if sign else made.digest
    path.write_bytes(save(arrays, metadata={"hebb": json.dumps(header | {"digest": stored})}))
    return path


HEADER_CHANGES = [
    {"robot": "other"},
    {"robot_hash": "0" * 16},
    {"action_filter": 0.6},
    {"control_rate": 60.0},
    {"rule": "ABCD_lr_D_out"},
    {"normalisation": "none"},
    {"layout": "servo_heading"},
    {"provenance": {"seed": 2}},
]


@pytest.mark.parametrize("change", HEADER_CHANGES, ids=lambda c: next(iter(c)))
def test_the_digest_covers_the_header(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(RulebookError, match="altered"):
        load_rulebook(forged(tmp_path / "a", change, sign=False))
    assert dataclasses.replace(book(), **change).digest != book().digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "schema version 2"),
        ({"schema": None}, "schema version None"),
        ({"rule": "ABBA"}, "unknown rule"),
        ({"rule": "static"}, "coefficients do not fit"),
        ({"rule": "A"}, "coefficients do not fit"),
        ({"rule": 3}, "unknown rule"),
        ({"layer_sizes": [11, 5, 2]}, "coefficients do not fit"),
        ({"layer_sizes": [11]}, "layer sizes"),
        ({"layer_sizes": "none"}, "not readable"),
        ({"layer_sizes": 4}, "not a whole header"),
        ({"normalisation": "mean"}, "normalisation 'mean': choose one of"),
        ({"layout": "smell"}, "observation layout smell"),
        ({"layout_version": 99}, "observation layout servo v99"),
        ({"action_filter": 0.0}, "action filter"),
        ({"action_filter": "half"}, "not a whole header"),
        ({"control_rate": -1}, "control rate"),
        ({"surprise": 1}, "not a whole header"),
        ({"provenance": None}, "provenance 'None': must be a mapping"),
        ({"provenance": []}, "provenance .*: must be a mapping"),
        ({"provenance": "x" * 60}, "provenance 'x{40}': must be a mapping"),
    ],
    ids=str,
)
def test_contents_that_do_not_hold_together(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(RulebookError, match=message) as error:
        load_rulebook(forged(tmp_path / "a", change))
    assert "\n" not in str(error.value) and str(tmp_path) in str(error.value)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"coefficients.0": np.full((5, 4, 11), np.nan, np.float32)}, "holds NaN"),
        ({"coefficients.0": np.full((5, 4, 11), np.inf, np.float32)}, "holds NaN"),
        ({"coefficients.0": np.zeros((5, 4, 11), np.int32)}, "not float32"),
        ({"coefficients.0": np.zeros((5, 4, 10), np.float32)}, "coefficients do not fit"),
        ({"weights.0": np.zeros((4, 11), np.float32)}, "start weights do not fit"),
        ({"coefficients.7": np.zeros(3, np.float32)}, "no layer"),
    ],
    ids=["nan", "inf", "dtype", "shape", "half-a-start", "stray"],
)
def test_tensors_that_do_not_fit(tmp_path: Path, tensors: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(RulebookError, match=message):
        load_rulebook(forged(tmp_path / "a", {}, tensors))


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\xff" * 100, save({"a": np.zeros(2)})])
def test_files_that_are_no_rulebook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(RulebookError, match="not a whole rulebook"):
        load_rulebook(path)


def test_missing_file_lists_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="no rulebook '.*nowhere': a file, or one of"):
        load_rulebook(tmp_path / "nowhere")


def test_wrong_robots_are_refused() -> None:
    book().check_robot(ROBOT)
    wrong = {
        "is for robot 'toy', not 'bittle'": dataclasses.replace(ROBOT, name="bittle"),
        "other joints, limits or rate": dataclasses.replace(ROBOT, control_rate=100.0),
    }
    for message, robot in wrong.items():
        with pytest.raises(RulebookError, match=message):
            book().controller(robot)
    small = book(layer_sizes=(10, 4, 2))
    with pytest.raises(RulebookError, match="11 inputs and 2 outputs"):
        small.controller(ROBOT)


def test_what_does_not_hold_together_is_not_written(tmp_path: Path) -> None:
    broken = [
        book(coefficients=tuple(c * np.float32(np.nan) for c in book().coefficients)),
        book(normalisation="mean"),
        book(provenance={"fitness": float("nan")}),
        book(provenance={"when": object()}),
    ]
    for bad in broken:
        with pytest.raises(RulebookError):
            bad.save(tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book().save(tmp_path / "a")
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        book(action_filter=0.9).save(path)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a"]
