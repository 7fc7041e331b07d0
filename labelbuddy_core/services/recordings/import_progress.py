"""How far an import is: files, bytes, rate and what is left, told while files come in."""

from __future__ import annotations

import time
from collections import deque

from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import ImportedFile
from labelbuddy_core.domain.states import ImportedFileState
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.presenting import readable_size

_TELL_SECONDS = 0.5
_RATE_SECONDS = 20.0


class Progress:
    """Counts bytes as they come and tells the job's message a few times a second.

    The rate is that of the last 20 seconds, so that a change of speed shows; what is left follows from it.
    """

    def __init__(self, job: JobContext) -> None:
        self._job = job
        self._files = self._files_done = 0
        self._size = self._size_done = 0
        self._name, self._name_size, self._name_done = "", 0, 0
        self._told = 0.0
        self._trail: deque[tuple[float, int]] = deque()
        self._received = 0

    def begin(self, import_id: int) -> None:
        """Count what the whole import is and what of it is done."""
        query = (
            select(ImportedFile.state, func.count(), func.coalesce(func.sum(ImportedFile.size), 0))
            .where(ImportedFile.import_id == import_id, ImportedFile.state != ImportedFileState.IGNORED.value)
            .group_by(ImportedFile.state)
        )
        self._files = self._files_done = self._size = self._size_done = 0
        with get_database().read() as session:
            for state, number, size in session.execute(query):
                self._files, self._size = self._files + number, self._size + int(size or 0)
                if state != ImportedFileState.WAITING:
                    self._files_done, self._size_done = self._files_done + number, self._size_done + int(size or 0)
        self._name = ""

    def start_file(self, row: ImportedFile) -> None:
        """The next file begins, and the one before has ended."""
        if self._name:
            self._files_done += 1
            self._size_done += self._name_size
        self._name = row.address.replace("\\", "/").rpartition("/")[2] or row.address
        self._name_size, self._name_done = row.size or 0, 0

    def add(self, size: int) -> bool:
        """`size` more bytes have come; returns whether that was told."""
        self._name_done += size
        self._received += size
        present = time.monotonic()
        if present - self._told < _TELL_SECONDS:
            return False
        self._told = present
        self._trail.append((present, self._received))
        while present - self._trail[0][0] > _RATE_SECONDS:
            self._trail.popleft()
        self._job.progress(self._fraction(), self._message())
        return True

    def _fraction(self) -> float:
        if self._size:
            return (self._size_done + min(self._name_done, self._name_size or self._name_done)) / self._size
        return self._files_done / self._files if self._files else 0.0

    def _message(self) -> str:
        share = f" ({100 * self._name_done // self._name_size} %)" if self._name_size else ""
        parts = [f"Adding {self._name}{share}", f"{self._files_done + 1:,} of {self._files:,} files"]
        done = self._size_done + self._name_done
        parts.append(f"{readable_size(done)} of {readable_size(max(self._size, done))}")
        rate = self._rate()
        if rate:
            parts.append(f"{readable_size(rate)}/s")
            if self._size > done:
                parts.append(f"{remaining_time((self._size - done) / rate)} left")
        return " · ".join(parts)

    def _rate(self) -> float:
        """Bytes a second."""
        (since, before), (until, after) = self._trail[0], self._trail[-1]
        return (after - before) / (until - since) if until > since else 0.0


def remaining_time(seconds: float) -> str:
    """A time to wait, as people say it: 40 s, 5 min, 2 h 10 min."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
