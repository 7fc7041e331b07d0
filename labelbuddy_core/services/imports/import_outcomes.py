"""What a run of an import has done, or would do, added up over its pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from labelbuddy_core.services.imports.planned_annotations import Findings, Piece
from labelbuddy_core.services.imports.taken_recordings import ALL_THERE, CLOSED
from labelbuddy_core.services.imports.writing_imports import Outcome


@dataclass
class Done:
    """Items that were added or were there already, and the annotations that began."""

    added: int = 0
    present: int = 0
    begun: set[tuple[int, str]] = field(default_factory=set)

    def add(self, outcomes: Iterable[Outcome], findings: Findings) -> None:
        """Count these; what stays out goes to the findings with its reason."""
        for one in outcomes:
            piece = one.piece
            self.added += one.added
            self.present += one.present
            if one.begun:
                self.begun.add((piece.task, piece.author))
            if one.closed:
                findings.refuse(piece.file, piece.author, _closed(piece, one.present))
            if one.other_caption:
                findings.refuse(
                    piece.file,
                    f"Caption of {piece.recording.name}",
                    f"{piece.author} has another caption here; it stays.",
                )
            if one.added or one.begun:
                findings.taken.something_of(piece.recording)
            else:
                findings.taken.nothing_of(piece.recording, CLOSED if one.closed else ALL_THERE)

    def as_json(self) -> dict[str, int]:
        """{new, present, annotations} of a report."""
        return {"new": self.added, "present": self.present, "annotations": len(self.begun)}


def _closed(piece: Piece, present: int) -> str:
    count = len(piece.items) - present
    return f"{piece.author} has handed this task in already; {count:,} items stay out. Withdraw it first."
