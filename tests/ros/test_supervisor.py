"""The supervisor with real processes: nothing outlives it, whoever dies first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import sys, os
from hebb_controller_ros.supervisor import Command, supervise
commands = [Command(n, (sys.executable, '-u', '-c', w), c == '1') for n, c, w in zip(*[iter(sys.argv[1:])] * 3)]
sys.exit(supervise(commands, os.environ))
"""
SLEEPS = "import os, time; print('pid', os.getpid()); time.sleep(60)"
STUBBORN = f"import signal; [signal.signal(s, signal.SIG_IGN) for s in (2, 15)]; {SLEEPS}"


def start(*children: tuple[str, bool, str]) -> subprocess.Popen[str]:
    words = [word for name, critical, program in children for word in (name, str(int(critical)), program)]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def pids(process: subprocess.Popen[str], nb: int) -> list[int]:
    assert process.stdout is not None
    return [int(process.stdout.readline().split()[-1]) for _ in range(nb)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def gone(wanted: list[int], within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if not any(alive(pid) for pid in wanted):
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_asks_for_it_is_interrupted_late() -> None:
    # It stands for a node that still imports: the interrupt waits, and nothing is said about it before.
    child = "import signal, time; time.sleep(0.5); print('ready', flush=True); " + (
        "signal.signal(2, lambda *_: print('orderly', flush=True)); signal.pthread_sigmask(signal.SIG_UNBLOCK, [2])"
    )
    program = PROGRAM.replace("c == '1')", "c == '1', late_interrupt=True)")
    words = ["a", "1", "pass", "b", "0", child]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stdout == "[b] ready\n[b] orderly\n" and "KeyboardInterrupt" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_no_orphan(number: int) -> None:
    process = start(("a", True, SLEEPS), ("b", False, STUBBORN))
    children = pids(process, 2)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert gone(children, 2.0)


def test_killed_itself_it_leaves_no_orphan_either() -> None:
    process = start(("a", True, SLEEPS), ("b", False, STUBBORN))
    children = pids(process, 2)
    process.kill()
    assert gone(children, 2.0)


def test_the_death_of_one_that_matters_ends_all_and_says_so() -> None:
    process = start(("a", False, SLEEPS), ("b", True, "import sys; sys.exit(3)"))
    out, errors = process.communicate(timeout=15)
    assert process.returncode == 1 and "b ended with code 3" in errors
    assert gone([int(line.split()[-1]) for line in out.splitlines() if " pid " in line], 1.0)


def test_the_end_of_one_that_matters_is_a_good_end() -> None:
    process = start(("a", False, SLEEPS), ("b", True, "print('done')"))
    assert process.wait(15) == 0


def test_the_death_of_one_that_does_not_matter_changes_nothing() -> None:
    process = start(("a", False, "import sys; sys.exit(1)"), ("b", True, "import time; time.sleep(1)"))
    assert process.wait(15) == 0


def test_lines_are_prefixed_whole_and_the_last_is_not_lost() -> None:
    chatter = "import sys; [print(f'line {k}', flush=True) for k in range(200)]; sys.stdout.write('last words')"
    process = start(("talker", False, chatter), ("b", True, "import time; time.sleep(1)"))
    out, _ = process.communicate(timeout=15)
    assert out.splitlines() == [f"[talker] line {k}" for k in range(200)] + ["[talker] last words"]


CHATTER = "import itertools; [print('x' * 100, k, flush=True) for k in itertools.count()]"


def test_a_reader_that_leaves_ends_everything() -> None:
    process = start(("talker", True, CHATTER), ("b", False, SLEEPS))
    assert process.stdout is not None and process.stderr is not None
    while " pid " not in (line := process.stdout.readline()):
        pass
    process.stdout.close()  # what `| head` does
    try:
        assert process.wait(10) == 1 and gone([int(line.split()[-1])], 1.0)
        assert process.stderr.read() == "the output takes no more: Broken pipe: stopping everything\n"
    finally:
        process.kill()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_is_full_ends_everything_too() -> None:
    words = [sys.executable, "-c", PROGRAM, "talker", "1", CHATTER]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "No space left" in done.stderr


def test_hebb_launch_itself(tmp_path: Path) -> None:
    pytest.importorskip("rclpy")
    pytest.importorskip("pybullet")
    words = [sys.executable, "-m", "hebb_controller.cli", "launch", "record:=true", "report:=true", "lockstep:=true"]
    words += ["duration:=400", "faults:=saturate@200:260"]
    environment = os.environ | {"ROS_DOMAIN_ID": str(10 + os.getpid() % 90)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "m forward" in done.stdout and "saturate@200:260" in done.stdout
    recording = next((tmp_path / "recordings").glob("*.mcap"))
    assert (tmp_path / "reports" / f"{recording.stem}.png").stat().st_size > 20_000
    replayed = subprocess.run(
        [sys.executable, "-m", "hebb_controller.cli", "replay", str(recording)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert replayed.returncode == 0 and "all equal bit for bit" in replayed.stdout
