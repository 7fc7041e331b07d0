"""How alike two texts are that describe the same sound, by characters (chrF), by words (ROUGE-L) and by vectors.

Sources: M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015 (chrF2: characters up to
sixfold, recall weighs twice, spaces do not count); C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries",
2004 (ROUGE-L: the longest common subsequence of words). Both are from 0 to 1. Between annotators neither is the
reference: chrF is the mean of both ways, and ROUGE-L, with precision and recall weighing alike, is the same both ways.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

ORDER = 6
"""Longest character n-gram."""
BETA = 2.0
"""How much more recall weighs than precision."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Prepared:
    """A text cut into character n-grams (of one character first) and words, to be compared with several others."""

    grams: tuple[Counter[str], ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Prepared:
        """The parts of a text."""
        signs = "".join(text.split())
        grams = tuple(_ngrams(signs, order) for order in range(1, ORDER + 1))
        return cls(grams, tuple(_WORD.findall(text.casefold())))


def chrf(text: str, reference: str) -> float:
    """chrF2 of a text against a reference, as sacrebleu computes it for a sentence."""
    return _f_score(*_precision_and_recall(Prepared.of(text), Prepared.of(reference)))


def likeness(one: str, other: str) -> float:
    """chrF2 between two texts neither of which is the reference: the mean of both ways."""
    return likeness_of(Prepared.of(one), Prepared.of(other))


def likeness_of(one: Prepared, other: Prepared) -> float:
    """`likeness` of texts that are cut up already."""
    precision, recall = _precision_and_recall(one, other)
    return (_f_score(precision, recall) + _f_score(recall, precision)) / 2


def rouge_l(one: str, other: str) -> float:
    """ROUGE-L (F1) of two texts: words without their case, no stemming."""
    return rouge_l_of(Prepared.of(one), Prepared.of(other))


def rouge_l_of(one: Prepared, other: Prepared) -> float:
    """`rouge_l` of texts that are cut up already."""
    if not one.words or not other.words:
        return 0.0
    return 2.0 * _common(one.words, other.words) / (len(one.words) + len(other.words))


def cosine(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float | None:
    """How alike two texts are in what they mean: the cosine of their vectors, which have length one.

    None where one has more numbers than the other: they are of two models.
    """
    if one.shape != other.shape:
        return None
    return float(min(1.0, max(-1.0, np.dot(one, other))))


def most_alike(texts: Sequence[str]) -> int:
    """The place of the text that is most like all others (of several the first); raises ValueError for none."""
    if not texts:
        raise ValueError("there is no text to choose from")
    sums = [0.0] * len(texts)
    for one, other in combinations(range(len(texts)), 2):
        alike = rouge_l(texts[one], texts[other])
        sums[one] += alike
        sums[other] += alike
    return max(range(len(texts)), key=lambda place: (sums[place], -place))


def _precision_and_recall(text: Prepared, reference: Prepared) -> tuple[float, float]:
    """The means over the lengths of n-grams that both texts have."""
    precision = recall = 0.0
    orders = 0
    for ours, theirs in zip(text.grams, reference.grams, strict=True):
        count, expected = ours.total(), theirs.total()
        if not count or not expected:
            continue
        matched = (ours & theirs).total()
        orders += 1
        precision += matched / count
        recall += matched / expected
    return (precision / orders, recall / orders) if orders else (0.0, 0.0)


def _f_score(precision: float, recall: float) -> float:
    if not precision + recall:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _ngrams(text: str, order: int) -> Counter[str]:
    return Counter(text[at : at + order] for at in range(len(text) - order + 1))


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for place, other in enumerate(second, start=1):
            before, row[place] = row[place], before + 1 if word == other else max(row[place], row[place - 1])
    return row[-1]
