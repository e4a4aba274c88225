"""`hebb run`: one life, watched while it happens and told afterwards."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.faults import FaultyActuators
from hebb_controller.loop import Pacer, StepRecord
from hebb_controller.out_path import check_file, check_folder
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.safety import SafetyGate
from hebb_controller.step_bound import MOST_STEPS
from sim.befalling import check_befalls
from sim.display import display_reachable
from sim.episode_trace import STOPPED, record_life
from sim.live_view import make_view
from sim.orderly_end import stop_after_this_step
from sim.report import LifeReport, story, write_json
from sim.run_recording import RunRecorder
from sim.task_plant import TaskPlant
from sim.tasks import check_bodies, make_task
from sim.video import VideoRecorder, check_video_path


@dataclass(frozen=True)
class LiveRunConfig:
    """What to run and where its report goes.

    Attributes:
        robot: the robot.
        rulebook: name or path of the rulebook, for titles.
        body: name of the body.
        seed: everything random derives from it; the life is episode 0 of `hebb evaluate` on this seed with `--horizon`
            of as many steps: one beyond the task's own length draws more flaws of the sensors, and after them another
            ground and other start weights.
        steps: control steps at most.
        schedule: what befalls it.
        realtime: keep the robot's own pace instead of running as fast as possible.
        gui: open the simulator's window.
        video: where to record it; None for no recording.
        out: folder of the report.
    """

    robot: RobotSpec
    rulebook: str
    body: str = "intact"
    seed: int = 0
    steps: int = 700
    schedule: FaultSchedule = FaultSchedule()
    realtime: bool = False
    gui: bool = False
    video: Path | None = None
    out: Path = Path("reports")

    def __post_init__(self) -> None:
        """Refuse what cannot be run, before anything starts.

        Raises:
            BadInputError: a number out of range; a body, fault or video that cannot be; no display for the window.
            MissingExtraError: something to draw or record with is not installed.
        """
        if not 1 <= self.steps <= MOST_STEPS or self.seed < 0:
            raise BadInputError(
                f"steps {self.steps}, seed {self.seed}: steps must be 1 to {MOST_STEPS:,}, the seed 0 or more"
            )
        if self.gui and not display_reachable():
            raise BadInputError("--gui needs a display, and none answers at DISPLAY: --video out.gif works without one")
        if self.video is not None:
            check_video_path(self.video)
        check_bodies(self.robot, self.body)
        FaultyActuators(self.robot, self.schedule.faults)
        check_befalls(self.schedule, self.steps, "--steps")
        try:
            import matplotlib  # noqa: F401 (a run whose report cannot be drawn should not start)
        except ImportError as error:
            raise MissingExtraError("matplotlib", "sim") from error


def run(book: Rulebook, config: LiveRunConfig) -> list[Path]:
    """Run one life with a live view, write its report, tell its story, and return the files written.

    Raises:
        RulebookError: the rulebook belongs to another robot.
        BadInputError: a folder or a video that cannot be written; told before the life begins.
        OSError: a folder that cannot be made, likewise.
        KeyboardInterrupt: somebody pressed Ctrl-C; while the robot lived, its life so far has been told and written.
    """
    check_folder(config.out)
    if config.video is not None:
        check_file(config.video, "--video")
    for folder in (config.out, config.out if config.video is None else config.video.parent):
        folder.mkdir(parents=True, exist_ok=True)
    controller = book.controller(config.robot)
    controller.network.warm_up()
    task = make_task(config.robot, gui=config.gui)
    task.max_steps = max(config.steps, task.max_steps)
    try:
        rng = np.random.default_rng([config.seed, 0])
        plant = TaskPlant(task, rng, config.body)
        controller.reset(rng, book.start)
        recorder = RunRecorder(controller.network, config.schedule, float(_x(plant)), task.control_period, config.steps)
        title = f"{config.robot.name} · {config.body} · rulebook {Path(config.rulebook).name} · seed {config.seed}"
        video = None if config.video is None else VideoRecorder(config.video, task.picture, task.control_period)

        # Stoppable from the first word of the view on.
        with stop_after_this_step() as stopped, closing(make_view(title, config.steps, task.control_period)) as view:

            def watch(record: StepRecord, plant: TaskPlant) -> None:
                moment = recorder(record, plant)
                view.show(moment)
                if video is not None:
                    video.take(record.step, f"step {record.step + 1}   {moment.speed:.2f} m/s   {moment.phase}")

            trace = record_life(
                plant,
                controller,
                SafetyGate(config.robot),
                config.schedule,
                np.random.default_rng([config.seed, 0, 1]),
                config.steps,
                watch,
                Pacer(task.control_period) if config.realtime or config.gui else None,
                stopped,
            )
    finally:
        task.close()
    recorder.finish()
    report = LifeReport(
        config.robot.name,
        config.body,
        config.rulebook,
        book,
        config.seed,
        config.schedule,
        trace,
        recorder.modes,
        np.array(recorder.weight_change),
        np.array(recorder.weight_size),
        recorder.snapshots,
    )
    for line in story(report):
        print(line)
    written = _write(report, config.out, video)
    if trace.ended == STOPPED:
        raise KeyboardInterrupt
    return written


def _write(report: LifeReport, folder: Path, video: VideoRecorder | None) -> list[Path]:
    from sim.plots import write_png

    written = [write_png(report, folder), write_json(report, folder)]
    if video is not None:
        written.append(video.save())
    for path in written:
        print(f"wrote {path}")
    return written


def _x(plant: TaskPlant) -> float:
    truth = plant.state.truth
    assert truth is not None
    return float(truth.position_base_in_world[0])
