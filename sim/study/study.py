"""What a study is: lives to be lived, and what their records say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from matplotlib.figure import Figure

from hebb_controller.rulebook import Rulebook
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.headline import Headline
from sim.study.intervals import Interval
from sim.study.lives import live_cell
from sim.study.records import Record

#: Sections of a study's docstring, in order.
SECTIONS = ("Question", "Source", "Protocol")


#: Named figures of a study; an interval where it has one.
Figures = dict[str, Interval | float | int | str | None]


@dataclass(frozen=True)
class Table:
    """A table of the page.

    Attributes:
        title: one line.
        columns: headings.
        rows: cells as text.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Findings:
    """What the records of a study say.

    Attributes:
        answer: sentences with their numbers: the answer to the question, bad news included.
        tables: what the sentences rest on.
        figures: what data and headlines quote, by name.
    """

    answer: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: Figures = field(default_factory=dict)

    def figure(self, name: str) -> float | int | str | None:
        """Return a named figure without its interval; None for never, and where there is none."""
        figure = self.figures[name]
        return figure.figure if isinstance(figure, Interval) else figure


@dataclass(frozen=True)
class Study:
    """One study. Its module's docstring begins with the title, and has a paragraph for each of `SECTIONS`.

    Attributes:
        name: of its file and of the verb's argument.
        number: order on the page.
        doc: the module's docstring.
        needs: condition -> number of evolutions that the study wants; `shipped/NAME` needs none.
        cells: the lives it asks for, given the evolutions that there are, and whether it should be quick.
        findings: what the records say, whatever part of them there is.
        draw: one picture of that.
        live: how a cell is lived; a function at the top of a module, for it travels to worker processes.
        borrows: names of studies whose records `findings` and `draw` get too.
        headlines: the few figures that stand before all pages.
        look: how a cell is read off the evolutions, rules and logs, where nothing is lived; takes the place of `live`.
    """

    name: str
    number: int
    doc: str
    needs: dict[str, int]
    cells: Callable[[Evolutions, bool], list[Cell]]
    findings: Callable[[Sequence[Record]], Findings]
    draw: Callable[[Sequence[Record]], Figure]
    live: Callable[[Cell, Rulebook], list[Record]] = live_cell
    borrows: tuple[str, ...] = ()
    headlines: tuple[Headline, ...] = ()
    look: Callable[[Cell, Evolutions], list[Record]] | None = None

    @property
    def title(self) -> str:
        """The first line of the docstring."""
        return inspect.cleandoc(self.doc).splitlines()[0]

    def section(self, name: str) -> str:
        """Return the paragraphs of one section of the docstring, as written."""
        lines = inspect.cleandoc(self.doc).splitlines()
        heads = [k for k, line in enumerate(lines) if line.split(":")[0] in SECTIONS and ":" in line]
        for k in heads:
            head, _, rest = lines[k].partition(":")
            if head == name:
                end = min([j for j in heads if j > k], default=len(lines))
                return "\n".join([rest.strip(), *lines[k + 1 : end]]).strip()
        return ""


def study_of(module: ModuleType) -> Study:
    """Return the study that a module of `sim.studies` defines."""
    study = module.STUDY
    assert isinstance(study, Study)
    return study
