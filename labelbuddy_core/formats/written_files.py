"""Formats of one file a recording: an archive with a file for what each person marked, or for all of them together."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.dataset_rows import Members
from labelbuddy_core.formats.marks import Marked, marked
from labelbuddy_core.formats.streamed_archive import Sink

MEDIA_TYPE = "application/zip"
SUFFIX = "zip"
Write = Callable[[Iterable[ExportedTask], ExportContext], Iterator[bytes]]
_UNFIT = re.compile(r"[^\w.()+ -]+")
MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same labels are the same archive."""


def a_file_each(write: Callable[[Marked], str], suffix: str) -> Write:
    """A writer of an archive with `RECORDING.ANNOTATOR.SUFFIX` for what each person marked in each task."""

    def members(task: ExportedTask, context: ExportContext) -> Iterator[tuple[str, str]]:
        for one in marked(task, context):
            yield one.annotator, write(one)

    return _archive(members, suffix)


def a_file_together(write: Callable[[list[Marked]], str], suffix: str) -> Write:
    """A writer of an archive with `RECORDING.SUFFIX` for all that was marked in each task."""

    def members(task: ExportedTask, context: ExportContext) -> Iterator[tuple[str, str]]:
        together = list(marked(task, context))
        if together:
            yield "", write(together)

    return _archive(members, suffix)


def in_one_file(write: Callable[[Iterable[Marked]], Iterator[str]]) -> Write:
    """A writer of one file of rows for the whole project, in blocks."""

    def written(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
        held: list[str] = []
        size = 0
        for row in write(one for task in tasks for one in marked(task, context)):
            held.append(row)
            size += len(row)
            if size >= 1 << 16:
                yield "".join(held).encode()
                held.clear()
                size = 0
        yield "".join(held).encode()

    return written


def files_together(members: Callable[[Iterable[ExportedTask], ExportContext], Members]) -> Write:
    """A writer of an archive with files that are written one after the other."""

    def written(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
        sink = Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[arg-type]
            for name, blocks in members(tasks, context):
                about = zipfile.ZipInfo(name, MADE)
                about.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(about, "w", force_zip64=True) as entry:
                    for block in blocks:
                        entry.write(block)
                        yield from sink.taken()
        yield from sink.taken(all_of_it=True)

    return written


def _archive(members: Callable[[ExportedTask, ExportContext], Iterator[tuple[str, str]]], suffix: str) -> Write:
    def written(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
        sink = Sink()
        taken: set[str] = set()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
            for task in tasks:
                for person, text in members(task, context):
                    name = _free(_stem(task, person), suffix, task.id, taken)
                    about = zipfile.ZipInfo(name, MADE)
                    about.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(about, text, compresslevel=1)
                    yield from sink.taken()
        yield from sink.taken(all_of_it=True)

    return written


def _stem(task: ExportedTask, person: str) -> str:
    recording = PurePosixPath(task.recording["name"].replace("\\", "/"))
    parts = [recording.stem, person] if person else [recording.stem]
    return ".".join(map(fitting, parts))


def fitting(part: str) -> str:
    """A name as the files of archives have it: without what some file system does not take."""
    return _UNFIT.sub("_", part).strip(". ") or "_"


def _free(stem: str, suffix: str, task: str, taken: set[str]) -> str:
    """A name that nothing else has; what has the name of something else carries its task."""
    name = f"{stem}.{suffix}"
    if name.lower() in taken:
        name = f"{stem}.task-{task}.{suffix}"
    for number in range(2, 1_000_000):
        if name.lower() not in taken:
            break
        name = f"{stem}.task-{task}-{number}.{suffix}"
    taken.add(name.lower())
    return name
