"""What the annotators of a task said, in the form in which it is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.agreement.time_grid import Span

Value = str | float | bool
_NOTHING: Mapping[str, Value] = MappingProxyType({})


class Marked(NamedTuple):
    """A region: when it sounds, what its text says, the answers to what its label asks, and its bounds in Hz.

    A named tuple, since there are hundreds of thousands of them in a project.
    """

    span: Span
    text: str = ""
    attributes: Mapping[str, Value] = _NOTHING
    low: float | None = None
    high: float | None = None


@dataclass
class Answer:
    """What one annotator said about a task; regions by label in ascending order."""

    rater: int
    regions: dict[str, list[Marked]] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    beats: list[float] = field(default_factory=list)
    caption: str = ""
    meaning: npt.NDArray[np.float32] | None = None
    """The caption's vector, of length one, where a text model has given it."""

    @classmethod
    def of_document(cls, rater: int, document: Mapping[str, Any]) -> Answer:
        """The answer that a whole document (plain JSON) is."""
        answer = cls(rater)
        for collection in ("regions", "points", "tags"):
            for value in document.get(collection) or ():
                answer.add(collection, value)
        if document.get("caption"):
            answer.add("caption", document["caption"])
        return answer.in_order()

    def add(self, collection: str, value: Mapping[str, Any]) -> None:
        """Take up an item of the annotator's document (plain JSON); answers to questions are not compared."""
        if collection == "regions":
            get = value.get
            said = get("attributes")
            given = {name: one for name, one in said.items() if one is not None} if said else _NOTHING
            region = Marked(
                (float(value["start"]), float(value["end"])), get("text") or "", given, get("low"), get("high")
            )
            of_label = self.regions.get(value["label"])
            if of_label is None:
                self.regions[value["label"]] = [region]
            else:
                of_label.append(region)
        elif collection == "tags":
            self.tags.add(value["label"])
        elif collection == "points" and value.get("kind") == "beat":
            self.beats.append(float(value["time"]))
        elif collection == "caption":
            self.caption = value["text"].strip()

    def in_order(self) -> Answer:
        """The answer with its regions and beats in order of time."""
        for regions in self.regions.values():
            if len(regions) > 1:
                regions.sort(key=lambda one: one.span)
        self.beats.sort()
        return self


@dataclass(frozen=True)
class Compared:
    """A task with the answers of the annotators who handed it in; times in seconds."""

    task: int
    recording: int
    start: float
    stop: float
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Question:
    """What a label asks about each region: choice, yes-no, rating (1 to 5) or number."""

    id: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelAsked:
    """What is compared about the regions of a label beyond their time."""

    vocabulary: str = "free"
    questions: tuple[Question, ...] = ()
