"""The list of processes: what each launch argument leads to, and what is refused before anything starts."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import shipped_robots
from hebb_controller_ros.launch_arguments import ARGUMENTS, BOUNDS, resolve
from hebb_controller_ros.launch_command import DISCOVERY, command_of, environment_of, help_text, main, parse, warning_of
from hebb_controller_ros.processes import processes

PACKAGE = Path(__file__).parents[2] / "ros2_ws" / "src" / "hebb_controller"


def by_name(**given: str):  # type: ignore[no-untyped-def]
    return {process.name: process for process in processes(given)}


def test_a_bare_launch_simulates_and_starts_nothing_else() -> None:
    made = by_name()
    assert list(made) == ["plant", "hebb_controller"]
    plant, controller = made["plant"].parameters, made["hebb_controller"].parameters
    assert plant["backend"] == "sim" and controller["autostart"] and controller["use_sim_time"]
    assert plant["robot"] == controller["robot"] == "realant"


def test_the_largest_seed_of_the_nodes_is_one_of_the_launch() -> None:
    assert by_name(seed=str(2**31 - 1))["plant"].parameters["seed"] == 2**31 - 1


def test_exactly_one_clock_and_only_with_simulated_time() -> None:
    for backend, simulated in (("sim", True), ("shadow", True), ("mock", False), ("serial", False)):
        made = by_name(backend=backend, **({"port": "/dev/ttyUSB0"} if backend == "serial" else {}))
        assert made["plant"].parameters["publish_clock"] is simulated
        assert made["hebb_controller"].parameters["use_sim_time"] is simulated
    forced = by_name(backend="mock", use_sim_time="true")
    assert forced["plant"].parameters["publish_clock"]


def test_serial_waits_for_a_person_and_shadow_never_commands() -> None:
    assert not by_name(backend="serial", port="/dev/ttyUSB0")["hebb_controller"].parameters["autostart"]
    assert by_name(backend="shadow")["hebb_controller"].parameters["shadow"]


def test_faults_go_to_whom_they_befall() -> None:
    made = by_name(faults="saturate@300:400; wipe=0.333@500 ;limp@1:2@front_left_hip")
    assert made["plant"].parameters["faults"] == ["saturate@300:400", "limp@1:2@front_left_hip"]
    assert made["hebb_controller"].parameters["faults"] == ["wipe=0.333@500"]


def test_extras_are_started_on_request_in_the_namespace() -> None:
    made = by_name(record="true", watch="true", namespace="/ada")
    assert set(made) == {"recorder", "plant", "hebb_controller", "watch"}
    assert all(process.namespace == "ada" for process in made.values())
    assert [name for name, process in made.items() if process.critical] == ["plant", "hebb_controller"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"robto": "x"}, "unknown launch argument 'robto'"),
        ({"backend": "cloud"}, "choose one of mock, serial, shadow, sim"),
        ({"record": "yes"}, "choose one of false, true"),
        ({"seed": "-1"}, "seed '-1'"),
        ({"seed": "²"}, "seed '²': must be a whole number"),
        ({"seed": "٣"}, "must be a whole number"),
        ({"duration": "9" * 5000}, "duration '9999"),
        ({"seed": str(2**31)}, "at most 2147483647"),
        ({"realtime_factor": "²"}, "must be a number"),
        ({"ramp_time": "soon"}, "must be a number"),
        ({"ramp_time": "-1"}, "ramp_time -1: must lie within 0 and 60"),
        ({"realtime_factor": "nan"}, "within 0.01 and 100"),
        ({"view_port": "99999"}, "within 0 and 65535"),
        ({"namespace": "a b"}, "letters, digits"),
        ({"namespace": "a_name_of_some_forty_letters_and_then_one-"}, "letters, digits"),  # soon told, not in years
        ({"namespace": "ada//bob"}, "letters, digits"),
        ({"body": "three_legs"}, "unknown body"),
        ({"robot": "rover"}, "rover"),
        ({"robot": "ant"}, "driven by torque"),
        ({"rulebook": "sts12"}, "sts12"),
        ({"faults": "melt@1:2"}, "melt"),
        ({"port": "/dev/ttyUSB0"}, "needs backend:=serial"),
        ({"backend": "serial", "lockstep": "true"}, "only sim and mock can wait"),
        ({"backend": "serial"}, "give its port:="),
        ({"backend": "serial", "port": "/dev/x", "faults": "weak=0.5@0:9"}, "behind a port keep their torque"),
        ({"imu_port": "/dev/ttyUSB1"}, "needs backend:=serial"),
        ({"params_file": "nowhere.yaml"}, "no such file"),
        ({"report": "true"}, "add record:=true"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(given: dict[str, str], words: str, capsys) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInputError, match=words) as caught:
        processes(given)
    assert "\n" not in str(caught.value)
    assert main([f"{name}:={value}" for name, value in given.items()]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_robot_of_ones_own_asks_for_its_rulebook(tmp_path: Path) -> None:
    mine = tmp_path / "my dog.yaml"
    mine.write_text(shipped_robots()["realant"].read_text().replace("name: realant", "name: my_dog"))
    with pytest.raises(BadInputError) as caught:
        processes({"robot": str(mine)})
    evolve = f"hebb evolve --config servo --robot '{mine}'"
    assert str(caught.value) == f"my_dog has no shipped rulebook: give rulebook:=FILE, or evolve one: {evolve}"
    with pytest.raises(BadInputError, match="no rulebook 'none': a file, or one of"):
        processes({"robot": str(mine), "rulebook": "none"})


def test_bounds_are_those_of_the_nodes() -> None:
    pytest.importorskip("rclpy")
    from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
    from hebb_controller_ros.plant_parameters import PLANT_PARAMETERS
    from hebb_controller_ros.view_node import PARAMETERS

    specs = {spec.name: (spec.low, spec.high) for spec in (*CONTROLLER_PARAMETERS, *PLANT_PARAMETERS)}
    specs |= {f"view_{spec.name}": (spec.low, spec.high) for spec in PARAMETERS}
    assert {name: specs[name] for name in BOUNDS} == BOUNDS


def test_words_that_are_no_arguments() -> None:
    assert parse(["robot:=sts12", "faults:=a:=b"]) == {"robot": "sts12", "faults": "a:=b"}
    with pytest.raises(BadInputError, match="name:=value"):
        parse(["sts12"])


def test_help_names_every_argument_with_its_choices() -> None:
    text = help_text()
    assert all(f"  {argument.name}:=" in text and argument.description[:30] in text for argument in ARGUMENTS)
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\xff\xfea\x00", "not a text in UTF-8"),
        (b"a: [1", "not YAML: line 1"),
        (b"hebb_controller:\n  ros__parameters: 5\n", "hebb_controller: ros__parameters must hold parameters by name"),
        (b"/**:\n  ros__parameters: [[a]]\n", "ros__parameters must hold parameters"),
        (b"/**: {ros__parameters: {a: 1, a: 2}}\n", "'a' stands twice"),
    ],
)
def test_a_params_file_that_cannot_be_read_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_bytes(content)
    with pytest.raises(BadInputError, match=words) as caught:
        processes({"params_file": str(file)})
    assert str(caught.value).startswith(f"params_file {file}: ") and "\n" not in str(caught.value)


def test_a_params_file_yields_to_arguments_that_were_given(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("hebb_controller:\n  ros__parameters: {ramp_time: 3.0, fade_time: 2.0}\n")
    process = by_name(params_file=str(file), fade_time="1.0")["hebb_controller"]
    words = command_of(process, tmp_path).words
    own = yaml.safe_load((tmp_path / "hebb_controller.yaml").read_text())["/**"]["ros__parameters"]
    assert "ramp_time" not in own and own["fade_time"] == 1.0
    assert words.index(str(file)) < words.index(str(tmp_path / "hebb_controller.yaml"))


def test_nobody_but_this_machine_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "ROS_AUTOMATIC_DISCOVERY_RANGE"
    monkeypatch.delenv(name, raising=False)
    assert environment_of(resolve({}))[name] == "LOCALHOST"
    assert environment_of(resolve({"open_network": "true"}))[name] == "SUBNET"
    monkeypatch.setenv(name, "")  # to ROS 2 that is the subnet
    assert environment_of(resolve({}))[name] == "LOCALHOST"
    monkeypatch.setenv(name, "OFF")
    assert environment_of(resolve({}))[name] == "OFF"


@pytest.mark.parametrize(
    ("told", "given", "reach"),
    [("", {}, "LOCALHOST"), ("SYSTEM_DEFAULT", {}, "SYSTEM_DEFAULT"), ("", {"open_network": "true"}, "SUBNET")],
)
def test_launch_files_reach_as_far_as_hebb_launch(
    told: str, given: dict[str, str], reach: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The launch system is none of the wheels: its actions are stood in for by what they were made of."""
    from hebb_controller_ros import launch_builder

    def action(kind: str) -> Any:
        return lambda *words, **named: (kind, words, named)

    kinds = {
        "ament_index_python.packages": ("get_package_share_directory",),
        "launch.actions": ("EmitEvent", "LogInfo", "RegisterEventHandler", "SetEnvironmentVariable"),
        "launch.event_handlers": ("OnProcessExit",),
        "launch.events": ("Shutdown",),
        "launch_ros.actions": ("Node",),
    }
    for module, names in kinds.items():
        monkeypatch.setitem(sys.modules, module.split(".")[0], ModuleType(module.split(".")[0]))
        made = ModuleType(module)
        for name in names:
            setattr(made, name, action(name))
        monkeypatch.setitem(sys.modules, module, made)
    monkeypatch.setenv(DISCOVERY, told)
    actions = launch_builder.actions(given)
    assert [words for kind, words, _ in actions if kind == "SetEnvironmentVariable"] == [(DISCOVERY, reach)]
    warned = [named["msg"] for kind, _, named in actions if kind == "LogInfo"]
    assert warned == ([] if reach == "LOCALHOST" else [warning_of(reach)])
    assert environment_of(resolve(given))[DISCOVERY] == reach


@pytest.mark.parametrize("file", sorted((PACKAGE / "launch").glob("*.launch.py")), ids=lambda path: path.name)
def test_launch_files_hold_no_second_list(file: Path) -> None:
    tree = ast.parse(file.read_text())
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not names & ({a.name for a in ARGUMENTS} - {"backend", "port"})
    assert "generate_launch_description" in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def test_launch_description_where_ros_launch_is_installed() -> None:
    launch = pytest.importorskip("launch")
    pytest.importorskip("launch_ros")
    from hebb_controller_ros.launch_builder import actions, description

    declared = [e for e in description().entities if isinstance(e, launch.actions.DeclareLaunchArgument)]
    assert [e.name for e in declared] == [a.name for a in ARGUMENTS if a.name != "report"]
    assert sum(type(e).__name__ == "Node" for e in actions({})) == 2
