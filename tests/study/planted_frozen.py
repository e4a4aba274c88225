"""Made-up lives of the study of frozen weights, and of those that it borrows."""

from __future__ import annotations

from study.made_up import Record, record

SEEDS = range(1, 6)


def damaged(plastic: float, still: float, kind: str = "lock front_left") -> list[Record]:
    """Return lives that keep these shares of 0.5 m/s, and a hundredth more for each number of the evolution."""
    return [
        record("hebbian-dr", seed, name, speed_before=0.5, speed_after=0.5 * (share + 0.01 * seed))
        for seed in SEEDS
        for name, share in ((kind, plastic), (f"{kind} frozen", still))
    ]


def curve(never: dict[int, float]) -> list[Record]:
    """Return a curve of two points: stopped at step 30, 0.95 of these speeds under never are left."""
    return [
        record("hebbian-dr", seed, f"curve {stop}", speed_after=share * speed)
        for seed, speed in never.items()
        for stop, share in (("30", 0.95), ("never", 1.0))
    ]


def long_lives(seed: int, pace: float, along: float, period: int | None = 20, x: float = 0.4) -> list[Record]:
    """Return lives of study 8: frozen ones keep these shares of a pace of 0.5 and of `x` m/s from half-way on."""
    plastic = record("hebbian-dr", seed, "long", paces=[0.5] * 10, speeds=[x] * 10, speed_before=0.5, speed_after=9.0)
    half = {name: [v] * 5 + [v * share] * 5 for name, v, share in (("paces", 0.5, pace), ("speeds", x, along))}
    return [
        plastic | {"attractor": "limit cycle" if period else "irregular", "period": period},
        plastic | {"cell": f"f{seed}", "treatment": "long frozen", "attractor": "fixed point", "period": None} | half,
        record("hebbian-dr", seed, "body", speed_before=0.5, speed_after=9.0),
    ]
