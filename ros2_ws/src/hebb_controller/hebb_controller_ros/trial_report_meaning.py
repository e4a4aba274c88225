"""What the figures mean, as the page tells it; docs/trial_report.md tells it at length."""

from __future__ import annotations

MEANING = (
    (
        "runs and attempts",
        "A run of the plan is finished by its first attempt that came to its end; falls end a run and count. Attempts "
        "that were aborted, killed or cannot be read are in no figure but the falls of all attempts, and are listed. A "
        "condition that loses more attempts than another may look better than it is.",
    ),
    ("distance", "Forward, in metres, as measured by who the table names. In simulation, that of the base."),
    ("mean speed", "Distance over the time from the network's first command to the end of the run."),
    (
        "cruising speed",
        "Median, over the second half of the time before the first perturbation, of the mean speed of the last 100 "
        "control steps.",
    ),
    (
        "90 % of it after",
        "Time from the network's start until that share of the cruising speed was reached for the first time, to stay.",
    ),
    (
        "recovery",
        "From the end of a perturbation until 90 % of the speed of the 100 steps before it were back, to stay. The "
        "window of 25 steps alone costs half a second at 50 Hz. In the median of all, a run that did not recover "
        "counts as longer than any other; a dash: that is where the median lies.",
    ),
    ("share of speed kept", "Mean speed from 100 steps after the end of a perturbation on, over the speed before it."),
    (
        "falls",
        "As the trial counted them; else from the recorded attitude: tilted beyond the guard's bound for as many "
        "readings as the guard wants.",
    ),
    (
        "nominal, hold, limp",
        "What a guard did with commands: let them pass, repeated the last one, let go of the joints.",
    ),
    (
        "tracking",
        "Command less the next reading, over all joints, while both guards were nominal and nothing was perturbed. The "
        "servo's lag is in it. Not told where joints are only commanded.",
    ),
    (
        "time between commands",
        "As they arrived at the recorder, whose own waiting is in it. Late: more than one and a half periods. Not told "
        "in lock-step.",
    ),
    ("bus", "From the plant's diagnostics, once a second: extremes, and by how much its counters grew."),
    (
        "parity",
        "The recorded readings go through a fresh controller of today. Equal: every command the same, bit for bit.",
    ),
)
