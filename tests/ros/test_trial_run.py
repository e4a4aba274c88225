"""What a trial asks of a launch, what it makes of its end, and what it refuses before anything starts."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "trials"))
pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
from protocols import description, made

from hebb_controller.errors import BadInputError
from hebb_controller.live_faults import split_faults
from hebb_controller.robot_file import load_robot, shipped_robots
from hebb_controller.trials import stages
from hebb_controller.trials.operator import Operator, assumed_operator
from hebb_controller.trials.plan import make_plan
from hebb_controller.trials.protocol import STAGES
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
from hebb_controller_ros.controller_setup import set_up
from hebb_controller_ros.plants import EchoPlant
from hebb_controller_ros.processes import Process
from hebb_controller_ros.sensor_pair import Reading
from hebb_controller_ros.supervisor import Command, Ending, supervise_until
from hebb_controller_ros.trial_run import TrialOptions, check_emulated, run
from hebb_controller_ros.trial_run_launch import end_of, run_processes
from hebb_controller_ros.trial_run_measure import Measured
from hebb_controller_ros.trial_run_request import RunRequest, launch_arguments

pytestmark = pytest.mark.ros
SERIAL = {"backend": "serial", "serial": {"port": "/dev/ttyUSB0", "imu_port": "board", "calibration": "none"}}
FAULTS = [
    {"at_s": 2, "fault": "saturate", "duration_s": 1},
    {"at_s": 3, "fault": "wipe=0.5"},
    {"at_s": 5, "operator": "clip the front left leg now"},
]


def request(stage: str, kind: str = "plastic", **more: Any) -> RunRequest:
    conditions = [{"kind": kind} | ({"after_s": 2} if kind == "stopped" else {})]
    protocol = made(conditions=conditions, perturbations=FAULTS, **more)
    return RunRequest(protocol, stage, make_plan(protocol, stage)[0], "realant", 50.0)


def processes_of(wanted: RunRequest) -> dict[str, Process]:
    return {process.name: process for process in run_processes(wanted, Path("/nowhere"))}


def test_a_shadow_sends_nothing_and_a_stand_has_no_ground() -> None:
    for more in ({}, SERIAL):
        for stage in STAGES:
            made_of = processes_of(request(stage, **more))
            assert set(made_of) == {"plant", "hebb_controller", "recorder", "trial_watch"}
            assert made_of["hebb_controller"].parameters["shadow"] is (stage == "shadow")
            assert made_of["recorder"].parameters["folder"] == "/nowhere"
            # Whoever has to see everything is waited for: controller, recorder and watch.
            assert made_of["plant"].parameters["listeners"] == 3
            assert all(process.critical for process in made_of.values())  # what nobody records need not go on
    backends = [processes_of(request(stage))["plant"].parameters["backend"] for stage in STAGES]
    assert backends == ["sim", "mock", "sim"]
    assert processes_of(request("shadow", **SERIAL))["plant"].parameters["backend"] == "serial"


def test_seconds_count_from_where_the_network_takes_over() -> None:
    given = launch_arguments(request("ground", ramp_time_s=0.5))
    faults, wipes = split_faults(given["faults"].split(";"))
    assert (faults[0].start, faults[0].stop, wipes[0].step) == (25 + 100, 25 + 150, 25 + 150)
    assert given["duration"] == str(25 + 300)
    # In shorter runs, what would come after their end does not; a shadow has no actuators to disturb.
    assert "faults" not in launch_arguments(request("shadow"))
    short = request("suspended", stages={"suspended": {"duration_s": 2.5}})
    assert launch_arguments(short)["faults"] == "saturate@150:200"
    watch = processes_of(request("ground"))["trial_watch"].parameters
    assert watch["prompts"] == ["5.0 clip the front left leg now"] and watch["duration"] == 6.0


def test_who_ends_a_run() -> None:
    """Lock-step counts steps; real time is ended by the watch, on servos after a ramp to rest."""
    for stage, more, ends, rest in (
        ("ground", {}, False, False),
        ("ground", {"lockstep": False}, True, False),
        ("shadow", {}, True, False),
        ("shadow", SERIAL, True, False),
        ("ground", SERIAL, True, True),
    ):
        wanted = request(stage, **more)
        watch = processes_of(wanted)["trial_watch"].parameters
        assert (watch["ends"], watch["rest"] > 0.0) == (ends, rest)
        assert ("duration" in launch_arguments(wanted)) is not ends


@pytest.mark.parametrize(
    "kind, asked",
    [
        ("plastic", {}),
        ("frozen", {"start_plastic": False}),
        ("stopped", {"plasticity_stop": 150}),
        ("sine", {"gait": "sine", "gait_frequency": 1.5}),
    ],
)
def test_what_a_condition_asks_of_the_controller(kind: str, asked: dict[str, Any]) -> None:
    parameters = processes_of(request("ground", kind, abort={"tilt_deg": 50}))["hebb_controller"].parameters
    assert parameters["max_tilt_deg"] == 50.0
    known = {spec.name: spec.default for spec in CONTROLLER_PARAMETERS}
    for name in ("start_plastic", "plasticity_stop", "gait", "gait_frequency"):
        assert parameters.get(name, known[name]) == asked.get(name, known[name])


WALKED = Measured("x.mcap", True, 0, 6.0, 1.25, 0, 12.0, 11.5)


@pytest.mark.parametrize(
    "ending, watched, finished, reason",
    [
        (Ending("plant", 0), {}, True, ""),
        (Ending("plant", 1), {}, False, "plant ended with code 1"),
        (Ending("hebb_controller", -9), {"reason": ""}, False, "hebb_controller ended with code -9"),
        (Ending("trial_watch", 0), {"reason": "fell: tilted 80 degrees", "counts": True}, True, "fell: tilted 80 degr"),
        (Ending("trial_watch", 0), {"reason": "the supply is at 8.0 V", "counts": False}, False, "the supply is at 8"),
        (Ending("plant", 0), {"reason": "the supply is at 8.0 V", "counts": False}, False, "the supply is at 8"),
        (Ending("trial_watch", 0), {"reason": "", "counts": True}, True, ""),
        (Ending("trial_watch", 0), {}, False, "the watch left no word"),
        (Ending("", 0), {"reason": "", "counts": True}, False, "stopped by the operator"),
        (Ending("recorder", 1), {"reason": ""}, False, "recorder ended with code 1"),
        (Ending("output", 1, "the output takes no more: full"), {}, False, "the output takes no more"),
    ],
)
def test_what_counts(ending: Ending, watched: dict[str, Any], finished: bool, reason: str) -> None:
    end = end_of(request("ground"), ending, watched, WALKED)
    assert end.finished is finished and end.reason.startswith(reason) and bool(end.reason) is bool(reason)
    assert end.stopped is (ending.name == "") and end.distance == 1.25
    assert (end.figures["battery_start_V"], end.figures["battery_end_V"]) == (12.0, 11.5)
    assert end_of(request("suspended"), ending, watched, WALKED).distance is None
    fallen = end_of(request("suspended"), ending, dict(watched, falls=1), WALKED)
    assert not fallen.finished and (not finished or "on its stand" in fallen.reason)
    assert not end_of(request("ground"), ending, watched, Measured()).finished  # nothing was recorded
    if ending == Ending("plant", 1):
        said = end_of(request("ground"), ending, watched, WALKED, "error: no port").reason
        assert said == "plant ended with code 1; error: no port"


def test_a_recording_with_gaps_is_made_again_where_that_gives_the_same_run() -> None:
    gaps = Measured("x.mcap", True, 3, 6.0, 1.25)
    lockstep = end_of(request("ground"), Ending("plant", 0), {}, gaps)
    assert not lockstep.finished and lockstep.reason == "the recorder lost 3 readings"
    ended = {"reason": "", "counts": True}
    robot = end_of(request("ground", **SERIAL), Ending("trial_watch", 0), ended, gaps)
    assert robot.finished and robot.figures["readings_lost"] == 3


def test_nobody_need_be_asked_only_where_nothing_real_can_move(tmp_path: Path) -> None:
    check_emulated(made(), assumed=True)
    check_emulated(made(**SERIAL), assumed=False)
    with pytest.raises(BadInputError, match="need a person"):
        check_emulated(made(**SERIAL), assumed=True)
    _, other = os.openpty()
    link = tmp_path / "servos"
    link.symlink_to(os.ttyname(other))
    emulated = SERIAL["serial"] | {"emulated": True}
    check_emulated(made(**SERIAL | {"serial": emulated | {"port": str(link)}}), assumed=True)
    for assumed in (True, False):  # a protocol that lies
        with pytest.raises(BadInputError, match="/dev/ttyUSB0 is no pseudo-terminal"):
            check_emulated(made(**SERIAL | {"serial": emulated}), assumed)
        with pytest.raises(BadInputError, match="ttyS0 is no pseudo-terminal"):
            ports = {"port": str(link), "imu_port": "/dev/ttyS0"}
            check_emulated(made(**SERIAL | {"serial": emulated | ports}), assumed)


@pytest.mark.parametrize("more", [{"port": "SERVOS"}, {"port": "pts", "imu_port": "SERVOS-imu"}])
def test_an_emulator_that_does_not_run_is_to_be_started(more: dict[str, str], tmp_path: Path) -> None:
    _, other = os.openpty()
    link = tmp_path / "servos"
    ports = {
        key: os.ttyname(other) if port == "pts" else port.replace("SERVOS", str(link)) for key, port in more.items()
    }
    protocol = made(**SERIAL | {"robot": "sts12", "serial": SERIAL["serial"] | {"emulated": True} | ports})
    for dangling in (False, True):  # what an emulator leaves that was killed
        if dangling:
            for end in ("", "-imu"):
                Path(f"{link}{end}").symlink_to("/dev/pts/none")
        with pytest.raises(BadInputError) as caught:
            check_emulated(protocol, assumed=True)
        start = f"start `hebb board emulate --robot sts12 --link {link}` first"
        assert str(caught.value) == f"serial.emulated: {list(ports.values())[-1]} is not there: {start}"


def test_refusals_come_before_anything_starts(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"

    def refused(match: str, stage: str = "shadow", operator: Operator | None = None, **more: Any) -> None:
        file.write_text(yaml.safe_dump(description(**more)))
        with pytest.raises(BadInputError, match=match):
            run(TrialOptions(str(file), stage, tmp_path / "out"), operator or assumed_operator())
        assert not (tmp_path / "out" / stage / "runs").exists()

    refused("no stage shadow has passed", "suspended")
    refused("no stage suspended has passed", "ground")
    refused("rulebook is for robot 'sts12'", rulebook="sts12")
    refused("unknown robot", robot="no-such")
    mine = tmp_path / "my_dog.yaml"
    mine.write_text(shipped_robots()["realant"].read_text().replace("name: realant", "name: my_dog"))
    refused("my_dog has no shipped rulebook: give rulebook: FILE in the protocol", robot=str(mine))
    refused("no rulebook", conditions=[{"kind": "static", "rulebook": "no-such"}])
    refused("is plastic, not static", conditions=[{"kind": "static", "rulebook": "realant"}])
    refused("is static: no plasticity", conditions=[{"kind": "frozen", "rulebook": "realant-static"}])
    refused("need a person", **SERIAL)
    nobody = Operator(lambda _: "", lambda _: None)
    calibration = {"port": "/dev/ttyUSB0", "calibration": str(tmp_path / "none.json")}
    refused("no such file", operator=nobody, backend="serial", serial=calibration)


def test_a_no_on_the_checklist_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hebb_controller_ros import trial_run

    file, told = tmp_path / "p.yaml", []
    file.write_text(yaml.safe_dump(description(**SERIAL, robot="sts12")))
    operator = Operator(lambda _: "no", told.append)
    monkeypatch.setattr(trial_run, "check_robot", lambda *_: [])
    assert run(TrialOptions(str(file), "shadow", tmp_path / "out"), operator) == 1
    assert told[-1].startswith("stage shadow does not begin: not confirmed: The robot rests")
    bad = [{"check": "supply", "verdict": "fail", "found": "9.0 V", "advice": ""}]
    monkeypatch.setattr(trial_run, "check_robot", lambda *_: bad)
    assert run(TrialOptions(str(file), "shadow", tmp_path / "out"), Operator(lambda _: "yes", told.append)) == 1
    assert told[-1] == "stage shadow does not begin: supply: 9.0 V"
    folder = tmp_path / "out" / "shadow"
    assert len(list(folder.glob("checklist-*.json"))) == 2 and not (folder / stages.PASSED).exists()
    assert not (folder / "runs").exists()


def test_who_ended_first_is_told_and_the_others_may_linger(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    late = Command("late", ("sh", "-c", f"sleep 0.6; touch {mark}; sleep 60"))
    quick = Command("quick", ("sh", "-c", "sleep 0.2; exit 3"), critical=True)
    assert supervise_until([late, quick], os.environ) == Ending("quick", 3) and not mark.exists()
    assert supervise_until([late, quick], os.environ, linger=1.0) == Ending("quick", 3) and mark.exists()


class Topics:
    """Takes what a tick says."""

    def __init__(self) -> None:
        self.modes: list[dict[str, Any]] = []

    def mode(self, entry: dict[str, Any]) -> None:
        self.modes.append(entry)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def walked(nb_steps: int, **asked: Any) -> tuple[list[np.ndarray], list[dict[str, Any]], ControlTick]:
    """Tick through a walk on a body without physics; return the first layer after every step, and the modes."""
    given = {spec.name: spec.default for spec in CONTROLLER_PARAMETERS}
    given |= {"robot": "realant", "lockstep": True, "ramp_time": 0.1, "fade_time": 0.0, "seed": 3} | asked
    setup, topics = set_up(given), Topics()
    tick = ControlTick(setup, topics, None, given, lambda _: None)  # type: ignore[arg-type]
    plant = EchoPlant(load_robot("realant"))
    weights = []
    for step in range(nb_steps):
        reading = Reading(plant.sense(), time.monotonic(), time.monotonic())
        if step == 0:
            tick.activate(reading)
        tick.answer(reading)
        plant.actuate(setup.sequencer.tick_old(reading.state, 0.0))  # type: ignore[arg-type]
        weights.append(setup.sequencer.controller.network.snapshot()[:1])
    return [w[0] if w else np.zeros(0) for w in weights], topics.modes, tick


def test_plasticity_stops_when_it_is_told_to() -> None:
    plastic, modes, _ = walked(40)
    frozen, frozen_modes, _ = walked(40, start_plastic=False)
    stopped, stopped_modes, _ = walked(40, plasticity_stop=20)
    changed = [not np.array_equal(a, b) for a, b in zip(plastic, plastic[1:], strict=False)]
    assert changed == [False] * 4 + [True] * 35  # 5 steps of ramp; the network's first step changes them
    assert all(np.array_equal(w, frozen[0]) for w in frozen) and np.array_equal(frozen[0], plastic[0])
    for step in range(40):
        assert np.array_equal(stopped[step], plastic[min(step, 19)])
    assert {m["plasticity"] for m in modes} == {"waiting", "on"}
    assert {m["plasticity"] for m in frozen_modes} == {"frozen"}
    # What a replay goes by: frozen from the 20th tick on.
    assert [m["ticks"] for m in stopped_modes if m["plasticity"] == "frozen"][0] == 20


def test_the_scripted_trot_goes_through_the_same_gate_and_ramp() -> None:
    _, modes, tick = walked(40, gait="sine", gait_frequency=2.0)
    assert [m["phase"] for m in modes][-1] == "run"
    assert tick.sequencer.gate.mode.value == "nominal" and tick.sequencer.controller.network.weights == []


def test_the_launch_file_says_what_the_command_line_says() -> None:
    from hebb_controller.cli import make_parser
    from hebb_controller_ros.trial_run_words import words_of

    given = {"trial": "realant", "stage": "ground", "out": "x", "resume": "true", "assume_yes": "true"}
    options = make_parser(with_evolve=False).parse_args(words_of(given)[2:])
    assert (options.protocol, options.stage, options.out, options.resume) == ("realant", "ground", Path("x"), True)
    assert options.assume_yes
    bare = words_of({"trial": "p.yaml", "stage": "", "out": "", "resume": "false", "assume_yes": "false"})
    assert bare == ["-m", "hebb_controller.cli", "trial", "p.yaml"]
    text = (Path(__file__).parents[2] / "ros2_ws/src/hebb_controller/launch/trial.launch.py").read_text()
    assert all(f'"{name}": (' in text for name in given)
