"""`hebb`, as a shell would call it, and what it printed."""

from __future__ import annotations

from collections.abc import Sequence

from hebb_controller import cli

#: What a busy computer may spoil in `hebb check`, through no fault of the line.
BUSY = {"loop", "answers"}


def hebb(words: Sequence[str]) -> int:
    """Run a verb and return its exit code."""
    return cli.main(words)


def understands(words: Sequence[str]) -> bool:
    """Return whether a verb and its flags are right."""
    try:
        cli.make_parser(with_evolve=False).parse_args(list(words))
    except SystemExit:
        return False
    return True


def failed_rows(table: str) -> set[str]:
    """Return the checks that failed, of the table that `hebb check` printed last."""
    rows = table.rpartition("checking ")[2].splitlines()
    return {row.removeprefix("FAIL ")[:13].strip() for row in rows if row.startswith("FAIL ")}
