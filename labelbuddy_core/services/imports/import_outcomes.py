"""What a run of an import has done, or would do, added up over its pieces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.times import TOLERANCE
from labelbuddy_core.services.imports.planned_annotations import Findings, Piece
from labelbuddy_core.services.imports.taken_recordings import ALL_THERE, CLOSED
from labelbuddy_core.services.imports.writing_imports import Outcome

_STATES = {
    "draft": "in progress",
    "rejected": "sent back",
    "submitted": "handed in",
    "approved": "approved",
}


@dataclass
class Done:
    """Items that were added or were there already, and the annotations that began."""

    before: int = 0
    """Items that this import had added when it was stopped: they are there, and it is it that added them."""
    added: int = 0
    present: int = 0
    begun: set[tuple[int, str]] = field(default_factory=set)
    joined: dict[tuple[int, str], str] = field(default_factory=dict)
    """By task and author the state of annotations that were there, where the import asks for another one."""

    def add(self, outcomes: Iterable[Outcome], findings: Findings) -> None:
        """Count these; what stays out goes to the findings with its reason."""
        for one in outcomes:
            piece = one.piece
            self.added += one.added
            self.present += one.present
            if one.begun:
                self.begun.add((piece.task, piece.author))
            if one.stays:
                self.joined[piece.task, piece.author] = one.stays
            if one.closed:
                findings.refuse(piece.file, _place(piece), _closed(piece, one.present))
            if one.other_caption:
                findings.refuse(
                    piece.file,
                    f"Caption of {piece.recording.name}",
                    f"{piece.author} has another caption here; it stays.",
                )
            if one.added or one.begun or one.ours:
                findings.taken.something_of(piece.recording)
            else:
                findings.taken.nothing_of(piece.recording, CLOSED if one.closed else ALL_THERE)

    def as_json(self) -> dict[str, Any]:
        """{new, present, annotations, joined: {state: annotations}} of a report."""
        joined = dict(sorted(Counter(self.joined.values()).items()))
        there = max(self.present - self.before, 0)
        return {"new": self.before + self.added, "present": there, "annotations": len(self.begun), "joined": joined}


def told_joined(report: Mapping[str, Any]) -> list[str]:
    """In words: annotations that were there already keep their state, whatever the import counts as."""
    return [
        f"{counted(count, 'annotation')} there already {'is' if count == 1 else 'are'} {_STATES[state]} and "
        f"{'stays' if count == 1 else 'stay'} so; what is imported becomes part of {'it' if count == 1 else 'them'}."
        for state, count in report.get("joined", {}).items()
    ]


def _closed(piece: Piece, present: int) -> str:
    count = len(piece.items) - present
    stay = counted(count, "item stays out", "items stay out")
    return f"{piece.author} has handed this task in already; {stay}. Withdraw it first."


def _place(piece: Piece) -> str:
    """The recording of a piece, and from when to when its task is where that is a part of it."""
    recording = piece.recording
    span = next((span for span in recording.tasks if span.task == piece.task), None)
    if span is None or (span.start <= TOLERANCE and span.stop >= recording.duration - TOLERANCE):
        return recording.name
    return f"{recording.name}, {span.start:g} to {span.stop:g} s"
