"""An example of a training set: what people agreed on about a stretch of a recording, and where that comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson


class Split(StrEnum):
    """What an example is for: learning, choosing the best epoch, or measuring the result."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class Mark:
    """A labeled stretch, in seconds from the beginning of the example."""

    start: float
    end: float
    label: str


@dataclass(frozen=True)
class Truth:
    """The ground truth of a task, with labels of the project.

    `start` and `stop` are seconds of recording time; `sources` are the (annotation, revision) that it was made of, and
    for an adjudicated one its own revision as (0, revision). `assisted` says that a model's suggestions are in it.
    """

    task: int
    recording: int
    sha256: str
    start: float
    stop: float
    kind: str
    sources: tuple[tuple[int, int], ...]
    assisted: bool
    regions: tuple[Mark, ...]
    tags: tuple[str, ...]
    group: str = ""

    @property
    def seconds(self) -> float:
        return self.stop - self.start

    @property
    def labels(self) -> frozenset[str]:
        """Every label that is heard in it."""
        return frozenset((*(region.label for region in self.regions), *self.tags))


@dataclass(frozen=True)
class Example:
    """A truth with what it is for, in the words of the new version."""

    truth: Truth
    split: Split

    def as_json(self) -> dict[str, Any]:
        """As the snapshot of a run keeps it."""
        return {**asdict(self.truth), "split": self.split.value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Example:
        """What `as_json` gave."""
        known = {name: value[name] for name in value if name != "split"}
        known["regions"] = tuple(Mark(**one) for one in value["regions"])
        known["tags"] = tuple(value["tags"])
        known["sources"] = tuple((one[0], one[1]) for one in value["sources"])
        return cls(Truth(**known), Split(value["split"]))


def in_words(truths: Iterable[Truth], learn_as: Mapping[str, str]) -> list[Truth]:
    """Truths with the labels of the new version: `learn_as` says how a label of the project is called there.

    Labels that are not in it are left out; several may become one.
    """
    return [
        Truth(
            **{
                **{name: getattr(one, name) for name in one.__dataclass_fields__},
                "regions": tuple(
                    Mark(mark.start, mark.end, learn_as[mark.label]) for mark in one.regions if mark.label in learn_as
                ),
                "tags": tuple(dict.fromkeys(learn_as[tag] for tag in one.tags if tag in learn_as)),
            }
        )
        for one in truths
    ]


def checksum(examples: Iterable[Example]) -> str:
    """SHA-256 of a snapshot: the same examples in the same splits give the same, whatever their order."""
    rows = sorted((example.as_json() for example in examples), key=lambda row: row["task"])
    return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()
