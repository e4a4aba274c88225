"""What the study of bodies says of the robots with one evolution: the shipped dog and the shipped ants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.studies.parts.body_measures import DOG, body_of, distance_on, unseen_distance
from sim.study.evolutions import SHIPPED
from sim.study.figure import name_of
from sim.study.records import Record, where
from sim.study.study import Figures, Table

ANT = ("shipped/ant", "shipped/ant-bodies", "shipped/ant-faults", "shipped/ant-unbounded", "shipped/ant-static")
#: Evolved on from `ant` on more than the paper's two bodies; the left front leg is short in none of their lives.
ANT_MORE = {
    "shipped/ant-bodies": "evolved on with each of the other three legs short, where the paper has one",
    "shipped/ant-faults": "evolved on from there with legs that go limp or weak on the way, each of the four, so that "
    "what is unseen is a short leg, not one that fails; ten candidates were looked at on that very body, and which was "
    "shipped was decided with that known",
}
#: A damage at which nobody had looked while rulebooks were made and chosen.
ANT_LATER = "front_left_half"
ANT_BODIES = ("intact", "front_right_short", "front_left_short", "back_left_short", "back_right_short")
ANT_WORDS = {
    "front_left_short": "on the unseen body",
    "intact": "intact",
    "front_right_short": "on the seen damage",
}
DOG_RULES = "shipped/sts12"


def dog_findings(records: Sequence[Record], figures: Figures) -> tuple[list[str], Table | None]:
    """Say how far the dog gets: sentences and table."""
    mine = where(records, treatment=DOG)
    if not mine:
        return [], None
    intact = distance_on(mine, DOG_RULES, "intact").get(0, 0.0)
    unseen = unseen_distance(mine, DOG_RULES, DOG, ("intact",)).get(0, 0.0)
    kept = unseen / intact if intact > 0.0 else float("nan")
    figures |= {"sts12 intact [m]": intact, "sts12 unseen / intact": kept}
    rows = [
        (
            body,
            f"{distance_on(mine, DOG_RULES, body)[0]:.2f}",
            str(sum(r["fallen"] for r in mine if body_of(r) == body)),
        )
        for body in sorted({body_of(r) for r in mine})
    ]
    said = f"sts12, one evolution: {unseen:.2f} m on unseen bodies, {intact:.2f} m intact, a share of {kept:.2f}."
    return [said], Table("sts12: distance in 10 s [m], falls in 8 lives", ("body", "distance", "falls"), tuple(rows))


def ant_findings(records: Sequence[Record], figures: Figures) -> tuple[list[str], Table | None]:
    """Say what the ant earns on each body: sentences and table."""
    rows, said = [], []
    later = {}
    for condition in ANT:
        mine = where(records, condition=condition)
        rewards = {body: [r["reward"] for r in mine if body_of(r) == body] for body in (*ANT_BODIES, ANT_LATER)}
        means = {body: float(np.mean(values)) for body, values in rewards.items() if values}
        if not means:
            continue
        texts = (f"{np.mean(v):.0f} ± {np.std(v, ddof=1):.0f}" if v[1:] else "-" for v in rewards.values())
        rows.append((name_of(condition), *texts))
        if ANT_LATER in means and condition != ANT[-1]:
            later[condition] = means[ANT_LATER], means["intact"]
        if condition == ANT[-1]:
            told = (f"{means[body]:.0f} {words}" for body, words in ANT_WORDS.items() if body in means)
            said.append(f"{name_of(condition)}, one evolution: {', '.join(told)}.")
        if condition == ANT[0] or condition in ANT_MORE:
            unseen, intact = means["front_left_short"], means["intact"]
            share = f"{unseen:.0f} on the unseen body, {intact:.0f} intact, a share of {unseen / intact:.2f}"
            if condition == ANT[0]:
                figures |= {"ant intact": intact, "ant unseen": unseen, "ant unseen / intact": unseen / intact}
                said.append(f"ant, one evolution: {share} (the paper: 452 / 1051 = 0.43).")
            else:
                figures |= {f"{condition.removeprefix(SHIPPED)} unseen / intact": unseen / intact}
                said.append(f"{name_of(condition)} ({ANT_MORE[condition]}), one evolution: {share}.")
    title = "ant: mean reward ± deviation over lives; one evolution each"
    said += _later(later, figures)
    return said, Table(title, ("rulebook", *ANT_BODIES, ANT_LATER), tuple(rows)) if rows else None


def _later(means: Mapping[str, tuple[float, float]], figures: Figures) -> list[str]:
    """Say what the ants earn on the damage at which nobody had looked, and what share of intact that is."""
    parts = []
    for condition, (there, intact) in means.items():
        figures[f"{condition.removeprefix(SHIPPED)} {ANT_LATER} / intact"] = there / intact
        parts.append(f"{name_of(condition)} {there:.0f}, a share of {there / intact:.2f}")
    if not parts:
        return []
    return [
        f"ant, one evolution each, with half of the outer left front leg, a damage at which nobody had looked before "
        f"these rules were chosen: {'; '.join(parts)}."
    ]
