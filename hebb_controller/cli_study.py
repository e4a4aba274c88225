"""`hebb study`: the flags, and the call."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hebb_controller.cli_verbs import need_simulator
from hebb_controller.errors import BadInputError
from hebb_controller.out_path import check_folder

#: Where results live in a checkout.
RESULTS = Path("docs/results")
EVOLUTIONS = RESULTS / "evolutions"
#: Quotes the headlines of the results, where it has the marks for them.
README = Path("README.md")
QUICK = Path("reports/study-quick")


def add_study_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb study`."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="studies to run; none: list them")
    parser.add_argument("--all", action="store_true", help="run every study, and rebuild the results page")
    parser.add_argument("--quick", action="store_true", help="one evolution, few short lives: does everything work?")
    parser.add_argument("--evolve", action="store_true", help="evolve what is missing first (hours)")
    parser.add_argument(
        "--page", action="store_true", help="live nothing: rebuild pages from the records that there are"
    )
    parser.add_argument("--jobs", metavar="K", type=int, default=2, help="worker processes (default: %(default)s)")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help=f"folder of data and pages (default: {RESULTS}; quick: {QUICK})"
    )
    parser.add_argument(
        "--evolutions",
        metavar="DIR",
        type=Path,
        help=f"folder of the finished evolutions (default: {EVOLUTIONS})",
    )
    parser.add_argument(
        "--runs", metavar="DIR", type=Path, default=Path("runs/study"), help="evolutions under way (%(default)s)"
    )


def study(options: argparse.Namespace) -> None:
    """List studies, or run them and write their pages.

    Raises:
        BadInputError: no such study, jobs below 1, words that do not go together, nothing to make a page of.
        MissingExtraError: the simulator or matplotlib is not installed.
    """
    _check_words(options)
    need_simulator()
    from sim.study.catalogue import all_studies, find_study, has_evolved, listing
    from sim.study.evolutions import Evolutions
    from sim.study.page import glance, write_index
    from sim.study.quotation import quote, quotes
    from sim.study.run import StudyConfig, publish, records_for, run_study

    finished = options.evolutions or EVOLUTIONS
    if not options.names and not options.all:
        print(listing(Evolutions(finished)))
        return
    chosen = list(all_studies().values()) if options.all else [find_study(name) for name in options.names]
    folder = check_folder(options.out or (QUICK if options.quick else RESULTS))
    config = StudyConfig(folder, finished, options.runs, options.quick, options.evolve, options.jobs)
    for each in chosen:
        if options.page and not records_for(each, config):
            raise BadInputError(f"no records at {config.data_of(each.name)}: run hebb study {each.name}, or name --out")
        if not options.page and not options.evolve and not finished.is_dir() and has_evolved(each):
            raise BadInputError(f"{each.name}: no evolutions at {finished}: name --evolutions, or --evolve them first")

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    pages = []
    # Those that borrow others' records come after their lenders.
    for each in sorted(chosen, key=lambda each: bool(each.borrows)):
        findings = publish(each, config) if options.page else run_study(each, config, say)
        pages.append((each, findings))
        print(f"{folder / each.name}.md")
        for sentence in findings.answer:
            print(f"  {sentence}")
    if options.all:
        pages.sort(key=lambda page: page[0].number)
        print(write_index(pages, folder))
        if folder == RESULTS and quotes(README):
            print(quote(README, glance(pages, str(RESULTS))))


def _check_words(options: argparse.Namespace) -> None:
    if options.jobs < 1:
        raise BadInputError(f"jobs {options.jobs}: must be 1 or more")
    if options.all and options.names:
        raise BadInputError(f"--all runs every study: leave out {' '.join(options.names)}, or leave out --all")
    for flag in ("page", "evolve", "quick"):
        if getattr(options, flag) and not options.names and not options.all:
            raise BadInputError(f"--{flag}: of which study? name one, or say --all; hebb study lists them")
    if options.page and options.evolve:
        raise BadInputError("--page lives nothing: leave out --evolve")
    if options.evolutions is not None and not options.evolve and not options.evolutions.is_dir():
        raise BadInputError(f"--evolutions {options.evolutions}: no such folder: name the one of the evolutions")
