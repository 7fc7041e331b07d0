"""In which order tasks of equal priority come: as they were added, or those first from which a model learns most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np


class QueueOrder(StrEnum):
    """What decides between tasks of equal priority; all but `ADDED` need predictions."""

    ADDED = "added"
    UNCERTAINTY = "uncertainty"
    DISAGREEMENT = "disagreement"
    DIVERSITY = "diversity"


MOST_SPREAD = 1000
"""So many tasks are chosen one by one for diversity; what is left comes by its distance from all of them."""


def spread(profiles: Sequence[Mapping[str, float]], begin: int | None = None) -> list[float]:
    """A rank from 0 to 1 for each profile, the highest first: every next one is farthest from those before it.

    Farthest-first traversal, the greedy 2-approximation of k centers (Gonzalez 1985, "Clustering to minimize the
    maximum intercluster distance"), as Sener and Savarese (2018) choose core-sets. Profiles are vectors by label, their
    distance is Euclidean. `begin` is the profile to begin with (None: the one farthest from the mean).
    """
    return spread_points(points_of(profiles), begin)


def spread_points(points: np.ndarray, begin: int | None = None) -> list[float]:
    """The same for points, a row each."""
    if not len(points):
        return []
    first = int(np.argmax(np.linalg.norm(points - points.mean(axis=0), axis=1))) if begin is None else begin
    distance = np.linalg.norm(points - points[first], axis=1)
    order = [first]
    while len(order) < min(len(points), MOST_SPREAD):
        farthest = int(np.argmax(distance))
        if distance[farthest] <= 0.0:
            break
        order.append(farthest)
        distance = np.minimum(distance, np.linalg.norm(points - points[farthest], axis=1))
    chosen = set(order)
    order += [int(place) for place in np.argsort(-distance, kind="stable") if int(place) not in chosen]
    ranks = [0.0] * len(order)
    for position, place in enumerate(order):
        ranks[place] = 1.0 - position / len(order)
    return ranks


def points_of(profiles: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Profiles as rows, a column for each label that one of them has."""
    labels = {label: place for place, label in enumerate(sorted({label for one in profiles for label in one}))}
    points = np.zeros((len(profiles), max(1, len(labels))), np.float32)
    for row, profile in enumerate(profiles):
        for label, share in profile.items():
            points[row, labels[label]] = share
    return points


def unit_points(vectors: Sequence[np.ndarray | None], dimensions: int) -> np.ndarray:
    """Vectors as rows of length 1, so that their distance is that of their directions; zeros where there is none."""
    points = np.zeros((len(vectors), dimensions), np.float32)
    for row, vector in enumerate(vectors):
        if vector is not None and (length := float(np.linalg.norm(vector))) > 0.0:
            points[row] = vector / length
    return points
