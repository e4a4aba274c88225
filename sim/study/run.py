"""Running a study: live what is missing, keep what is there, compute the findings, write data, picture and page."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

from hebb_controller.rulebook import Rulebook
from sim.figure_file import write_figure
from sim.process_pool import process_pool, submit_all
from sim.study import records as store
from sim.study.catalogue import find_study
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions, evolve_missing
from sim.study.figure import styled
from sim.study.page import write_study_page
from sim.study.records import Record
from sim.study.study import Findings, Study
from sim.tasks import import_pybullet

DATA = "data"


@dataclass(frozen=True)
class StudyConfig:
    """How studies are run.

    Attributes:
        folder: where data, pictures and pages go.
        evolutions: folder of the finished evolutions.
        runs: folder of evolutions under way.
        quick: one evolution, few short lives: does everything work?
        evolve: evolve what is missing before.
        jobs: worker processes; results do not depend on it.
    """

    folder: Path
    evolutions: Path
    runs: Path = Path("runs/study")
    quick: bool = False
    evolve: bool = False
    jobs: int = 2

    def data_of(self, name: str) -> Path:
        """Return the file of a study's records."""
        return self.folder / DATA / f"{name}.jsonl"


def run_study(study: Study, config: StudyConfig, say: Callable[[str], None]) -> Findings:
    """Run one study to its end and write what it found; what was lived before is not lived again.

    Raises:
        RunFailedError: a worker process died.
        BadInputError: an evolution that was made with other settings.
    """
    evolutions = Evolutions(config.evolutions, most=1 if config.quick else 0)
    if config.evolve:
        for condition, number in study.needs.items():
            if not condition.startswith("shipped/"):
                evolve_missing(evolutions, condition, number, config.runs, config.jobs, say)
    path = config.data_of(study.name)
    wanted = {cell.name: cell for cell in study.cells(evolutions, config.quick)}
    before = store.read(path)
    kept = _with_seeds(_still_good(before, wanted, evolutions), wanted)
    if len(kept) < len(before):
        say(f"{study.name}: {len(before) - len(kept)} records of other rules or settings dropped")
    done = {record["cell"] for record in kept}
    missing = [cell for name, cell in wanted.items() if name not in done]
    store.rewrite(path, kept)
    if missing:
        say(f"{study.name}: {len(missing)} of {len(wanted)} cells to live")
    for number, lived in enumerate(_lived(study, missing, evolutions, config.jobs), 1):
        records = _with_seeds(lived, wanted)
        store.append(path, records)
        kept += records
        if number % 50 == 0:
            say(f"{study.name}: {number} of {len(missing)} cells")
    store.rewrite(path, kept)
    return publish(study, config)


def _still_good(records: list[Record], wanted: Container[str], evolutions: Evolutions) -> list[Record]:
    """Return the records whose rules are unchanged and whose lives are still asked for.

    What was lived by rules that are not here, in another folder perhaps, is not thrown away.
    """
    subjects = {(r["condition"], r["evolution"]) for r in records}
    digests = {subject: evolutions.digest(*subject) for subject in subjects}

    def good(record: Record) -> bool:
        digest = digests[record["condition"], record["evolution"]]
        return digest is None or (record["cell"] in wanted and record["digest"] == digest)

    return [record for record in records if good(record)]


def _with_seeds(records: list[Record], wanted: Mapping[str, Cell]) -> list[Record]:
    """Return the records with the seed of their lives, which the default leaves out of a cell's name."""
    return [r | {"seed": wanted[r["cell"]].seed} if r["cell"] in wanted else r for r in records]


def records_for(study: Study, config: StudyConfig) -> list[Record]:
    """Return the records that a study's findings stand on: its own, then those that it borrows."""
    return _pooled(sources_of(study, config))


def sources_of(study: Study, config: StudyConfig) -> dict[str, list[Record]]:
    """Return the same records by the study that makes them, a study's own first."""
    return {name: store.read(config.data_of(name)) for name in (study.name, *study.borrows)}


def _pooled(sources: Mapping[str, list[Record]]) -> list[Record]:
    return [record for records in sources.values() for record in records]


def publish(study: Study, config: StudyConfig) -> Findings:
    """Compute the findings from the records on disk, and write picture and page."""
    sources = sources_of(study, config)
    records = _pooled(sources)
    findings = study.findings(records)
    with styled():
        write_figure(study.draw(records), config.folder / f"{study.name}.png", dpi=150)
    write_study_page(study, findings, sources, config.folder)
    return findings


def _lived(study: Study, cells: list[Cell], evolutions: Evolutions, jobs: int) -> Iterator[list[Record]]:
    """Yield the records of every cell, in the order of completion."""
    if study.look is not None:
        yield from (study.look(cell, evolutions) for cell in cells)
        return
    subjects = {(cell.condition, cell.evolution) for cell in cells}
    books = {subject: evolutions.book(*subject) for subject in subjects}
    work = [(cell, books[cell.condition, cell.evolution]) for cell in cells]
    if jobs == 1 or len(work) < 2:
        for cell, book in work:
            yield study.live(cell, book)
        return
    with process_pool(jobs) as pool:
        futures = submit_all(pool, _live, ((study.name, cell, book) for cell, book in work))
        for future in as_completed(futures):
            yield future.result()


def _live(name: str, cell: Cell, book: Rulebook) -> list[Record]:
    # By name: a study holds functions that do not travel.
    import_pybullet()
    return find_study(name).live(cell, book)
