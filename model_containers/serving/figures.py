"""Figures of an epoch: accuracy and F1 of decisions about labels, over all of them and for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Booleans = npt.NDArray[np.bool_]


def figures_of(said: Booleans, true: Booleans, counted: Booleans, labels: Sequence[str]) -> dict[str, float]:
    """{accuracy, f1, "f1/<label>": …} of decisions (n, labels) where they count; a label nobody names has no F1."""
    hits = (said & true & counted).sum(axis=0)
    named = ((said & counted).astype(int) + (true & counted).astype(int)).sum(axis=0)
    right = ((said == true) & counted).sum()
    found = {"accuracy": float(right / max(1, counted.sum()))}
    if named.sum():
        found["f1"] = float(2.0 * hits.sum() / named.sum())
    return found | {
        f"f1/{label}": float(2.0 * hits[place] / named[place]) for place, label in enumerate(labels) if named[place]
    }
