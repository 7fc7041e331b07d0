"""Training, validation and test: recordings, and recordings that share an artist or another attribute, stay together.

The rule is that of training sets (`domain.training.splits`): iterative stratification by labels, decided by the seed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labelbuddy_core.domain.attributes import folded
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.ties import Ties
from labelbuddy_core.domain.training.examples import Split, Truth
from labelbuddy_core.domain.training.splits import Shares, split
from labelbuddy_core.errors import Invalid


@dataclass(frozen=True)
class Dividable:
    """A task to be put into a split: what it is of, which labels are in it, and `groups` that must not be parted."""

    task: int
    sha256: str
    labels: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Shares(Shares):
    """A release may have no validation or no test part at all."""

    def __post_init__(self) -> None:
        """The bounds are those of the choices."""


def groups_of(attributes: Mapping[str, object], group_by: Sequence[str]) -> tuple[str, ...]:
    """The groups of a recording; case, accents and spaces at the ends make no other group."""
    named = ((name, folded(str(attributes.get(name) or "")).strip()) for name in group_by)
    return tuple(f"{name}={value}" for name, value in named if value)


def given_names(attributes: Mapping[str, object]) -> frozenset[str]:
    """The attributes that a recording has a value of."""
    return frozenset(name for name, value in attributes.items() if str(value or "").strip())


def check_groups(group_by: Sequence[str], there: Collection[str]) -> None:
    """Raises `Invalid` for a name that is not among `there`, the attributes that recordings of the project have."""
    _check_groups(group_by, there, "No recording")


def check_groups_of_release(group_by: Sequence[str], there: Collection[str]) -> None:
    """Raises `Invalid` for a name that is not among `there`, the attributes of what goes in: others may have it."""
    _check_groups(group_by, there, "No recording that goes into the release")


def _check_groups(group_by: Sequence[str], there: Collection[str], none: str) -> None:
    for name in group_by:
        if name not in there:
            known = f"they have {', '.join(sorted(there))}" if there else "they have none at all"
            raise Invalid(
                f"{none} has the attribute {name!r}, so nothing is kept together by it; {known}.", field="group_by"
            )


def told_apart(group_by: Sequence[str], lacking: Mapping[str, int], recordings: int) -> str:
    """How many of these recordings have no value to be kept together by, in a sentence; "" where all have."""
    parts = [f"{count:,} of {counted(recordings, 'recording')} {'has' if count == 1 else 'have'} no {name}"
             for name in group_by if (count := lacking.get(name, 0))]  # fmt: skip
    if not parts:
        return ""
    without = f"no {group_by[0]}" if len(group_by) == 1 else "none of these attributes"
    return f"{', '.join(parts)}; each that has {without} is a group of its own."


def divide(tasks: Sequence[Dividable], validation: float, test: float, seed: int) -> dict[int, Split]:
    """The split of each task, in whatever order they come."""
    together = _together(tasks)
    truths = [
        Truth(
            task=one.task, recording=0, sha256=one.sha256, start=0.0, stop=0.0, kind="", sources=(), assisted=False,
            regions=(), tags=one.labels, group=together.get(one.sha256, ""),
        )
        for one in tasks
    ]  # fmt: skip
    return {example.truth.task: example.split for example in split(truths, _Shares(validation, test), seed)}


def _together(tasks: Sequence[Dividable]) -> dict[str, str]:
    """By recording what it belongs to: groups that share a recording are one, named by the first of them."""
    ties = Ties()
    for one in tasks:
        for first, second in pairwise(one.groups):
            ties.tie(first, second)
    found: dict[str, str] = {}
    for one in tasks:  # a recording has the same attributes in all its tasks
        if one.groups:
            found[one.sha256] = ties.group_of(one.groups[0])
    return found
