"""`hebb merge`: the flags, and the call."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hebb_controller.cli_verbs import need_simulator
from hebb_controller.errors import BadInputError
from hebb_controller.out_path import check_file, check_folder

if TYPE_CHECKING:
    from hebb_controller.rulebook import Rulebook

#: Of a schedule, where nothing is said.
GENERATIONS, WORKERS = 20, 2


def add_merge_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb merge`."""
    parser.add_argument("rulebook", metavar="RULEBOOK", help="a file, or a shipped name")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--rules", metavar="N", type=int, help="merge once, to so many rules")
    what.add_argument(
        "--schedule", metavar="N", type=int, nargs="+", help="merge to each of these numbers and evolve on in between"
    )
    parser.add_argument(
        "--out", metavar="PATH", type=Path, required=True, help="file of the merged rulebook, or folder of the schedule"
    )
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--per-layer", action="store_true", help="share no rule across layers")
    parser.add_argument(
        "--scale",
        metavar="NAME",
        default="none",
        help="what K-means sees: none: the terms as they are; term: each over its deviation (default: %(default)s)",
    )
    parser.add_argument(
        "--generations",
        metavar="G",
        type=int,
        nargs="+",
        help=f"of the stages of a schedule: one number for all, or one for each (default: {GENERATIONS})",
    )
    parser.add_argument("--workers", metavar="K", type=int, help=f"of a schedule: processes (default: {WORKERS})")
    parser.add_argument("--resume", action="store_true", help="go on with the schedule in --out")


def merge(options: argparse.Namespace) -> None:
    """Merge a rulebook's rules once, or by a schedule.

    Raises:
        BadInputError: a rulebook without rules, a number of rules that cannot be, a folder of another schedule.
        MissingExtraError: scikit-learn, or for a schedule the simulator, is not installed.
    """
    from hebb_controller.rulebook import load_rulebook

    book = load_rulebook(options.rulebook)
    if options.schedule:
        check_folder(options.out)
        _schedule(book, options)
        return
    for flag in ("generations", "workers", "resume"):
        if getattr(options, flag):
            raise BadInputError(f"--{flag}: goes with --schedule; merging once evolves nothing")
    check_file(options.out)
    from sim.merge import loss_text
    from sim.merge import merge as merge_rules

    merged = merge_rules(book, options.rules, options.seed, options.per_layer, options.scale)
    print(f"{book.nb_evolved:,} numbers merged to {merged.nb_evolved:,}: {loss_text(book, merged)}")
    print(f"wrote {merged.save(options.out)}")


def _schedule(book: Rulebook, options: argparse.Namespace) -> None:
    need_simulator()
    from sim.merge_schedule import MERGED, MergeSchedule, run_schedule
    from sim.progress import ProgressBar

    generations = tuple(options.generations or [GENERATIONS])
    workers = WORKERS if options.workers is None else options.workers
    schedule = MergeSchedule(
        tuple(options.schedule), generations, options.seed, options.per_layer, options.scale, workers
    )
    bars: list[ProgressBar] = []

    def bar() -> ProgressBar:  # it appears with the first word, so that a refusal stays one line
        bars[:] = bars or [ProgressBar(sum(length for _, length in schedule.stages))]
        return bars[0]

    try:
        run_schedule(
            book, schedule, options.out, options.resume, lambda text: bar().say(text), lambda entry: bar()(entry)
        )
    finally:
        for opened in bars:
            opened.close()
    print(f"wrote {options.out / MERGED}")
