"""Who learns from what: recordings, and groups of them, go into one split as a whole, so that nothing is measured on
what was learned.

Groups are dealt out by iterative stratification (K. Sechidis, G. Tsoumakas, I. Vlahavas, "On the stratification of
multi-label data", ECML PKDD 2011): the rarest label first, each group to the split that lacks most of it. Order and
ties follow from the seed alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from labelbuddy_core.domain.ties import Ties
from labelbuddy_core.domain.training.examples import Example, Split, Truth
from labelbuddy_core.errors import Invalid

_LEAST, _MOST = 0.05, 0.5


@dataclass(frozen=True)
class Shares:
    """Which part of the examples is held out, each from 0.05 to 0.5."""

    validation: float = 0.15
    test: float = 0.15

    def __post_init__(self) -> None:
        for name in ("validation", "test"):
            if not _LEAST <= getattr(self, name) <= _MOST:
                raise Invalid(f"{name} must be a share from {_LEAST} to {_MOST}.", field=name)

    def of(self, split: Split) -> float:
        """The share of one split."""
        return {Split.VALIDATION: self.validation, Split.TEST: self.test}.get(split, 1.0 - self.validation - self.test)


@dataclass
class _Group:
    key: str
    assisted: bool = False
    labels: Counter[str] = field(default_factory=Counter)
    truths: list[Truth] = field(default_factory=list)


def split(
    truths: Sequence[Truth], shares: Shares, seed: int, before: Mapping[int, Split] | None = None
) -> list[Example]:  # fmt: skip
    """Every truth with its split, in the order of tasks.

    `before` is what recordings were for in runs that the model comes from: what was learned from is learned from
    again, what was held out stays held out. Of the rest, what was labeled without assistance is tested on first.
    """
    groups = _groups(truths)
    known = before or {}
    chosen: dict[str, Split] = {}
    for key, group in groups.items():
        uses = {known[one.recording] for one in group.truths if one.recording in known}
        if uses:
            chosen[key] = next(one for one in Split if one in uses)  # train wins: what was learned is never tested
    _deal(groups, chosen, shares, seed)
    examples = [Example(one, chosen[key]) for key, group in groups.items() for one in group.truths]
    return sorted(examples, key=lambda example: example.truth.task)


def _groups(truths: Sequence[Truth]) -> dict[str, _Group]:
    """Recordings that share a group are one, and so are groups that share a recording."""
    ties = Ties()
    for one in truths:
        if one.group:
            ties.tie(f"recording {one.sha256}", f"group {one.group}")
    found: dict[str, _Group] = {}
    for one in truths:
        key = ties.group_of(f"recording {one.sha256}")
        group = found.setdefault(key, _Group(key))
        group.truths.append(one)
        group.assisted |= one.assisted
        group.labels.update(one.labels)
        group.labels[""] += 1  # examples, whatever is in them: those without a label are dealt out, too
    return found


def _deal(groups: Mapping[str, _Group], chosen: dict[str, Split], shares: Shares, seed: int) -> None:
    total = _counted(groups.values())
    lacking = {one: defaultdict(float, {label: shares.of(one) * total[label] for label in total}) for one in Split}
    for key, one in chosen.items():
        for label, count in groups[key].labels.items():
            lacking[one][label] -= count
    left = {key: group for key, group in groups.items() if key not in chosen}
    mixed = len({group.assisted for group in groups.values()}) == 2
    remaining, waiting = _counted(left.values()), _in_turn(left.values(), seed)
    while left:
        present = (label for label, count in remaining.items() if label and count > 0)
        rarest = min(present, key=lambda label: (remaining[label], label), default="")
        group = waiting[rarest].pop()
        while group.key not in left:
            group = waiting[rarest].pop()
        if mixed and not group.assisted and lacking[Split.TEST][rarest] > 0.0:
            goal = Split.TEST
        else:
            goal = max(Split, key=lambda one: (lacking[one][rarest], lacking[one][""]))
        chosen[group.key] = goal
        for label, count in group.labels.items():
            lacking[goal][label] -= count
        remaining.subtract(group.labels)
        del left[group.key]


def _counted(groups: Iterable[_Group]) -> Counter[str]:
    total: Counter[str] = Counter()
    for group in groups:
        total.update(group.labels)
    return total


def _in_turn(groups: Iterable[_Group], seed: int) -> dict[str, list[_Group]]:
    """By label the groups that have it, the first to be dealt out last."""
    waiting: dict[str, list[_Group]] = defaultdict(list)
    # without assistance first: of these the test set should be made
    for group in sorted(groups, key=lambda one: (one.assisted, _drawn(seed, one.key)), reverse=True):
        for label in group.labels:
            waiting[label].append(group)
    return waiting


def _drawn(seed: int, key: str) -> str:
    return hashlib.sha256(f"{seed} {key}".encode()).hexdigest()
