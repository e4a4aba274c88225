"""The shipped rulebooks of docs/rulebooks.md and the README: every row is one `hebb evaluate`, with what it gave.

    python tests/benchmarks/bench_rulebooks.py [--episodes 100] [--jobs 2] [--only NAME...]

Takes about five minutes on two cores. Writes Markdown to standard output; the raw JSON objects go to
`reports/rulebooks.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

#: Rulebook, body, further flags.
WALKS = (
    ("ant", "intact", ""),
    ("ant", "front_right_short", ""),
    ("ant", "front_left_short", ""),
    ("ant-unbounded", "intact", ""),
    ("ant-unbounded", "front_right_short", ""),
    ("ant-unbounded", "front_left_short", ""),
    ("ant-bodies", "intact", ""),
    ("ant-faults", "intact", ""),
    *(
        (book, f"{body}_short", "")
        for book in ("ant-bodies", "ant-faults")
        for body in ("front_right", "back_right", "back_left", "front_left")
    ),
    ("ant-static", "intact", ""),
    ("ant-static", "front_right_short", ""),
    ("ant-static", "front_left_short", ""),
    ("realant", "intact", "--randomise"),
    ("realant", "front_right_short", "--randomise"),
    ("realant-static", "intact", "--randomise"),
    ("realant-static", "front_right_short", "--randomise"),
    ("sts12", "intact", "--randomise"),
    ("pwm12", "intact", "--randomise"),
    ("bittle", "intact", "--randomise"),
    *((book, "intact", "--randomise --engine mujoco") for book in ("realant", "sts12", "pwm12", "bittle")),
)
PERTURBATIONS = tuple(
    (book, "intact", f"{flags} {horizon}")
    for book, horizon in (
        ("ant", ""),
        ("ant-faults", ""),
        ("ant-unbounded", ""),
        ("realant", "--horizon 800"),
        ("sts12", "--horizon 800"),
    )
    for flags in ("--saturate 300:400", "--zero-weights 0.333@400")
) + tuple(
    # Static weights live the same life again and again unless body and sensors are drawn.
    (book, "intact", "--saturate 300:400 --randomise --horizon 800")
    for book in ("realant", "realant-static")
)


def _evaluate(book: str, body: str, flags: str, episodes: int, jobs: int) -> tuple[str, dict[str, Any]]:
    shown = f"hebb evaluate {book} --body {body} --episodes {episodes} --seed 0 {flags}".strip()
    words = [*shown.split()[1:], "--json", "--jobs", str(jobs)]
    done = subprocess.run(
        [sys.executable, "-m", "hebb_controller.cli", *words], stdout=subprocess.PIPE, text=True, check=True
    )
    return " ".join(shown.split()), json.loads(done.stdout)


def _number(figure: dict[str, Any] | None, digits: int) -> str:
    if figure is None or figure["mean"] is None:
        return "-"
    return f"{figure['mean']:.{digits}f} ± {figure['std']:.{digits}f}"


def main() -> None:
    """Evaluate everything and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="these rulebooks alone")
    arguments = parser.parse_args()
    walks = [w for w in WALKS if arguments.only is None or w[0] in arguments.only]
    perturbations = [p for p in PERTURBATIONS if arguments.only is None or p[0] in arguments.only]
    raw = Path("reports/rulebooks.jsonl")
    raw.parent.mkdir(exist_ok=True)
    records = []
    print("| rulebook | body | reward | speed [m/s] | steps to 90 % (median) | falls | command |")
    print("|---|---|---|---|---|---|---|")
    for book, body, flags in walks:
        command, found = _evaluate(book, body, flags, arguments.episodes, arguments.jobs)
        records.append({"command": command, **found})
        to_90 = (found["steps_to_90"] or {}).get("median")
        place = f"{body}, MuJoCo" if "mujoco" in flags else body
        print(
            f"| {book} | {place} | {_number(found['reward'], 0)} | {_number(found['speed_m_s'], 2)} "
            f"| {'-' if to_90 is None else f'{to_90:.0f}'} | {found['falls']} of {found['episodes']} | `{command}` |",
            flush=True,
        )
    print()
    print("| rulebook | perturbation | steps to recover (median, n) | not recovered | speed kept | command |")
    print("|---|---|---|---|---|---|")
    for book, body, flags in perturbations:
        command, found = _evaluate(book, body, flags, arguments.episodes, arguments.jobs)
        records.append({"command": command, **found})
        steps, kept = found["recovery_steps"] or {}, found.get("speed_kept") or {}
        median, n = steps.get("median"), steps.get("n", 0)
        what = flags.partition("--horizon")[0].strip()
        print(
            f"| {book} | `{what}` | {'-' if median is None else f'{median:.0f}'} ({n}) "
            f"| {steps.get('not_recovered')} | {_number(kept or None, 2)} | `{command}` |",
            flush=True,
        )
    raw.write_text("".join(json.dumps(record) + "\n" for record in records))


if __name__ == "__main__":
    main()
