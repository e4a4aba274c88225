"""`hebb average`: the flags, and the call."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_average_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb average`."""
    parser.add_argument(
        "rulebooks", metavar="RULEBOOK", nargs="+", help="files of one evolution, such as copies of its latest ones"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="file of their mean")


def average(options: argparse.Namespace) -> None:
    """Write the mean of several rulebooks.

    Raises:
        BadInputError: rulebooks that do not belong together.
        RulebookError: a file that is no rulebook.
    """
    from hebb_controller.averaged import average as mean_of
    from hebb_controller.rulebook import load_rulebook

    book = mean_of([load_rulebook(name) for name in options.rulebooks])
    print(f"the mean of {len(options.rulebooks)} rulebooks; it was never tried: see 'hebb evaluate'")
    print(f"wrote {book.save(options.out)}")
