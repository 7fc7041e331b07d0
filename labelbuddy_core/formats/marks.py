"""What files hold: marks on one recording by one person, and items of our own documents where a file of ours has them.

Conventions: times are seconds of recording time, frequencies Hz; an instant starts and ends at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from labelbuddy_core.domain.export_records import ExportContext, ExportedAnnotation, ExportedTask

_IN_TIME: Final = attrgetter("start", "end", "label")


@dataclass(slots=True, unsafe_hash=True)
class Mark:
    """A stretch of sound or an instant, with its label and what is written about it.

    Nobody changes one. It is not frozen because that makes each of a million take three times as long.
    """

    start: float
    end: float
    label: str
    text: str = ""
    low: float | None = None
    high: float | None = None
    channel: int | None = None
    score: float | None = None
    tier: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    position: int | None = None
    """Of a beat in its bar, from 1."""
    confidence: float | None = field(default=None, compare=False)
    """How sure its author is, which only our own JSON carries."""
    place: str = field(default="", compare=False)
    """Where it stands in the file that it was read from, as in "Line 3"."""

    @property
    def instant(self) -> bool:
        """Whether it is a point in time."""
        return self.start == self.end

    @property
    def duration(self) -> float:
        """In seconds."""
        return self.end - self.start

    @property
    def words(self) -> str:
        """What is written about it, else its label: for formats with one text a mark."""
        return self.text or self.label


@dataclass(frozen=True, slots=True)
class Said:
    """An item of a document of ours, as a file of ours has it: its label is a name, its times are unchecked."""

    collection: str
    """The part of the document: see `domain.documents.Collection`."""
    value: Mapping[str, Any]
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Marked:
    """What one person (or the consensus) marked on one recording, in order of time."""

    recording: str
    duration: float
    """Of the whole recording, in seconds."""
    marks: tuple[Mark, ...]
    annotator: str = ""
    tags: tuple[tuple[str, float | None], ...] = ()
    caption: str = ""
    answers: int = 0
    channels: int = 1
    sample_rate: int | None = None
    audio_path: str = ""
    also_called: tuple[str, ...] = ()
    """What else a file that is read may call its recording, the likeliest first."""
    said: tuple[Said, ...] = ()
    """Of files of ours, in place of marks, tags and caption: everything with its origin."""
    span: tuple[float, float] | None = None
    """The stretch of the recording that it is about, in seconds, where the file says it."""
    state: str = ""
    """Whether it was a draft, submitted, approved or rejected, where the file says it."""

    @property
    def count(self) -> int:
        """How many marks, tags, captions and items there are."""
        return len(self.marks) + len(self.said) + len(self.tags) + bool(self.caption)

    @property
    def file(self) -> str:
        """What names the audio in a file: its path, else the name of the recording."""
        return self.audio_path or self.recording


def marked(task: ExportedTask, context: ExportContext) -> Iterator[Marked]:
    """What each annotator marked in a task."""
    for annotation in task.annotations:
        yield _marked(task, annotation, context)


def _marked(task: ExportedTask, annotation: ExportedAnnotation, context: ExportContext) -> Marked:
    document, names = annotation.document, context.label_names
    marks = [
        Mark(
            start=one["start"],
            end=one["end"],
            label=names.get(label := one["label"], label),
            text=one.get("text") or "",
            low=one.get("low"),
            high=one.get("high"),
            channel=one.get("channel"),
            score=(one.get("origin") or {}).get("score"),
            tier=one.get("tier") or "",
            attributes=_attributes(one) if one.get("attributes") else (),
            confidence=one.get("confidence"),
        )
        for one in document["regions"]
    ]
    marks += [
        Mark(
            start=one["time"],
            end=one["time"],
            label=context.name_of(one.get("label")) or one["kind"],
            tier=one.get("tier") or "",
            attributes=_attributes(one),
            position=one.get("position"),
            confidence=one.get("confidence"),
        )
        for one in document["points"]
    ]
    marks.sort(key=_IN_TIME)
    caption, recording = document["caption"], task.recording
    return Marked(
        recording=recording["name"],
        duration=recording["duration"],
        marks=tuple(marks),
        annotator=annotation.annotator,
        tags=tuple((context.name_of(one["label"]), one.get("score")) for one in document["tags"]),
        caption=caption["text"] if caption else "",
        answers=len(document["answers"]),
        channels=recording.get("channels") or 1,
        sample_rate=recording.get("sample_rate"),
        audio_path=task.audio_path,
    )


def _attributes(item: object) -> tuple[tuple[str, str], ...]:
    values = item.get("attributes") if isinstance(item, dict) else None
    return tuple((name, str(value)) for name, value in (values or {}).items() if value is not None)
