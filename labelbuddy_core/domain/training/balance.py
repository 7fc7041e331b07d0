"""How often each label occurs in each split, and what is doubtful about a training set, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labelbuddy_core.domain.training.examples import Example, Split

FEW = 10
"""Examples of a label for training below which there is a warning."""
FEW_TESTED = 3
"""Held-out examples below which figures come with a caution."""
_SKEW = 20


@dataclass(frozen=True)
class Balance:
    """`labels`: for each {label, train, validation, test, seconds}; examples and seconds of each split; `warnings`."""

    labels: list[dict[str, Any]]
    splits: dict[str, dict[str, float]]
    warnings: list[str]


def balance(examples: Sequence[Example], labels: Sequence[str]) -> Balance:
    """Count examples in which a label is heard."""
    counts = {split: Counter[str]() for split in Split}
    seconds: defaultdict[str, float] = defaultdict(float)
    for example in examples:
        counts[example.split].update(example.truth.labels)
        for region in example.truth.regions:
            seconds[region.label] += region.end - region.start
    rows = [
        {
            "label": label,
            **{split.value: counts[split][label] for split in Split},
            "seconds": round(seconds[label], 3),
        }
        for label in labels
    ]
    splits = {
        split.value: {
            "examples": sum(example.split is split for example in examples),
            "seconds": round(sum(example.truth.seconds for example in examples if example.split is split), 3),
            "assisted": sum(example.split is split and example.truth.assisted for example in examples),
        }
        for split in Split
    }
    return Balance(rows, splits, _warnings(rows, splits))


def _warnings(rows: list[dict[str, Any]], splits: dict[str, dict[str, float]]) -> list[str]:
    found = []
    few = [row["label"] for row in rows if row["train"] < FEW]
    if few:
        found.append(f"Fewer than {FEW} examples to learn from: {', '.join(few)}.")
    for split in (Split.VALIDATION, Split.TEST):
        if not splits[split.value]["examples"]:
            found.append(_EMPTY[split])
            continue
        absent = [row["label"] for row in rows if row["train"] and not row[split.value]]
        if absent:
            found.append(f"{_WITHOUT[split]} {', '.join(absent)}: nothing is said about them there.")
    learned = [row["train"] for row in rows if row["train"]]
    if learned and max(learned) > _SKEW * min(learned):
        found.append(f"The most frequent label has more than {_SKEW} times as many examples as the rarest.")
    assisted, tested = splits[Split.TEST.value]["assisted"], splits[Split.TEST.value]["examples"]
    if assisted:
        found.append(anchored(int(assisted), int(tested)))
    return found


def cautions(assisted: int, tested: int) -> str | None:
    """What to know before believing figures on the held-out examples."""
    said = []
    if 0 < tested < FEW_TESTED:
        held = "one example was" if tested == 1 else f"{tested} examples were"
        said.append(f"Only {held} held out: figures and intervals of so few say nothing about other recordings.")
    if assisted:
        said.append(anchored(assisted, tested))
    return " ".join(said) or None


def anchored(assisted: int, tested: int) -> str:
    """The warning about held-out labels that a model had suggested."""
    return (
        f"{assisted} of {tested} held-out examples were labeled with suggestions of a model: figures on them favor the "
        "model that suggested them. Label some recordings without suggestions to measure without that."
    )


_WITHOUT = {
    Split.VALIDATION: "No example for validation has",
    Split.TEST: "No held-out example has",
}
_EMPTY = {
    Split.VALIDATION: "Nothing is left for validation: the last epoch is taken, not the best.",
    Split.TEST: "Nothing is held out: the new version cannot be compared with the one it comes from.",
}
