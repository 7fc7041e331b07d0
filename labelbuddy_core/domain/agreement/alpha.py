"""Krippendorff's alpha from sums that add up over recordings; missing answers are simply not there.

Source: K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011): coincidences o of values c and k,
α = 1 − (n − 1) Σ o(c,k) δ²(c,k) / Σ n(c) n(k) δ²(c,k). The coincidences of a unit with m answers are its pairs of
answers, each counted 1 / (m − 1); they add up over units, which the package `krippendorff` (our oracle in the tests)
does not offer. An alpha is None where all answers are the same, or there is no unit with two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")


def krippendorff_alpha(ratings: Sequence[Sequence[float | None]], level: Level) -> float | None:
    """Alpha of a table raters × units of numbers; None is a missing answer."""
    values = sorted({value for row in ratings for value in row if value is not None})
    place = {value: number for number, value in enumerate(values)}
    total = np.zeros((len(values), len(values)))
    for unit in zip(*ratings, strict=True):
        total += coincidences([place[value] for value in unit if value is not None], len(values))
    return alpha_of_coincidences(total, values, level)


def coincidences(answers: Sequence[int], values: int) -> npt.NDArray[np.float64]:
    """The coincidence matrix of one unit from the answers given to it, as places in the list of values."""
    if len(answers) < 2:
        return np.zeros((values, values))
    counts = np.bincount(np.asarray(answers, dtype=int), minlength=values).astype(float)
    return (np.outer(counts, counts) - np.diag(counts)) / (len(answers) - 1)


def alpha_of_coincidences(total: npt.ArrayLike, values: Sequence[float], level: Level) -> float | None:
    """Alpha of the summed coincidence matrix of `values` (ascending; any names in order for nominal and ordinal)."""
    observed = np.asarray(total, dtype=float)
    margins = observed.sum(axis=1)
    distances = _squared_distances(np.asarray(values, dtype=float), margins, level)
    expected = float((np.outer(margins, margins) * distances).sum())
    if expected <= 0.0:
        return None
    return 1.0 - (float(margins.sum()) - 1.0) * float((observed * distances).sum()) / expected


def binary_alpha_parts(yes: Any, mixed: Any, no: Any) -> tuple[Any, Any]:
    """(observed, expected) disagreement on yes or no, whose ratio is 1 − alpha, from o(1,1), o(1,0) and o(0,0).

    Works on numbers and on arrays (one entry a replicate) alike.
    """
    ones, zeros = yes + mixed, no + mixed
    answers = ones + zeros
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2.0 * mixed / answers, 2.0 * ones * zeros / (answers * (answers - 1.0))


def interval_alpha(answers: Any, values: Any, squares: Any, squared_differences: Any) -> Any:
    """Alpha of numbers answered by two each, from n, Σ v, Σ v² over answers and Σ (v − v')² over units.

    Works on numbers and on arrays (one entry a replicate) alike; NaN where all answers are the same.
    """
    spread = answers * squares - values**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 1e-9, 1.0 - (answers - 1.0) * squared_differences / spread, np.nan)


def _squared_distances(
    values: npt.NDArray[np.float64], margins: npt.NDArray[np.float64], level: Level
) -> npt.NDArray[np.float64]:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        below = np.cumsum(margins) - margins / 2.0
        return (below[:, None] - below[None, :]) ** 2
    difference = values[:, None] - values[None, :]
    if level == "interval":
        return difference**2
    both = values[:, None] + values[None, :]
    return np.divide(difference, both, out=np.zeros_like(difference), where=both != 0.0) ** 2
