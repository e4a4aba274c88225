"""The geometry of weight paths as records: one per life, and one for all lives of an evolution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.weight_paths import (
    WeightPath,
    apart_and_together,
    distances,
    end_points,
    label_chance,
    principal_components,
    wander,
)
from sim.study.records import Record

PATH, GEOMETRY = "path", "geometry"
#: Steps at which the distance between starts is noted.
GAP_STEPS = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
#: Starts whose paths are kept, for the picture: distances of all weights stand on all starts.
DRAWN = 3
#: Significant digits of a coordinate, which is drawn, and of a distance, of which ratios are taken.
DIGITS, GAP_DIGITS = 3, 5


def geometry_records(paths: Sequence[WeightPath], horizon: int) -> list[Record]:
    """Return a record of each life, the first with their path on three components, and one of the geometry.

    The geometry's distances are shares of the weights' size, the mean length of the end points: see `geometry_of`.
    """
    coordinates, explained = _coordinates(paths)
    records: list[Record] = [
        {"treatment": PATH, "body": path.body, "start": path.start, "distance": path.distance}
        | {"steps": path.lived, "fallen": path.fallen}
        | ({"path": _short(points)} if path.start < DRAWN else {})
        for path, points in zip(paths, coordinates, strict=True)
    ]
    longest = max(paths, key=lambda path: path.steps.size)
    figures: Record = {"treatment": GEOMETRY, "explained": explained.tolist()}
    figures |= {"path_steps": longest.steps[longest.steps > 0].tolist(), "lives": len(paths)}
    figures |= {"gap": _gaps(paths), "spread": _spread(paths, coordinates, horizon)}
    return [*records, figures | geometry_of(paths, horizon)]


def geometry_of(paths: Sequence[WeightPath], horizon: int) -> Record:
    """Return the distances between end points, None where too few lives lasted.

    Returns:
        `within` (two quarters of one life), `starts` (one body), `bodies` (one start), `wander`, `wander_of` each body,
        all as a share of the weights' size; `chance` of the bodies' labels; `used`: lives that lasted; of each of these
        `end_bodies` and `end_starts`, and `end_gaps` between every two of them, the upper triangle row by row.
    """
    ends = [(path, found) for path in paths if (found := end_points(path, horizon)) is not None]
    figures: Record = {"used": len(ends), "wander_of": {}}
    if not ends:
        return figures
    third, last = (np.array([found[k] for _, found in ends]) for k in (0, 1))
    size = float(np.mean(np.linalg.norm(last, axis=1)))
    gaps = distances(last) / size
    bodies, starts = np.array([path.body for path, _ in ends]), np.array([path.start for path, _ in ends])
    wanders = np.array([wander(path, horizon) for path, _ in ends]) / size
    between_bodies = apart_and_together(gaps, starts)[1]
    _, between_starts = apart_and_together(gaps, bodies)
    figures |= {
        "within": float(np.mean(np.linalg.norm(last - third, axis=1))) / size,
        "starts": _number(between_starts),
        "bodies": _number(between_bodies),
        "wander": float(wanders.mean()),
        "wander_of": {body: float(wanders[bodies == body].mean()) for body in dict.fromkeys(bodies.tolist())},
        "end_bodies": bodies.tolist(),
        "end_starts": starts.tolist(),
        "end_gaps": [_rounded(gap, GAP_DIGITS) for gap in gaps[np.triu_indices(len(ends), 1)]],
    }
    if np.isfinite(between_starts) and len(set(bodies.tolist())) > 1:
        figures["chance"] = label_chance(gaps, bodies, np.random.default_rng(0))
    return figures


def _coordinates(paths: Sequence[WeightPath]) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the coordinates of every life from step 1 on: what was drawn before is only scatter."""
    rows = [path.weights[path.steps > 0] for path in paths]
    coordinates, explained = principal_components(np.concatenate(rows))
    return np.split(coordinates, np.cumsum([len(each) for each in rows])[:-1]), explained


def _gaps(paths: Sequence[WeightPath]) -> dict[str, float]:
    """Return the mean distance between two starts on the first body, as a share of the weights' size at that step."""
    found = {}
    lives = [path for path in paths if path.body == paths[0].body]
    for step in GAP_STEPS:
        points = [path.weights[path.steps == step][0] for path in lives if step in path.steps]
        if len(points) > 1:
            apart = distances(np.array(points))[np.triu_indices(len(points), 1)]
            found[str(step)] = float(np.mean(apart) / np.mean(np.linalg.norm(points, axis=1)))
    return found


def _spread(paths: Sequence[WeightPath], coordinates: Sequence[np.ndarray], horizon: int) -> dict[str, list[float]]:
    """Return each body's standard deviation of the components over the second half of all its lives."""
    late: dict[str, list[np.ndarray]] = {}
    for path, points in zip(paths, coordinates, strict=True):
        late.setdefault(path.body, []).append(points[path.steps[path.steps > 0] >= horizon // 2])
    pooled = {body: np.concatenate(points) for body, points in late.items()}
    return {body: points.std(axis=0).tolist() for body, points in pooled.items() if len(points) > 1}


def _short(points: np.ndarray) -> list[list[float]]:
    return [[_rounded(value, DIGITS) for value in row] for row in points]


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
