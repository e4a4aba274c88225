"""Colours and marks of the studies' pictures: every condition has its own, the same in every picture.

The hue says the network (Hebbian blue, static orange to red, GRU green, rules of the ant violet), the mark how it was
evolved: for realant a circle with randomised bodies, a square without, other marks for what else was changed. Where
hues of one family come near each other for the colour-blind, the marks or the words beside them differ.
"""

from __future__ import annotations

from sim.plot_panels import BLUE, GREEN, GREY, ORANGE, RED, SKY

#: Condition -> colour, mark. The first colours are Okabe and Ito's.
LOOKS = {
    "hebbian-dr": (BLUE, "o"),
    "hebbian": (SKY, "s"),
    "hebbian-faults": ("#3B2F9E", "^"),
    "hebbian-practice": ("#0B2C6B", "v"),
    "hebbian-longer": ("#86A8D6", "X"),
    "coevolve": ("#CC79A7", "D"),
    "static-dr": (RED, "o"),
    "static": (ORANGE, "s"),
    "static-dr-fine": ("#7A3300", "D"),
    "static-faults": ("#F0907A", "^"),
    "static-practice": ("#A3123A", "v"),
    "gru-dr": (GREEN, "o"),
    "gru": ("#79C79B", "s"),
    # hebbian-dr with one thing changed: normalisation, clock, terms of the rule, settings of the search.
    "norm-none": ("#882E72", "s"),
    "norm-var": ("#AE76A3", "D"),
    "norm-clip": ("#C9A0D0", "^"),
    "clock-4": ("#01665E", "s"),
    "average-10": ("#35978F", "D"),
    "clock-4-average-10": ("#74BFB2", "^"),
    "rule-A": ("#9ECAE1", "v"),
    "rule-AD_lr": ("#6BAED6", "^"),
    "rule-ABC_lr": ("#4292C6", "D"),
    "rule-ABCD": ("#2171B5", "s"),
    "population-32": ("#4C5B73", "v"),
    "population-128": ("#8A99B0", "^"),
    "sigma-0.05": ("#5E4B73", "v"),
    "sigma-0.2": ("#9C8AB0", "^"),
    "optimiser-plain": ("#4B736C", "D"),
    "shipped/ant": ("#54278F", "P"),
    "shipped/ant-bodies": ("#D0519B", "D"),
    "shipped/ant-faults": ("#7A0145", "^"),
    "shipped/ant-unbounded": ("#A88BD0", "s"),
    "shipped/ant-static": ("#8A8A2B", "X"),
    "shipped/realant": ("#1F4E79", "p"),
    "shipped/realant-static": ("#B5651D", "p"),
    "shipped/sts12": ("#117A8B", "p"),
    "shipped/pwm12": ("#2A9BD6", "p"),
    "shipped/bittle": ("#6D7FB3", "p"),
}
#: What is no condition (bodies, layers, wipes, components): Tol's muted colours, black, and a brown.
MUTED = ("#117733", "#AA4499", "#999933", "#88CCEE", "#882255", "#44AA99", "#CC6677", "#332288", "#222222", "#B58900")
#: Marks beside those colours.
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")


def colour_of(condition: str) -> str:
    """Return a condition's colour."""
    return LOOKS.get(condition, (GREY, "o"))[0]


def mark_of(condition: str) -> str:
    """Return a condition's mark."""
    return LOOKS.get(condition, (GREY, "o"))[1]
