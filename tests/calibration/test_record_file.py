"""The calibration file: whole round trips, strict reading, and every kind of wrong file in one line."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_calibration import ROBOT, calibration_of, changed

from calibration.plausible import judge
from calibration.record import Measured
from calibration.record_file import default_path, load_calibration, read_calibration, save_calibration
from firmware_bridge.boards import find_board
from hebb_controller.errors import BadInputError

optional = st.none() | st.floats(0.0, 0.9)


@given(
    st.floats(-9e5, 9e5),
    st.sampled_from([1, -1]),
    st.floats(1.0, 1e5),
    st.none() | st.integers(-2047, 2047),
    st.builds(Measured, optional, optional, optional, optional, optional, optional, optional, optional),
)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, zero: float, sign: int, scale: float, offset: int | None, told: Measured
) -> None:
    path = tmp_path_factory.mktemp("file") / "c.json"
    before = changed(
        calibration_of(), 2, zero_tick=zero, direction=sign, ticks_per_radian=scale, eeprom_offset=offset, measured=told
    )
    save_calibration(path, before)
    assert read_calibration(path) == before
    assert load_calibration(path, ROBOT, whole=False) == before


def test_the_file_holds_what_its_reader_may_ask(tmp_path: Path) -> None:
    content = json.loads(save_calibration(tmp_path / "c.json", calibration_of()).read_text())
    assert content["schema"] == 1 and content["robot"] == "crab4" and content["protocol"] == "sts"
    assert content["robot_hash"] == ROBOT.contract_hash
    first = content["joints"][0]
    assert first["limits_ticks"] == [calibration_of().joints[0].tick(a) for a in first["limits_rad"]]
    assert {"servo_id", "model", "firmware", "eeprom_offset", "method", "residual_rad", "direction"} <= set(first)
    assert first["measured"]["latency_s"] == 0.007 and first["measured"]["play_within_servo_rad"] is None
    assert list(tmp_path.iterdir()) == [tmp_path / "c.json"]  # no temporary file stays


def test_any_altered_value_is_noticed(tmp_path: Path) -> None:
    path = save_calibration(tmp_path / "c.json", calibration_of())
    text = path.read_text()
    for before, after in (("2048.25", "2049.25"), ('"direction": -1', '"direction": 1'), ("11.9", "11.8")):
        assert before in text
        path.write_text(text.replace(before, after, 1))
        with pytest.raises(BadInputError, match="digest"):
            read_calibration(path)


def rewritten(path: Path, change: object) -> None:
    """Alter a file as somebody would who also knows how to make its digest."""
    from calibration.record_file import _digest

    content = json.loads(path.read_text())
    del content["digest"]
    change(content)  # type: ignore[operator]
    path.write_text(json.dumps({**content, "digest": _digest(content)}))


def test_all_that_is_wrong_is_told_in_one_line(tmp_path: Path) -> None:
    path = save_calibration(tmp_path / "c.json", calibration_of())

    def spoil(content: dict) -> None:
        content["protocol"] = "morse"
        content["joints"][0]["direction"] = 0
        content["joints"][1]["servo_id"] = 2.5
        content["joints"][2]["ticks_per_radian"] = "many"
        del content["joints"][3]["measured"]
        content["colour"] = "red"

    rewritten(path, spoil)
    with pytest.raises(BadInputError) as caught:
        read_calibration(path)
    text = str(caught.value)
    assert "\n" not in text
    for word in ("morse", "direction", "2.5", "many", "measured", "colour"):
        assert word in text


def test_counts_that_do_not_follow_from_the_map_are_noticed(tmp_path: Path) -> None:
    path = save_calibration(tmp_path / "c.json", calibration_of())
    rewritten(path, lambda content: content["joints"][0].update(limits_ticks=[1, 2]))
    with pytest.raises(BadInputError, match="do not follow"):
        read_calibration(path)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not a calibration"),
        ("{", "not a calibration"),
        ("[]", "keys and values"),
        ('{"schema": 2}', "schema version 2"),
        ('{"schema": true}', "schema version True"),
        ('{"schema": 1}', "digest"),
        ('{"schema": 1, "joints": [{"zero_tick": NaN}]}', "no number"),
        ('{"schema": 1, "x": 1e999}', "unknown key"),
        ('{"schema": 1, "x": ' + "9" * 400 + "}", "too long"),
        ("[" * 100000, "not a calibration"),
        ('{"schema": 1, "joints": [3], "protocol": []}', "must hold keys"),
    ],
)
def test_any_other_file_is_one_line(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "c.json"
    path.write_text(text)
    with pytest.raises(BadInputError, match=word) as caught:
        read_calibration(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="hebb calibrate"):
        read_calibration(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInputError, match="not a calibration"):
        read_calibration(tmp_path / "bytes")
    with pytest.raises(BadInputError, match="not written"):
        save_calibration(tmp_path / "bytes" / "c.json", calibration_of())


def test_other_robots_are_refused(tmp_path: Path) -> None:
    path = save_calibration(tmp_path / "c.json", calibration_of())
    assert ROBOT.body is not None
    with pytest.raises(BadInputError, match="made for robot crab4, not for other"):
        load_calibration(path, dataclasses.replace(ROBOT, name="other"))
    wider = dataclasses.replace(ROBOT.joints[0], upper=ROBOT.joints[0].upper + 0.1)
    with pytest.raises(BadInputError, match="joints or limits of crab4 have changed"):
        load_calibration(path, dataclasses.replace(ROBOT, joints=(wider, *ROBOT.joints[1:])))
    bent = dataclasses.replace(ROBOT.body.segments[0], axis=(0.0, -1.0, 0.0))
    with pytest.raises(BadInputError, match="geometry of crab4 has changed"):
        load_calibration(path, dataclasses.replace(ROBOT, body=dataclasses.replace(ROBOT.body, segments=(bent,))))
    heavier = dataclasses.replace(ROBOT, body=dataclasses.replace(ROBOT.body, base_mass=0.7))
    assert load_calibration(path, heavier)  # a battery changes no zero


def test_half_a_calibration_drives_no_robot(tmp_path: Path) -> None:
    half = dataclasses.replace(calibration_of(), joints=calibration_of().joints[:2])
    path = save_calibration(tmp_path / "c.json", half)
    assert load_calibration(path, ROBOT, whole=False) == half
    with pytest.raises(BadInputError, match="without back_left_knee, back_right_knee"):
        load_calibration(path, ROBOT)


def test_a_map_across_the_seam_is_refused_at_reading_and_at_judging(tmp_path: Path) -> None:
    across = changed(calibration_of(), 1, zero_tick=100.0)
    path = save_calibration(tmp_path / "c.json", across)
    with pytest.raises(BadInputError, match="front_right_knee"):
        load_calibration(path, ROBOT)
    assert "seam" in judge(across, ROBOT, find_board("sts").scale)["front_right_knee"][0]


def test_what_cannot_be_is_found_joint_by_joint() -> None:
    scale = find_board("sts").scale
    assert judge(calibration_of(), ROBOT, scale) == {}
    odd = changed(calibration_of(), 0, measured=Measured(latency=0.3, speed=20.0, play_beyond_encoder=0.2))
    odd = changed(odd, 1, servo_id=3)
    odd = changed(odd, 3, ticks_per_radian=900.0, measured=Measured(latency=0.09))
    found = judge(odd, ROBOT, scale)
    assert set(found) == set(ROBOT.joint_names)
    first = "; ".join(found["front_left_knee"])
    assert "300 ms" in first and "20.00 rad/s" in first and "play" in first
    assert "also moves back_left_knee" in "; ".join(found["front_right_knee"])
    assert "maker says" in "; ".join(found["back_right_knee"])


def test_default_places_follow_the_users_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path("sts12", "sts") == tmp_path / "hebb" / "calibration" / "sts12-sts.json"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")  # the specification says to ignore it
    assert default_path("sts12", "sts") == Path.home() / ".config" / "hebb" / "calibration" / "sts12-sts.json"


@given(st.data())
def test_a_joint_map_of_a_file_is_exact_to_half_a_count(data: st.DataObject) -> None:
    calibration = calibration_of()
    for joint in calibration.joints:
        angle = data.draw(st.floats(joint.lower, joint.upper))
        assert abs(joint.angle(joint.tick(angle)) - angle) <= 0.5 / joint.ticks_per_radian + 1e-12
    back = calibration.joint_map
    ticks = back.to_ticks(ROBOT.neutral)
    assert [int(t) for t in ticks] == [joint.tick(joint.neutral) for joint in calibration.joints]
