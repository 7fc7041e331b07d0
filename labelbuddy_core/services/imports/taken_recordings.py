"""Of which recordings an import takes something, and why it takes nothing of the others that its files speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelbuddy_core.services.imports.recording_matches import KnownRecording

ALL_WRONG = "nothing in the files can be taken, see the problems"
LEFT_OUT = "all of its labels are left out"
NOTHING_SAID = "nothing is marked in it"
ALL_THERE = "everything is there already"
CLOSED = "its author has handed it in already"
_NAMED = 50
"""Recordings that are named for a reason; all are counted."""


class TakenRecordings:
    """Counts recordings as a run goes through the files."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._names: dict[int, str] = {}
        self._reasons: dict[int, dict[str, None]] = {}

    def something_of(self, recording: KnownRecording) -> None:
        """Something new of this recording is taken; an answer that nothing is in it counts."""
        self._taken.add(recording.id)

    def nothing_of(self, recording: KnownRecording, reason: str) -> None:
        """Nothing is taken of what a file, or a part of it, says about this recording."""
        self._names[recording.id] = recording.name
        self._reasons.setdefault(recording.id, {})[reason] = None

    def as_json(self) -> Mapping[str, Any]:
        """{recordings, untaken}: how many were taken of, and {reason, count, names} of the others, most first."""
        others: dict[str, list[str]] = {}
        for number, reasons in self._reasons.items():
            if number not in self._taken:
                others.setdefault("; ".join(reasons), []).append(self._names[number])
        untaken = [
            {"reason": reason, "count": len(names), "names": names[:_NAMED]}
            for reason, names in sorted(others.items(), key=lambda one: -len(one[1]))
        ]
        return {"recordings": len(self._taken), "untaken": untaken}
