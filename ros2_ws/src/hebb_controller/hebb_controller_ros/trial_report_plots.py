"""Pictures over time: who got how far, and what the guards did. And how conditions look in all of them."""

from __future__ import annotations

from collections.abc import Sequence

from hebb_controller_ros.trial_report_figures import labels_of
from hebb_controller_ros.trial_report_gather import Gathered
from hebb_controller_ros.trial_report_guard import Span
from hebb_controller_ros.trial_report_run import Run
from hebb_controller_ros.trial_report_svg import MARKS, NB_COLOURS, Chart, sample

SINCE_START = "time since the network's start [s]"


def look_of(conditions: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Return colour, dash and mark of each condition: three ways to tell them apart."""
    return {
        name: (f"c{k % NB_COLOURS}", f"d{k % len(MARKS)}", MARKS[k % len(MARKS)]) for k, name in enumerate(conditions)
    }


def key_svg(look: tuple[str, str, str]) -> str:
    """Return the sample of a condition's line and mark that a key shows."""
    return sample(*look)


def distances(
    trial: Gathered, limits: tuple[float, float, float] | None = None, names: Sequence[str] = ()
) -> Chart | None:
    """Draw distance over time of every run, perturbations shaded; None where nobody saw a track.

    Args:
        trial: the trial.
        limits: longest time [s], least and largest distance [m], where two trials share their axes.
        names: conditions in the order of their colours, where two trials share them; else the trial's.
    """
    tracks = [(run, *run.curve()) for run in trial.runs]
    if not any(time.size for _, time, _ in tracks):
        return None
    limits = limits or track_limits([trial])
    assert limits is not None
    longest, least, most = limits
    chart = Chart(
        "distance over time of every run", (0.0, longest), (min(0.0, least), 1.05 * most), SINCE_START, "forward [m]"
    )
    for row, (label, (onset, end)) in enumerate(shaded(trial.runs).items()):
        chart.band(onset, longest if end is None else end, "band", label)
        anchor = "end" if onset > 0.6 * longest else "start"
        chart.text(onset, 1.05 * most, label, "small", anchor, dy=11.0 + 12.0 * (row % 3))
    look = look_of(names or trial.folder.conditions)
    for run, time, x in tracks:
        planned = run.attempt.planned
        colour, dash, _ = look[planned.condition]
        if time.size:
            chart.line(time, x, f"{colour} {dash}", f"run {planned.run}, {planned.condition}, block {planned.block}")
    return chart


def track_limits(trials: Sequence[Gathered]) -> tuple[float, float, float] | None:
    """Return longest time [s], least and largest distance [m] of the trials' tracks; None without any."""
    tracks = [run.curve() for trial in trials for run in trial.runs]
    tracks = [(time, x) for time, x in tracks if time.size > 1]
    if not tracks:
        return None
    longest = max(float(time[-1]) for time, _ in tracks)
    return longest, min(float(x.min()) for _, x in tracks), max(0.1, *(float(x.max()) for _, x in tracks))


def shaded(runs: Sequence[Run]) -> dict[str, tuple[float, float | None]]:
    """Return each perturbation's earliest start and latest end, in [s] since the network's start; None: it stays."""
    found: dict[str, tuple[float, float | None]] = {}
    for label in labels_of(runs):
        spans = [
            (p.onset - run.story.walked_from, None if p.end is None else p.end - run.story.walked_from)
            for run in runs
            for p in run.perturbations
            if p.label == label
        ]
        ends = [end for _, end in spans]
        latest = None if None in ends else max(end for end in ends if end is not None)
        found[label] = (max(min(start for start, _ in spans), 0.0), latest)
    return found


def modes(trial: Gathered) -> Chart | None:
    """Draw what the controller's guard did in every run, and above it, thin, the plant's; None if they said nothing."""
    runs = [run for run in trial.runs if run.controller]
    if not runs:
        return None
    names = trial.folder.conditions
    runs.sort(key=lambda run: (names.index(run.attempt.planned.condition), run.attempt.planned.run))
    row = 20 if len(runs) <= 20 else 14
    begin = min(run.controller[0].start - run.story.walked_from for run in runs)
    end = max(run.end - run.story.walked_from for run in runs)
    chart = Chart(
        "modes of the guards over time, a row for each run", (begin, end), (-0.6, len(runs) - 0.4),
        SINCE_START, "", height=56 + row * len(runs), left=110, y_ticks=False,
    )  # fmt: skip
    for k, run in enumerate(reversed(runs)):
        zero = run.story.walked_from
        for who, spans, place, thickness in (
            ("controller", run.controller, -0.1, 0.5),
            ("plant", run.plant, 0.28, 0.18),
        ):
            for span in spans:
                if who == "controller" or span.mode != "nominal":
                    chart.bar(
                        span.start - zero, span.end - zero, k + place, thickness, span.mode, _told(who, span, zero)
                    )
        for p in run.perturbations:
            chart.bar(p.onset - zero, (run.end if p.end is None else p.end) - zero, k - 0.42, 0.12, "fault", p.label)
        chart.bar(0.0, 0.0, k - 0.1, 0.5, "start", "the network's start")
        chart.row_label(k, f"{run.attempt.planned.run} {run.attempt.planned.condition}")
    return chart


def _told(who: str, span: Span, zero: float) -> str:
    reason = f": {span.reason}" if span.reason else ""
    return f"{who} {span.mode}, {span.start - zero:.1f} to {span.end - zero:.1f} s{reason}"
