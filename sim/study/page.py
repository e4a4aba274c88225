"""The results as Markdown: a page for each study, and one that leads to them all.

Pages are computed from the records alone, so that a test can compare what is committed with what the data say.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hebb_controller.rulebook import write_atomically
from sim.study.evolutions import SHIPPED
from sim.study.headline import HEAD
from sim.study.intervals import COVERAGE, Interval
from sim.study.records import Record
from sim.study.study import SECTIONS, Findings, Study, Table

#: Records by the study that makes them: a study's own, and those that it borrows.
Sources = Mapping[str, Sequence[Record]]


def write_study_page(study: Study, findings: Findings, sources: Sources, folder: Path) -> Path:
    """Write the page of one study and its numbers (`data/NAME.json`), and return the page's path."""
    write_atomically(folder / "data" / f"{study.name}.json", numbers_of(study, findings).encode())
    return write_atomically(folder / f"{study.name}.md", study_page(study, findings, sources).encode())


def numbers_of(study: Study, findings: Findings) -> str:
    """Return the named figures of a study as JSON text, to six digits; never, and what is no number, is null."""
    rounded = {name: _as_json(value) for name, value in findings.figures.items()}
    return json.dumps({"study": study.name, "figures": rounded}, indent=1, allow_nan=False) + "\n"


def _as_json(figure: Interval | float | int | str | None) -> Any:
    if isinstance(figure, Interval):
        ends = {"value": figure.value, "low": figure.low, "high": figure.high}
        return {name: _plain(value) for name, value in ends.items()} | {"n": figure.n}
    return _plain(figure) if isinstance(figure, float) else figure


def _plain(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def study_page(study: Study, findings: Findings, sources: Sources) -> str:
    """Return the page of one study."""
    parts = [f"# {study.number}. {study.title}", ""]
    for name in SECTIONS:
        text = study.section(name)
        if text:
            parts += [f"**{name}.** {text}", ""]
    parts += ["## What was found", ""]
    parts += [f"- {sentence}" for sentence in findings.answer] or ["Nothing yet: no records."]
    parts += ["", f"![{study.title}]({study.name}.png)", ""]
    for table in findings.tables:
        parts += [*_table(table), ""]
    parts += ["## Where it comes from", "", *_origin(study, sources), "", *_number_of_intervals(study, findings), ""]
    return "\n".join(parts).rstrip() + "\n"


def _number_of_intervals(study: Study, findings: Findings) -> list[str]:
    intervals = [f for f in findings.figures.values() if isinstance(f, Interval) and not math.isnan(f.low)]
    if not intervals:
        return []
    return [f"Of the named figures (`data/{study.name}.json`) {len(intervals)} have intervals of 95 %, uncorrected."]


def write_index(pages: Iterable[tuple[Study, Findings]], folder: Path) -> Path:
    """Write the page that leads to all studies, and return its path."""
    return write_atomically(folder / "README.md", index_page(pages).encode())


def index_page(pages: Iterable[tuple[Study, Findings]]) -> str:
    """Return the page that leads to all studies."""
    lines = [
        "# Results",
        "",
        "One page a study, each rebuilt from its records by `hebb study NAME`, all of them by `hebb study --all`; with",
        "`--evolve` the evolutions that are missing are made first. Intervals are 95 % bootstrap intervals over",
        "evolutions, not over lives; with fewer than five evolutions there is none, and n is printed. They are a bit",
        f"narrower than their name: that of one median holds the true one {_coverage()}",
        "evolutions (normal samples). None is corrected for number: of twenty, one misses its level by chance; each",
        "page says how many it has.",
        "Studies that ask the same draw the same bodies, starts and noise: what two pages say of one condition stands",
        "on the same lives, or on the first of them, and is no repetition. Each says how many, and whom it leaves out.",
        "Seeds give the same records again on a machine that rounds alike; on another one, all 25 lives of the ant in",
        "study 9 went another way, and 2 of the 200 of realant.",
        "Absent so far: a policy trained by gradient (PPO), and an RMA-like encoder of the history.",
        "",
    ]
    pages = list(pages)
    lines += ["## At a glance", "", "Of `realant`, where nothing else is said.", "", *glance(pages), ""]
    for study, findings in pages:
        lines += [f"## {study.number}. [{study.title}]({study.name}.md)", ""]
        lines += [f"- {sentence}" for sentence in findings.answer] or ["- Nothing yet: no records."]
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def glance(pages: Iterable[tuple[Study, Findings]], folder: str = "") -> list[str]:
    """Return the table of the headlines, as lines.

    Args:
        pages: studies and what they found, in order.
        folder: where the pages lie, as seen from the text that the table is for.
    """
    rows = []
    for study, findings in pages:
        link = f"[{study.number}]({os.path.join(folder, study.name)}.md)"
        for headline in study.headlines:
            figure = findings.figures.get(headline.figure)
            if isinstance(figure, Interval | float | int) and not (isinstance(figure, Interval) and figure.n == 0):
                rows.append((*headline.row(figure), link))
    return _table(Table("", HEAD, tuple(rows)))[2:]


def _coverage() -> str:
    told = [str(held) for held in COVERAGE.values()]
    numbers = [str(n) for n in COVERAGE]
    return f"{', '.join(told[:-1])} and {told[-1]} times in 100 with {', '.join(numbers[:-1])} and {numbers[-1]}"


def _table(table: Table) -> list[str]:
    rows = ["| " + " | ".join(row) + " |" for row in (table.columns, *table.rows)]
    rule = "|" + "---|" * len(table.columns)
    return [f"**{table.title}**", "", rows[0], rule, *rows[1:]]


def _origin(study: Study, sources: Sources) -> list[str]:
    records = sources[study.name]
    conditions: dict[str, dict[int, str]] = {}
    for record in records:
        conditions.setdefault(record["condition"], {})[record["evolution"]] = record["digest"]
    lines = [
        f"`hebb study {study.name}` makes what is missing in `data/{study.name}.jsonl` ({len(records)} records, one "
        "line each, with seed and digest of the rules) and rebuilds this page.",
        "",
        "| condition | evolutions | digests |",
        "|---|---|---|",
    ]
    for condition, found in sorted(conditions.items()):
        wanted = "" if condition.startswith(SHIPPED) else f" of {study.needs.get(condition, len(found))}"
        digests = ", ".join(found[k] for k in sorted(found))
        lines.append(f"| {condition} | {len(found)}{wanted} | {digests} |")
    for name in study.borrows:
        lines += ["", f"Borrowed: {len(sources[name])} records of `hebb study {name}` ([its page]({name}.md))."]
    return lines
