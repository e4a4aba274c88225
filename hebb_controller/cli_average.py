"""`hebb average`: the flags, and the call."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from pathlib import Path

from hebb_controller.errors import BadInputError
from hebb_controller.out_path import check_file


def add_average_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb average`."""
    parser.add_argument(
        "rulebooks", metavar="RULEBOOK", nargs="+", help="files of one evolution, such as copies of its latest ones"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="file of their mean")


def average(options: argparse.Namespace) -> None:
    """Write the mean of several rulebooks.

    Raises:
        BadInputError: rulebooks that do not belong together, a mean that would replace one of them, or one that
            cannot be written.
        RulebookError: a file that is no rulebook.
    """
    from hebb_controller.averaged import average as mean_of
    from hebb_controller.rulebook import find_rulebook, load_rulebook

    out: Path = check_file(options.out)
    for name in options.rulebooks:
        if find_rulebook(name).resolve() == out.resolve():
            raise BadInputError(f"--out {out}: is {name}, which is averaged: pass another file")
    book = mean_of([load_rulebook(name) for name in options.rulebooks])
    # Names alone: which folders they lie in is nobody else's.
    names = [Path(name).name for name in options.rulebooks]
    command = shlex.join(["hebb", "average", *names, "--out", out.name])
    book = dataclasses.replace(book, provenance={**book.provenance, "command": command})
    print(f"the mean of {len(options.rulebooks)} rulebooks; it was never tried: see 'hebb evaluate'")
    print(f"wrote {book.save(out)}")
