"""Which recording of a project a file of labels means: by hash, by the paths of our own exports, by path, by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Recording, Task
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.written_files import fitting
from labelbuddy_core.services.recordings.import_plans import AUDIO_SUFFIXES

_HASH = re.compile(r"[0-9a-f]{64}")
_OURS = re.compile(r"audio/(\d+)_[^/]*$|/api/v1/tasks/(\d+)/original$")
_UPLOADED = re.compile(r"^[0-9a-f]{8}-")
"""What Label Studio puts before the names of uploaded files."""


@dataclass(frozen=True)
class Span:
    """A task of a recording; `start` and `stop` in seconds of recording time."""

    task: int
    start: float
    stop: float


@dataclass(frozen=True)
class KnownRecording:
    """A recording that files may mean, with its tasks in order."""

    id: int
    name: str
    sha256: str
    path: str
    """Folder and name as it was imported."""
    tasks: tuple[Span, ...]
    duration: float = 0.0
    """In seconds, 0 where it is not known."""
    top: float = 24_000.0
    """The highest frequency in Hz."""


class Recordings:
    """The recordings of a project, to be found by what files call them."""

    def __init__(self, known: Iterable[KnownRecording]) -> None:
        self._by_id: dict[int, KnownRecording] = {}
        self._by_task: dict[int, KnownRecording] = {}
        self._by_hash: dict[str, KnownRecording] = {}
        self._by_name: dict[str, list[KnownRecording]] = {}
        self._by_stem: dict[str, list[KnownRecording]] = {}
        self._by_written: dict[str, list[KnownRecording]] = {}
        for one in known:
            self._by_id[one.id] = one
            self._by_hash[one.sha256] = one
            self._by_task.update((span.task, one) for span in one.tasks)
            name = _plain(PurePosixPath(one.name).name)
            self._by_name.setdefault(name, []).append(one)
            self._by_stem.setdefault(_stem(name), []).append(one)
            for written in {_written(name) for name in (one.name, _plain(one.name))}:
                self._by_written.setdefault(written, []).append(one)

    def match(self, *called: str) -> KnownRecording:
        """The recording that the first of these names means that means any.

        A name of several decides together with those after it. Raises `Invalid` where none fits, or several do.
        """
        several: SeveralFit | None = None
        for name in dict.fromkeys(one for one in called if one):
            try:
                found = self._match(name)
            except SeveralFit as problem:
                several = several or problem
                continue
            if found is not None and (several is None or found in several.found):
                return found
        if several is not None:
            raise several
        raise Invalid(f"No recording of this project is called {_either(called)}.", field="recording")

    def _match(self, called: str) -> KnownRecording | None:
        path = unquote(urlsplit(called).path if "://" in called else called).replace("\\", "/")
        if _HASH.fullmatch(path.lower()):
            return self._by_hash.get(path.lower())
        ours = _OURS.search(path)
        if ours:
            found = self._by_id.get(int(ours[1])) if ours[1] else self._by_task.get(int(ours[2]))
            if found is not None and (ours[2] or _plain(path).endswith(_plain(PurePosixPath(found.name).name))):
                return found
        name = _plain(path.rsplit("/", 1)[-1])
        for one in dict.fromkeys((name, _UPLOADED.sub("", name))):
            found = _only(self._by_name.get(one, ()), path)
            # files of our archives have no other names: what they leave out may be any of several recordings
            if found is None and _written(one) == _stem(one):
                found = _only(self._by_written.get(_stem(one), ()), path)
            for stem in (one, _stem(one)):
                found = found or _only(self._by_stem.get(stem, ()), path)
            if found is not None:
                return found
        return None


class SeveralFit(Invalid):
    """A name fits several recordings."""

    def __init__(self, found: Sequence[KnownRecording]) -> None:
        names = list(dict.fromkeys(repr(one.name) for one in found))
        which = f"are called {names[0]}" if len(names) == 1 else f"may be meant: {', '.join(names[:3])}"
        says = f"{len(found)} recordings {which}; name the folder or the hash as well."
        super().__init__(says, field="recording")
        self.found = found


def recordings_of(session: Session, project_id: int) -> Recordings:
    """All recordings of a project that have tasks."""
    spans: dict[int, list[Span]] = {}
    rows = session.execute(
        select(Task.recording_id, Task.id, Task.start, Task.stop)
        .where(Task.project_id == project_id)
        .order_by(Task.recording_id, Task.start, Task.id)
    )
    for recording, task, start, stop in rows:
        spans.setdefault(recording, []).append(Span(task, start, stop))
    query = select(
        Recording.id, Recording.name, Recording.sha256, Recording.attributes, Recording.duration, Recording.sample_rate
    ).where(Recording.project_id == project_id)
    return Recordings(
        KnownRecording(
            one, name, sha256, _path(about, name), tuple(spans.get(one, ())), duration or 0.0, (rate or 48_000) / 2
        )
        for one, name, sha256, about, duration, rate in session.execute(query)
    )


def _path(attributes: Mapping[str, Any] | None, name: str) -> str:
    return f"{(attributes or {}).get('folder', '')}/{name}".lstrip("/")


def _only(found: Iterable[KnownRecording], path: str) -> KnownRecording | None:
    """The one whose path ends most like `path`. Raises `Invalid` where several do."""
    ranked = sorted(((_shared(_plain(one.path), _plain(path)), one) for one in found), key=lambda pair: -pair[0])
    if not ranked:
        return None
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        raise SeveralFit([one for _, one in ranked])
    return ranked[0][1]


def _shared(one: str, other: str) -> int:
    """How many parts at the end of two paths are the same; a suffix that differs does not matter, nor does what files
    of ours leave out of names."""
    count = 0
    for left, right in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if left != right and not (count == 0 and _written(left) == _written(right)):
            break
        count += 1
    return count


def _plain(text: str) -> str:
    """A path without what tools write differently: case, spaces and underscores, composed letters."""
    return "_".join(unicodedata.normalize("NFC", text).casefold().replace("_", " ").split(" "))


def _stem(name: str) -> str:
    """The name without the suffix of a format of audio; other dots may come before an annotator's name."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in AUDIO_SUFFIXES else name


def _written(name: str) -> str:
    """What the files of our archives call a recording."""
    return _plain(fitting(_stem(PurePosixPath(name).name)))


def _either(called: Iterable[str]) -> str:
    names = dict.fromkeys(name[:200] for name in called if name)
    return " or ".join(map(repr, names)) or "''"
