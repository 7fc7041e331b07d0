"""Votes of raters on units, and the two simplest ways to count them: by majority, and weighted by reliability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
NO_VOTE = -1


@dataclass(frozen=True)
class Votes:
    """`said[unit, rater]` is the number of the answer, `NO_VOTE` where there is none; `weights` count equal units."""

    said: npt.NDArray[np.int64]
    answers: int
    weights: Array

    @classmethod
    def of(cls, said: npt.ArrayLike, answers: int, weights: npt.ArrayLike | None = None) -> Votes:
        """Votes from any table units × raters; without weights each unit counts once."""
        table = np.atleast_2d(np.asarray(said, dtype=np.int64))
        counted = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=float)
        return cls(table, answers, counted)

    @property
    def cast(self) -> Array:
        """1 where the rater gave the unit the answer: units × raters × answers."""
        return (self.said[:, :, None] == np.arange(self.answers)).astype(float)


def majority(votes: Votes) -> Array:
    """For each unit the share of its votes that each answer got; even where there is no vote."""
    return weighted(votes, np.ones(votes.said.shape[1]))


def weighted(votes: Votes, weights: npt.ArrayLike) -> Array:
    """For each unit the share of its raters' weight that each answer got; even where that is nothing."""
    found = np.einsum("ura,r->ua", votes.cast, np.asarray(weights, dtype=float))
    total = found.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, found / np.where(total > 0.0, total, 1.0), 1.0 / votes.answers)


def reliability(votes: Votes) -> Array:
    """For each rater how often the answer is the one that most of the others gave; ties of the others say nothing.

    Shrunk towards one half by one unit of either kind, so that few votes do not make anybody certain.
    """
    cast = votes.cast
    others = cast.sum(axis=1, keepdims=True) - cast
    best = others.max(axis=2, keepdims=True)
    decided = (best[:, :, 0] > 0.0) & ((others == best).sum(axis=2) == 1) & (votes.said != NO_VOTE)
    right = decided & (others.argmax(axis=2) == votes.said)
    return (1.0 + votes.weights @ right) / (2.0 + votes.weights @ decided)


def log_odds(reliabilities: npt.ArrayLike) -> Array:
    """Weights for `weighted`: log (p / (1 − p)) with p at most 0.99, never below 0; alike for all where nobody
    is better than chance.

    These are the weights of the best vote where raters err alone (L. Shapley, B. Grofman, "Optimizing group
    judgmental accuracy in the presence of interdependencies", Public Choice 43 (1984)).
    """
    shares = np.clip(np.asarray(reliabilities, dtype=float), 0.01, 0.99)
    odds = np.maximum(0.0, np.log(shares / (1.0 - shares)))
    return odds if odds.any() else np.ones_like(odds)
