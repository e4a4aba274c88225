"""Merged rules beside those that they were merged from, on every body of the robot, on the same seeds.

    python tests/benchmarks/bench_merged.py [UNMERGED=MERGED ...] [--lives 4] [--steps 500]
        [--seen intact front_right_short] [--kept FILE.jsonl]
    python tests/benchmarks/bench_merged.py --alone 1536 768 384 96 [UNMERGED ...]

A pair is one evolution, and one sample. Its figure on a body is the mean distance of its lives; on the bodies that
evolution did not see, the median over them. Printed are the ratios merged over unmerged of each pair, and their median
with a bootstrap interval over pairs (`sim/study/intervals.py`). With `--alone` rules are merged and not evolved on, and
live on the intact body: what K-means loses. `--kept` holds finished bodies, so that a stopped run can go on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hebb_controller import Rulebook, load_rulebook
from hebb_controller.robot_file import load_robot
from sim.bodies import body_names
from sim.evaluate import EvaluateConfig, evaluate
from sim.merge import merge
from sim.study.intervals import of_median

EVOLUTIONS = "docs/results/evolutions/{}/{}/rules.hebb.safetensors"
#: The evolutions that come with the project.
PAIRS = [f"{EVOLUTIONS.format('hebbian-dr', n)}={EVOLUTIONS.format('merged', n)}" for n in (9, 2, 10)]


class Distances:
    """Mean distances of rulebooks on bodies, lived once and kept in a file.

    Args:
        lives: of each rulebook on each body.
        steps: control steps of a life.
        kept: where finished bodies are kept; None: nowhere.
    """

    def __init__(self, lives: int, steps: int, kept: Path | None) -> None:
        self.lives, self.steps, self._kept = lives, steps, kept
        self._known: dict[str, float] = {}
        if kept is not None and kept.exists():
            self._known = dict(json.loads(line) for line in kept.read_text().splitlines())

    def of(self, book: Rulebook, body: str) -> float:
        """Return the mean distance, in [m]."""
        key = f"{book.digest} {body} {self.lives} {self.steps}"
        if key not in self._known:
            config = EvaluateConfig(
                load_robot(book.robot), body, self.lives, seed=0, horizon=self.steps, randomise=True
            )
            self._known[key] = float(np.mean([life.distance for life in evaluate(book, config)]))
            if self._kept is not None:
                with self._kept.open("a") as file:
                    file.write(json.dumps([key, self._known[key]]) + "\n")
        return self._known[key]


def pairs_of(words: list[str]) -> Iterator[tuple[str, Rulebook, Rulebook]]:
    """Return name and rulebooks of each UNMERGED=MERGED."""
    for word in words:
        unmerged, _, merged = word.partition("=")
        yield Path(unmerged).parent.name, load_rulebook(unmerged), load_rulebook(merged)


def compare(words: list[str], distances: Distances, seen: list[str]) -> None:
    """Print what merging and evolving on did to distances, pair by pair and over pairs."""
    samples: dict[str, list[float]] = {body: [] for body in [*seen, "unseen"]}
    pooled: dict[str, list[tuple[float, float]]] = {body: [] for body in samples}
    for name, unmerged, merged in pairs_of(words):
        bodies = body_names(load_robot(unmerged.robot))
        lived = {body: (distances.of(unmerged, body), distances.of(merged, body)) for body in bodies}
        unseen = [lived[body] for body in bodies if body not in seen]
        figures = {body: lived[body] for body in seen}
        figures["unseen"] = tuple(float(np.median(column)) for column in zip(*unseen, strict=True))
        better = sum(after > before for before, after in unseen)
        parts = [f"{unmerged.nb_evolved:,} -> {merged.nb_evolved:,} numbers"]
        for body, (before, after) in figures.items():
            samples[body].append(after / before)
            pooled[body].append((before, after))
            parts.append(f"{body} {before:.2f} -> {after:.2f} m ({after / before:.2f})")
        print(f"{name:>4s}  {', '.join(parts)}; farther on {better} of {len(unseen)} unseen bodies", flush=True)
    for body, ratios in samples.items():
        before, after = (of_median(column) for column in zip(*pooled[body], strict=True))
        print(
            f"{body:18s} merged / unmerged, median of pairs: {of_median(ratios).text()}; "
            f"medians {before.text()} m and {after.text()} m, n = {len(ratios)}"
        )


def alone(words: list[str], numbers: list[int], distances: Distances) -> None:
    """Print what merging without evolving on leaves of the intact distance."""
    kept: dict[int, list[float]] = {n: [] for n in numbers}
    for word in words:
        book = load_rulebook(word)
        before = distances.of(book, "intact")
        parts = [f"{before:.2f} m"]
        for n in numbers:
            after = distances.of(merge(book, n, seed=1), "intact")
            kept[n].append(after / before)
            parts.append(f"{n}: {after:.2f} m ({after / before:.2f})")
        print(f"{Path(word).parent.name:>4s}  {', '.join(parts)}", flush=True)
    for n, ratios in kept.items():
        print(f"{n:6d} rules, merged and not evolved on: {of_median(ratios).text()} of the distance, n = {len(ratios)}")


def main() -> None:
    """Compare pairs, or merge alone."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "rulebooks", nargs="*", default=PAIRS, metavar="UNMERGED[=MERGED]", help="(default: those of docs/results)"
    )
    parser.add_argument("--alone", type=int, nargs="+", metavar="RULES")
    parser.add_argument("--lives", type=int, default=4)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seen", nargs="+", default=["intact", "front_right_short"])
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    distances = Distances(options.lives, options.steps, options.kept)
    if options.alone:
        alone([word.partition("=")[0] for word in options.rulebooks], options.alone, distances)
    else:
        compare(options.rulebooks, distances, options.seen)


if __name__ == "__main__":
    main()
