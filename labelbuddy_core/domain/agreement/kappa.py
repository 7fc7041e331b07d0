"""Fleiss' and Cohen's kappa: agreement beyond what chance would give.

Sources: J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971);
J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960).
A kappa is None where chance alone agrees always: then everybody gave one and the same answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_NEVER = 1e-12


def fleiss_kappa(counts: npt.ArrayLike) -> float | None:
    """Fleiss' kappa of a table of units × categories: how many raters put the unit into the category.

    Units with fewer than two ratings are left out. Where units have different numbers of ratings (Fleiss has one
    number for all), each unit weighs alike. None without a unit, or where chance alone would always agree.
    """
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    raters = table.sum(axis=1)
    table, raters = table[raters >= 2], raters[raters >= 2]
    if not len(table):
        return None
    agreement = ((table**2).sum(axis=1) - raters) / (raters * (raters - 1))
    shares = (table / raters[:, None]).mean(axis=0)
    return beyond_chance(float(agreement.mean()), float((shares**2).sum()))


def cohen_kappa(table: npt.ArrayLike) -> float | None:
    """Cohen's kappa of a square table: how often the first rater said the row and the second the column."""
    counts = np.asarray(table, dtype=float)
    total = counts.sum()
    if total <= 0:
        return None
    shares = counts / total
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return beyond_chance(float(np.trace(shares)), expected)


def beyond_chance(observed: float, expected: float) -> float | None:
    """(observed − expected) / (1 − expected), None where `expected` is 1."""
    return None if 1.0 - expected < _NEVER else (observed - expected) / (1.0 - expected)


def binary_observed_and_expected(units: Any, agreement: Any, share: Any) -> tuple[Any, Any]:
    """Observed and expected agreement on yes or no, from sums over units: their number, Σ P, and Σ share of yes.

    Works on numbers and on arrays (one entry a replicate) alike.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        said = share / units
        return agreement / units, said**2 + (1.0 - said) ** 2
