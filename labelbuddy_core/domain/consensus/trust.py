"""Sets of raters who say yes, and how likely they are right: what a method learns from a whole project.

A unit is a tag of a task, or a frame of a label, that at least one annotator marked; what nobody marked is out of the
question. All that matters of it is who was asked and who said yes, so that a project of any size comes down to the
number of units of each such pattern.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from labelbuddy_core.domain.consensus import dawid_skene as ds
from labelbuddy_core.domain.consensus import mace as mc
from labelbuddy_core.domain.consensus.votes import Array, Votes, log_odds, reliability, weighted

Asked = tuple[int, ...]
"""The raters who were asked, in ascending order."""
Pattern = tuple[Asked, int]
"""Who was asked, and who of them said yes: bit n is for the n-th."""


class Method(StrEnum):
    """How a consensus is found."""

    MAJORITY = "majority"
    WEIGHTED = "weighted"
    DAWID_SKENE = "dawid_skene"
    MACE = "mace"


@dataclass
class PatternCounts:
    """How many units there are of each pattern; it is all that is kept of a project."""

    counts: dict[Pattern, float] = field(default_factory=dict)

    def add(self, asked: Asked, said_yes: int, units: float) -> None:
        """Count units that somebody marked."""
        if said_yes:
            key = (asked, said_yes)
            self.counts[key] = self.counts.get(key, 0.0) + units

    def raters(self) -> list[int]:
        """Everybody who was asked, in ascending order."""
        return sorted({rater for asked, _ in self.counts for rater in asked})


@dataclass(frozen=True)
class Trust:
    """What a method learned: the weight and reliability (0 to 1) of each rater, and how to judge a pattern."""

    method: Method
    weights: Mapping[int, float]
    reliability: Mapping[int, float]
    learned: Mapping[Pattern, float]

    def share(self, asked: Sequence[int], said_yes: int) -> float:
        """How likely yes is right, where the raters (in ascending order) were asked and these said yes; 0 if nobody."""
        if not said_yes:
            return 0.0
        known = self.learned.get((tuple(asked), said_yes))
        if known is not None:
            return known
        yes = sum(self.weights.get(rater, 1.0) for place, rater in enumerate(asked) if said_yes >> place & 1)
        total = sum(self.weights.get(rater, 1.0) for rater in asked)
        return yes / total if total > 0.0 else said_yes.bit_count() / len(asked)


def learn(counted: PatternCounts, method: Method) -> Trust:
    """Learn from the patterns of a project."""
    raters = counted.raters()
    patterns = list(counted.counts)
    if not patterns:
        return Trust(method, {}, {}, {})
    place = {rater: number for number, rater in enumerate(raters)}
    said = np.full((len(patterns), len(raters)), -1, dtype=np.int64)
    for row, (asked, yes) in zip(said, patterns, strict=True):
        for bit, rater in enumerate(asked):
            row[place[rater]] = yes >> bit & 1
    votes = Votes.of(said, 2, [counted.counts[pattern] for pattern in patterns])
    shares, reliable, weights = _learned(votes, method)
    return Trust(
        method,
        dict(zip(raters, weights.tolist(), strict=True)),
        dict(zip(raters, reliable.tolist(), strict=True)),
        dict(zip(patterns, shares[:, 1].tolist(), strict=True)),
    )


def _learned(votes: Votes, method: Method) -> tuple[Array, Array, Array]:
    """(shares of no and yes, reliability, weights) by the method."""
    reliable = reliability(votes)
    alike = np.ones(votes.said.shape[1])
    match method:
        case Method.MAJORITY:
            return weighted(votes, alike), reliable, alike
        case Method.WEIGHTED:
            weights = log_odds(reliable)
            return weighted(votes, weights), reliable, weights
        case Method.DAWID_SKENE:
            fit = ds.dawid_skene(votes)
            return fit.shares, fit.reliability(), log_odds(fit.reliability())
        case Method.MACE:
            found = mc.mace(votes)
            return found.shares, found.competence, np.maximum(found.competence, 1e-6)
