"""Another engine: do the rules walk in a simulator that they never saw?

Question: A rule that lives on quirks of its simulator is worth nothing on a robot. The nearest thing to a robot that a
desk offers is another physics engine, with other contacts and another solver, and servos, sensors and clocks that are
worse than those of the evolution. How much of the distance is kept there, by plastic and by static weights, with and
without domain randomisation in the evolution?

Source: Leung et al. 2025 (arXiv 2503.12406) walk zero-shot on real robots without domain randomisation; no table of
theirs could be read. The engine here is MuJoCo (Todorov et al. 2012), its model written from the same robot file.

Protocol: realant: every evolution of `hebbian-dr`, `static-dr`, `hebbian` and `static`, intact body, 4 lives of 10 s in
each engine, body and sensors drawn anew in every life, the same draws in both. Retention = distance in MuJoCo /
distance in Bullet, per evolution. Then in MuJoCo, one at a time, 2 lives each: 0 to 60 ms more servo latency, control
rates of 30 to 100 Hz (the network's own clock goes with it; it was evolved at 50), and sensor noise of 0 to 8 times the
usual. Retention there is against the same lives of the same rules in MuJoCo as it is. Evolutions that make less than
0.05 m/s where they are compared with never learned to walk; they have no retention, and n is without them. Contacts in
MuJoCo settle in 5 ms instead of its usual 20, at which a landing foot sinks 3 mm into the floor (`sim/mjcf.py`); joints
feel the inertia of the servo's rotor there, which Bullet's do not. Shipped rulebooks: 10 lives in each engine;
all but `pwm12` were evolved in both, which therefore is no new engine to them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from sim.statistics import SLOWEST_WALK
from sim.studies.parts.engine_figure import engine_figure
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline, beside_one
from sim.study.intervals import Interval, of_difference, of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table
from sim.study.summaries import conditions_of, paired, per_evolution

CONDITIONS = ("hebbian-dr", "static-dr", "hebbian", "static")
SHIPPED = ("shipped/realant", "shipped/realant-static", "shipped/sts12", "shipped/pwm12", "shipped/bittle")
SECONDS = 10.0
RATE = 50.0
LATENCIES = (0.01, 0.02, 0.04, 0.06)
RATES = (30.0, 40.0, 60.0, 80.0, 100.0)
NOISES = (0.0, 2.0, 4.0, 8.0)
#: What is varied in MuJoCo: name -> field of the cell, its values, its usual value, label.
SWEEPS: dict[str, tuple[str, tuple[float, ...], float, str]] = {
    "latency": ("extra_latency", LATENCIES, 0.0, "more servo latency [s]"),
    "rate": ("control_rate", RATES, RATE, "control rate [Hz]"),
    "noise": ("noise", NOISES, 1.0, "sensor noise / usual"),
}


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    seconds, episodes = (2.0, 1) if quick else (SECONDS, 4)
    asked = []
    for condition in CONDITIONS[:2] if quick else CONDITIONS:
        for seed in evolutions.seeds(condition):
            for engine in ("bullet", "mujoco"):
                asked.append(Cell(condition, seed, engine, episodes, int(seconds * RATE), engine=engine))
            for name, (field, values, _, _) in SWEEPS.items():
                for value in values[-1:] if quick else values:
                    rate = value if name == "rate" else RATE
                    asked.append(
                        Cell(
                            condition,
                            seed,
                            f"{name} {value:g}",
                            min(episodes, 2),
                            int(seconds * rate),
                            engine="mujoco",
                            **{field: value},  # type: ignore[arg-type]
                        )
                    )
    for condition in SHIPPED[:1] if quick else SHIPPED:
        for engine in ("bullet", "mujoco"):
            asked.append(Cell(condition, 0, engine, 1 if quick else 10, int(seconds * RATE), engine=engine))
    return asked


def retention(records: Sequence[Record], treatment: str, reference: str) -> list[float]:
    """Return the distance under a treatment as a share of that under another, one number per evolution.

    Only lives that were lived under both count: a life of the same number has the same body and noise. Evolutions that
    do not walk under the reference (`sim.statistics.SLOWEST_WALK`) are left out.
    """
    shared = set.intersection(
        *({_life(r) for r in records if r["treatment"] == name} for name in (treatment, reference))
    )
    walks = max((SLOWEST_WALK * r["horizon"] / RATE for r in records if r["treatment"] == reference), default=0.0)
    here, there = (
        per_evolution([r for r in records if r["treatment"] == name and _life(r) in shared], "distance")
        for name in (treatment, reference)
    )
    return [a / b for a, b in paired(here, there).values() if b >= walks]


def _life(record: Record) -> tuple[int, int]:
    return record["evolution"], record["episode"]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer, rows, swept = [], [], []
    figures: Figures = {}
    there = conditions_of(records)
    for condition in [c for c in (*CONDITIONS, *SHIPPED) if c in there]:
        mine = where(records, condition=condition)
        kept = of_median(retention(mine, "mujoco", "bullet"))
        metres = [
            of_median(list(per_evolution(where(mine, treatment=e), "distance").values())) for e in ("bullet", "mujoco")
        ]
        falls = np.mean([r["fallen"] for r in where(mine, treatment="mujoco")] or [np.nan])
        rows.append((name_of(condition), *(m.text() for m in metres), kept.text(), f"{100 * falls:.0f} %", str(kept.n)))
        if np.isfinite(kept.value):
            figures[f"{condition} MuJoCo / Bullet"] = kept
            n = f", n = {kept.n}" if np.isfinite(kept.low) else ""
            answer.append(f"{name_of(condition)}{n}: in MuJoCo it gets {kept.text()} times as far as in Bullet.")
        found = sweep_of(mine)
        if found:
            swept += [(name_of(condition), name.replace(" ", ": "), i.text(), str(i.n)) for name, i in found.items()]
    answer += _compared(records, figures)
    head: tuple[str, ...] = ("rules", "Bullet [m]", "MuJoCo [m]", "MuJoCo / Bullet", "falls in MuJoCo", "n")
    tables = [Table("Distance in 10 s on the intact body", head, tuple(rows))] if rows else []
    if swept:
        head = ("rules", "in MuJoCo", "distance, as a share of MuJoCo as it is", "n")
        tables.append(Table("Worse servos, clocks and sensors, in MuJoCo", head, tuple(swept)))
    return Findings(tuple(answer), tuple(tables), figures)


def _compared(records: Sequence[Record], figures: Figures) -> list[str]:
    """Say whether plastic rules keep more than static weights."""
    said = []
    for pair in (CONDITIONS[:2], CONDITIONS[2:]):
        gap = of_difference(*(retention(where(records, condition=c), "mujoco", "bullet") for c in pair))
        if gap.n:
            figures[f"retention, {pair[0]} minus {pair[1]}"] = gap
            said.append(
                f"Share kept in MuJoCo, {name_of(pair[0])} minus {name_of(pair[1])}: {gap.text()}, n = {gap.n}: "
                f"{gap.told('plastic rules keep more', 'plastic rules keep less')}."
            )
    return said


def sweep_of(records: Sequence[Record]) -> dict[str, Interval]:
    """Return the retention at every setting of every sweep."""
    names = [f"{name} {value:g}" for name, (_, values, _, _) in SWEEPS.items() for value in values]
    found = {name: of_median(retention(records, name, "mujoco")) for name in names}
    return {name: interval for name, interval in found.items() if interval.n}


def draw(records: Sequence[Record]) -> Figure:
    """Draw retention by condition, and the three sweeps."""
    present = [c for c in (*CONDITIONS, *SHIPPED) if where(records, condition=c, treatment="mujoco")]
    kept = {c: retention(where(records, condition=c), "mujoco", "bullet") for c in present}
    titles = {"latency": "slower servos", "rate": "another clock", "noise": "noisier sensors"}
    sweeps = {
        (titles[name], label): {c: _shares(where(records, condition=c), name) for c in CONDITIONS}
        for name, (_, _, _, label) in SWEEPS.items()
    }
    return engine_figure(kept, sweeps)


def _shares(records: Sequence[Record], name: str) -> list[tuple[float, Interval]]:
    """Return a condition's retention at every setting of a sweep that there is, the usual one too."""
    _, values, usual, _ = SWEEPS[name]
    shares = [
        (v, of_median(retention(records, "mujoco" if v == usual else f"{name} {v:g}", "mujoco")))
        for v in sorted((*values, usual))
    ]
    return [(v, share) for v, share in shares if share.n]


STUDY = Study(
    name="engine",
    number=10,
    doc=__doc__ or "",
    needs={"hebbian-dr": 10, "static-dr": 10, "hebbian": 10, "static": 10, **dict.fromkeys(SHIPPED, 1)},
    cells=cells,
    findings=findings,
    draw=draw,
    headlines=(
        Headline("distance in MuJoCo / in Bullet, Hebbian", "hebbian-dr MuJoCo / Bullet", beside_one),
        Headline("the same, static", "static-dr MuJoCo / Bullet", beside_one),
    ),
)
