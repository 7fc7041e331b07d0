"""Which annotations of a project are reviewed, by whom, and in which order.

An annotation is reviewed when one of the rules says so: its place in a hash lies within the share that is reviewed, the
least sure suggestion that it took is below a confidence, or its task's annotators agree less than they should.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from labelbuddy_core.errors import Invalid


class Reviewers(StrEnum):
    """How annotations reach reviewers."""

    POOL = "pool"
    """Every reviewer, where nobody is named for the task."""
    DEALT = "dealt"
    """Each task is given to the reviewer who has least waiting."""
    BY_HAND = "by_hand"
    """Only those whom a manager names."""


class ReviewOrder(StrEnum):
    """What decides which annotation comes first."""

    OLDEST = "oldest"
    DISAGREEMENT = "disagreement"


class Unsampled(StrEnum):
    """What becomes of an annotation that no rule sends to a review."""

    LEAVE = "leave"
    APPROVE = "approve"


class Sampling(StrEnum):
    """What the rules said about an annotation; nothing is said where everything is reviewed."""

    SHARE = "share"
    CONFIDENCE = "confidence"
    AGREEMENT = "agreement"
    AGAIN = "again"
    """It was sent back before: what was done about it is always looked at."""
    WAITING = "waiting"
    """Agreement is known when the other annotators have handed in."""
    LEFT = "left"
    APPROVED = "approved"


NOT_QUEUED = (Sampling.WAITING.value, Sampling.LEFT.value, Sampling.APPROVED.value)
"""Annotations that no reviewer is shown as waiting."""


@dataclass(frozen=True)
class ReviewRules:
    """A project's rules. `share` is of 100, the thresholds lie between 0 and 1; None is no rule."""

    reviewers: Reviewers = Reviewers.POOL
    order: ReviewOrder = ReviewOrder.OLDEST
    share: float = 100.0
    below_confidence: float | None = None
    below_agreement: float | None = None
    unsampled: Unsampled = Unsampled.LEAVE
    seed: str = ""

    @property
    def samples(self) -> bool:
        """Whether there are annotations that are not reviewed."""
        return self.share < 100.0

    @property
    def needs_agreement(self) -> bool:
        """Whether a task's disagreement has to be measured."""
        return self.order is ReviewOrder.DISAGREEMENT or (self.samples and self.below_agreement is not None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_Choice = TypeVar("_Choice", bound=StrEnum)
_FIELDS = frozenset(ReviewRules.__dataclass_fields__)


def parse_review_rules(given: Mapping[str, Any]) -> ReviewRules:
    """Rules from what is kept or sent; what is missing is as usual. Raises `Invalid` naming the field."""
    foreign = sorted(set(given) - _FIELDS)
    if foreign:
        raise Invalid(f"There is no review rule {foreign[0]!r}.", field=f"reviewing.{foreign[0]}")
    return ReviewRules(
        reviewers=_one_of(Reviewers, given, "reviewers", Reviewers.POOL),
        order=_one_of(ReviewOrder, given, "order", ReviewOrder.OLDEST),
        share=_number(given, "share", 100.0, 100.0) or 0.0,
        below_confidence=_number(given, "below_confidence", None, 1.0),
        below_agreement=_number(given, "below_agreement", None, 1.0),
        unsampled=_one_of(Unsampled, given, "unsampled", Unsampled.LEAVE),
        seed=str(given.get("seed") or ""),
    )


def in_share(rules: ReviewRules, task: int, annotator: int) -> bool:
    """Whether the annotation lies in the share that is reviewed: by a hash, so that asking again changes nothing.

    A larger share holds every annotation of a smaller one. Nobody foresees it who does not know the seed.
    """
    drawn = hashlib.sha256(f"{rules.seed}/{task}/{annotator}".encode()).digest()
    return int.from_bytes(drawn[:8]) / 2**64 * 100.0 < rules.share


def sampled(
    rules: ReviewRules,
    *,
    task: int,
    annotator: int,
    sent_back: bool,
    least_score: float | None,
    disagreement: float | None,
    complete: bool,
) -> Sampling | None:
    """What the rules say about a submitted annotation.

    `least_score` is that of the least sure suggestion it took (None: it took none), `disagreement` that of its task
    (None: nothing to compare), `complete` says that all annotators of the task have handed in. What cannot be compared
    when everybody has handed in counts as disagreement: a rule never lets pass what it could not measure.
    """
    if not rules.samples:
        return None
    if sent_back:
        return Sampling.AGAIN
    if in_share(rules, task, annotator):
        return Sampling.SHARE
    if rules.below_confidence is not None and least_score is not None and least_score < rules.below_confidence:
        return Sampling.CONFIDENCE
    if rules.below_agreement is not None:
        if not complete:
            return Sampling.WAITING
        if disagreement is None or 1.0 - disagreement < rules.below_agreement:
            return Sampling.AGREEMENT
    return Sampling.APPROVED if rules.unsampled is Unsampled.APPROVE else Sampling.LEFT


def least_score(items: Iterable[Mapping[str, Any]]) -> float | None:
    """The lowest score among items that were taken from a model (JSON of a document's items)."""
    scores = [
        float(score)
        for item in items
        if (origin := item.get("origin") or {}).get("kind") == "model" and (score := origin.get("score")) is not None
    ]
    return min(scores) if scores else None


def _one_of(kind: type[_Choice], given: Mapping[str, Any], name: str, usual: _Choice) -> _Choice:
    try:
        return kind(given.get(name) or usual)
    except ValueError:
        raise Invalid(f"{name} must be one of {', '.join(kind)}.", field=f"reviewing.{name}") from None


def _number(given: Mapping[str, Any], name: str, usual: float | None, most: float) -> float | None:
    value = given.get(name, usual)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid(f"{name} must be a number.", field=f"reviewing.{name}")
    if not 0.0 <= value <= most:
        raise Invalid(f"{name} must lie between 0 and {most:g}.", field=f"reviewing.{name}")
    return float(value)
