"""The scaling study: engines against workers, bytes on the wire, the master's share, and where the wall is.

    python tests/benchmarks/bench_scaling.py [--quick] [--workers 8 16 64] [--out FOLDER]

Writes `scaling.json` and `scaling.md`. Every number is labelled: *measured* on this machine, with its load, or
*computed* from measured ones. Engines take turns in one run, so that a busy machine slows both: read the ratios.
Sleeping lives stand for workers that this machine does not have: they show what engine and master cost, not what the
physics would.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from scaling_lives import real_lives, sleeping_lives, step_cpu
from scaling_master import bytes_per_member, master_seconds, pair_costs, walls

from sim.versions import versions

SIZE = 61_440
#: Control steps of a whole life of the benchmark.
WHOLE_LIFE = 1000
SHARES = [2, 16, 64, 256, 1024]
_REAL = (
    *("engine", "workers", "ms_per_member", "cpu_ms_per_member", "steps_per_s"),
    *("wall_ray_over_local", "cpu_ray_over_local", "load"),
)
_SLEEPING = ("engine", "workers", "life_s", "members", "efficiency", "master_ms_per_member", "load")
_MASTER = ("population", "size", "wall_s", "cpu_s", "load")


def study(quick: bool, workers: list[int]) -> dict[str, Any]:
    """Measure everything; `quick` is a rehearsal."""
    rounds, population, horizon = (2, 8, 50) if quick else (9, 48, 100)
    robots = (("ant", "ant"), ("servo", "realant"), ("servo", "sts12"))
    steps = [step_cpu(settings, robot, 3 if quick else 20) for settings, robot in robots]
    real = real_lives([2] if quick else [1, 2], population, horizon, rounds)
    sleeping = [
        sleeping_lives(engine, n, 0.2, 4 if quick else 16, 1 if quick else 3)
        for n in workers
        for engine in ("local", "ray")
    ]
    pair = pair_costs(SIZE, 3 if quick else 9)
    member = WHOLE_LIFE * steps[0]["cpu_s"]
    message = min(row["master_ms_per_member"] for row in sleeping if row["engine"] == "ray") / 1e3
    return {
        "machine": {"cpus": os.cpu_count(), "platform": platform.platform(), "versions": versions("ray")},
        "steps": steps,
        "real": real,
        "sleeping": sleeping,
        "bytes": bytes_per_member(SIZE, 40 if quick else 400, 2 if quick else 5),
        "master": [master_seconds(n, SIZE, 1 if quick or n > 1000 else 5) for n in (100, 1000, 10_000)],
        "pair_s": pair,
        "member_s": member,
        "walls": walls(member, pair, message, SHARES),
    }


def markdown(found: dict[str, Any]) -> str:
    """Return the study as tables."""
    pair = [{"way": way, "ms": 1e3 * seconds} for way, seconds in found["pair_s"].items()]
    shares = [f"share_at_{n}" for n in SHARES]
    tables = {
        "CPU per control step (measured, one core)": _table(found["steps"], "robot", "size", "lives", "steps", "cpu_s"),
        "Real lives (measured)": _table(found["real"], *_REAL),
        "Sleeping lives (measured)": _table(found["sleeping"], *_SLEEPING),
        "On the wire": _table(found["bytes"], "what", "bytes", "per", "how"),
        "The master's time in a generation (measured)": _table(found["master"], *_MASTER),
        "CPU per pair (measured)": _table(pair, "way", "ms"),
        f"The master's share (computed: the ant, lives of {found['member_s']:.3f} s)": _table(
            found["walls"], "master", "master_ms_per_member", *shares, "wall_workers"
        ),
    }
    return "\n".join(f"## {title}\n\n{table}" for title, table in tables.items())


def _table(rows: list[dict[str, Any]], *names: str) -> str:
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    lines += ["| " + " | ".join(_shown(row.get(name, "")) for name in names) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> None:
    """Run the study and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a rehearsal: few lives, few rounds")
    parser.add_argument("--workers", type=int, nargs="+", default=[8, 16], help="sleeping workers (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("reports/scaling"))
    arguments = parser.parse_args()
    found = study(arguments.quick, arguments.workers)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "scaling.json").write_text(json.dumps(found, indent=1))
    text = markdown(found)
    (arguments.out / "scaling.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
