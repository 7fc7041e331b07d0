"""Is everything that the database names in the storage, and does the storage hold what nothing names? For the shell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from labelbuddy_core.audio.storage import BlobStore, open_store, original_key, release_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Import, Project, Recording, Release
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.installation.installation import alone
from labelbuddy_core.services.recordings import analyses, ingestion
from labelbuddy_core.services.recordings.imports import BLOB_PREFIX
from labelbuddy_core.settings import Settings

GRACE = timedelta(hours=24)
"""Younger blobs are never collected: the recording that names one may be about to be written."""
_BLOCK = 1 << 22

Say = Callable[[str], None]


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a recording's blobs; `derived` files can be made again."""

    recording: int
    name: str
    project: str
    key: str
    what: str
    derived: bool

    def __str__(self) -> str:
        remedy = "run `storage verify --repair`" if self.derived else "upload the file again or restore a backup"
        return f"{self.name} (recording {self.recording}, project {self.project!r}): {self.what}: {self.key}; {remedy}"


def verify(settings: Settings, say: Say, *, deep: bool = False) -> list[Problem]:
    """Look at every blob that a recording names; `deep` also reads all originals and compares their hash."""
    store = open_store(settings)
    present = dict(store.keys())
    hashes: dict[str, bool] = {}
    problems: list[Problem] = []
    for number, (row, project) in enumerate(_recordings(), 1):
        original = original_key(row.sha256)
        for key, derived in _named(row):
            what = _wrong(key, present, row.size if not derived else None)
            if what is None and deep and not derived:
                if original not in hashes:
                    hashes[original] = _sha256(store, original, present[original]) == row.sha256
                    say(f"{number}: {row.name}")
                what = None if hashes[original] else "its bytes have changed"
            if what is not None:
                problems.append(Problem(row.id, row.name, project, key, what, derived))
    return problems


def repair(problems: Iterable[Problem]) -> int:
    """Queue again what lost derived files but has its original; returns how many recordings."""
    lost = {problem.recording for problem in problems if not problem.derived}
    mended = sorted({problem.recording for problem in problems if problem.derived} - lost)
    for number in mended:
        with get_database().write() as session:
            recording = session.get(Recording, number)
            if recording is None or recording.state != RecordingState.READY.value:
                continue
            recording.state = RecordingState.QUEUED.value
            recording.statistics = recording.analysis_key = recording.spectrogram_key = None
            ingestion.ensure_ingest_job(session, None, recording.project_id)
            analyses.ensure_analysis_job(session, None, recording.project_id)
    return len(mended)


def unreferenced(settings: Settings, now: datetime | None = None) -> list[tuple[str, int]]:
    """(key, bytes) of blobs that nothing names and that are older than a day."""
    store = open_store(settings)
    oldest = (now or datetime.now(UTC)) - GRACE
    found = [(key, size) for key, size, changed in store.entries() if changed <= oldest]
    hashes, uploaded = _hashes(), _uploaded()
    return [(key, size) for key, size in found if _is_unnamed(key, hashes, uploaded)]


def _is_unnamed(key: str, hashes: set[str], uploaded: set[str | None]) -> bool:
    if key.startswith((f"{BLOB_PREFIX}/", "releases/")):
        return key not in uploaded
    return bool(_sha_of(key)) and _sha_of(key) not in hashes


def collect(settings: Settings, keys: Iterable[str]) -> int:
    """Delete unreferenced blobs, looking once more at each before; returns how many.

    Raises `InvalidState` while LabelBuddy runs: an upload of the same bytes would find a blob that is about to go.
    """
    store = open_store(settings)
    deleted = 0
    with alone(settings):
        for key in keys:
            if _is_unnamed(key, _hashes(_sha_of(key)), _uploaded()):
                store.delete(key)
                deleted += 1
    return deleted


def _recordings() -> Iterable[tuple[Recording, str]]:
    last = 0
    while True:
        query = (
            select(Recording, Project.name)
            .join(Project, Project.id == Recording.project_id)
            .where(Recording.id > last)
            .order_by(Recording.id)
            .limit(500)
        )
        with get_database().read() as session:
            rows = [(row, name) for row, name in session.execute(query)]
        if not rows:
            return
        yield from rows
        last = rows[-1][0].id


def _named(recording: Recording) -> list[tuple[str, bool]]:
    """(key, whether it can be made again) of the blobs that a recording names."""
    derived = (recording.peaks_key, recording.playback_key, recording.analysis_key, recording.spectrogram_key)
    return [(original_key(recording.sha256), False), *((key, True) for key in derived if key)]


def _wrong(key: str, present: dict[str, int], size: int | None) -> str | None:
    if key not in present:
        return "missing"
    if size is not None:  # an original may be an empty file that somebody uploaded: the recording says so
        return None if present[key] == size else f"has {present[key]} bytes instead of {size}"
    return "is empty" if not present[key] else None


def _sha256(store: BlobStore, key: str, size: int) -> str:
    digest = hashlib.sha256()
    try:
        for start in range(0, size, _BLOCK):
            digest.update(store.read_range(key, start, min(start + _BLOCK, size)))
    except NotFound:
        return ""
    return digest.hexdigest()


def _hashes(only: str | None = None) -> set[str]:
    """The hashes of all originals that recordings name, or of one of them if any does."""
    query = select(Recording.sha256).distinct()
    with get_database().read() as session:
        return set(session.scalars(query if only is None else query.where(Recording.sha256 == only)))


def _uploaded() -> set[str | None]:
    """The keys of uploaded archives and lists that imports still need, and of what releases hold."""
    with get_database().read() as session:
        kept = set(session.scalars(select(Import.blob_key).where(Import.blob_key.is_not(None))))
        named = session.execute(select(Release.sha256, Release.manifest_sha256).where(Release.state != "deleted"))
        return kept | {release_key(digest) for row in named for digest in row if digest}


def _sha_of(key: str) -> str:
    """The hash of the original that a blob is, or was made from; empty for a foreign key."""
    parts = key.split("/")
    if len(parts) == 3 and parts[0] == "audio":
        return parts[2]
    return parts[1] if len(parts) == 4 and parts[0] == "derived" else ""
