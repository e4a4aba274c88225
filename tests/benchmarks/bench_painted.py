"""Painted rules beside directly encoded ones, and painted for other robots: prints the tables of docs/painted_rules.md.

    python tests/benchmarks/bench_painted.py RULEBOOK... [--robots sts12 pwm12 bittle] [--lives 20]

On realant every rulebook lives as in the study `bodies`: 4 lives of 500 steps on each of the 46 bodies, body and
sensors drawn anew in every life. The directly encoded rules (`hebbian-dr`, ten evolutions of the same budget) lived the
same lives, with the same seeds: their records are read from docs/results/data/bodies.jsonl.

On every other robot the first rulebook is painted anew and evaluated like `hebb evaluate --episodes 20`. Beside it:
five CPPNs with its numbers shuffled within each layer, five rules with one random coefficient of the same size per
synapse (four lives each), and standing still. About three minutes per rulebook and one per robot on a free core.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from hebb_controller.painted_rules import PaintedRules
from hebb_controller.repaint import repaint
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller.trials.random_rule import random_rulebook
from sim.bodies import body_names
from sim.evaluate import EvaluateConfig, evaluate
from sim.life_figures import LifeFigures
from sim.studies.parts.body_measures import REALANT, SEEN, distance_on, unseen_distance
from sim.study.cell import Cell
from sim.study.intervals import of_median
from sim.study.lives import live_cell
from sim.study.records import Record, read, where

RECORDS = Path("docs/results/data/bodies.jsonl")
DIRECT, PAINTED = "hebbian-dr", "painted"
#: How many random rules share the lives of a control.
CONTROLS = 5


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "rulebooks",
        nargs="*",
        default=["docs/results/evolutions/painted/3/rules.hebb.safetensors"],
        help="painted rulebooks of realant, one per evolution (default: that of docs/results)",
    )
    parser.add_argument("--robots", nargs="*", default=["sts12", "pwm12", "bittle"], help="to paint the first one for")
    parser.add_argument("--lives", type=int, default=20, help="lives per row on these robots")
    parser.add_argument("--only-robots", action="store_true", help="leave out the bodies of realant")
    options = parser.parse_args()
    books = [load_rulebook(name) for name in options.rulebooks]
    if not options.only_robots:
        _bodies_table(books, options.rulebooks)
    if options.robots:
        print(f"\n| robot | rule | distance in 10 s [m], n = {options.lives} lives | falls |\n|---|---|---|---|")
    for name in options.robots:
        robot = load_robot(name)
        painted = repaint(books[0], robot)
        rules = {
            "painted": [painted],
            "the CPPN's numbers shuffled": [_shuffled(painted, seed) for seed in range(CONTROLS)],
            "a random rule": [random_rulebook(painted, seed) for seed in range(CONTROLS)],
            "standing still": [_still(painted)],
        }
        for told, each in rules.items():
            config = EvaluateConfig(robot, episodes=options.lives // len(each))
            lives = [life for book in each for life in evaluate(book, config)]
            falls = sum(life.fallen for life in lives)
            print(f"| {name} ({robot.nb_joints} joints) | {told} | {_distances(lives)} | {falls} |", flush=True)


def _bodies_table(books: list[Rulebook], names: list[str]) -> None:
    records: list[Record] = where(read(RECORDS), condition=DIRECT, treatment=REALANT)
    numbers = {DIRECT: "21,440"}
    for seed, book in enumerate(books, 1):
        for body in body_names(load_robot("realant")):
            records += live_cell(Cell(PAINTED, seed, REALANT, 4, 500, body), book)
    numbers[PAINTED] = f"{books[0].nb_evolved:,}"
    nb_bodies = len(body_names(load_robot("realant"))) - len(SEEN)
    print(f"| rules | numbers | intact [m] | seen damage [m] | {nb_bodies} unseen [m] | unseen / intact | evolutions |")
    print("|---|---|---|---|---|---|---|")
    for condition, count in numbers.items():
        intact, seen = (distance_on(records, condition, body) for body in SEEN)
        unseen = unseen_distance(records, condition)
        share = [unseen[k] / intact[k] for k in intact if intact[k] >= 0.5]
        cells = [of_median(list(found.values())).text() for found in (intact, seen, unseen)]
        told = f"{np.median(share):.2f}" if share else "-"
        print(f"| {condition} | {count} | {' | '.join(cells)} | {told} | {len(intact)} |", flush=True)
    print("\n| painted rulebook | intact [m] | seen damage [m] | unseen [m] | direct evolutions less far intact |")
    print("|---|---|---|---|---|")
    direct = list(distance_on(records, DIRECT, "intact").values())
    for seed, name in enumerate(names, 1):
        intact, seen = (distance_on(records, PAINTED, body)[seed] for body in SEEN)
        less = sum(metres < intact for metres in direct)
        unseen = unseen_distance(records, PAINTED)[seed]
        print(f"| {name} | {intact:.2f} | {seen:.2f} | {unseen:.2f} | {less} of {len(direct)} |")


def _shuffled(book: Rulebook, seed: int) -> Rulebook:
    """Return a rulebook painted by a CPPN with the same numbers in each layer, in another order: not evolved."""
    assert isinstance(book.encoded, PaintedRules)
    rng = np.random.default_rng(seed)
    layers = tuple(rng.permuted(layer) for layer in book.encoded.layers)
    return dataclasses.replace(book, coefficients=(), encoded=dataclasses.replace(book.encoded, layers=layers))


def _still(book: Rulebook) -> Rulebook:
    """Return a rulebook whose weights are zero and stay so: every joint at its neutral angle."""
    coefficients = tuple(np.zeros_like(c) for c in book.coefficients)
    start = tuple(np.zeros(c.shape[1:], dtype=np.float32) for c in book.coefficients)
    return dataclasses.replace(book, coefficients=coefficients, start_weights=start, encoded=None)


def _distances(lives: list[LifeFigures]) -> str:
    metres = [life.distance for life in lives]
    return f"{np.mean(metres):.2f} ± {np.std(metres, ddof=1):.2f}, median {np.median(metres):.2f}"


if __name__ == "__main__":
    main()
