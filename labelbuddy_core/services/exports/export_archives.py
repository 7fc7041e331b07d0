"""Exports with the originals of the recordings they name, as archives that are written while they are sent."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator

from labelbuddy_core.audio.storage import BlobStore, open_store, original_key
from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.dataset_rows import Members
from labelbuddy_core.formats.export_formats import Format
from labelbuddy_core.formats.streamed_archive import Sink
from labelbuddy_core.formats.written_files import MADE
from labelbuddy_core.settings import get_settings

_STEP = 1 << 20


def archive_with_audio(
    chosen: Format, member: str, tasks: Iterator[ExportedTask], context: ExportContext
) -> Iterator[bytes]:
    """A ZIP with the export, a README and every original it names."""

    def members(found: Iterable[ExportedTask], about: ExportContext) -> Members:
        yield member, chosen.write(found, about)
        yield "README.md", iter([_readme(member, chosen, about).encode()])

    return folder_with_audio(members, tasks, context)


def folder_with_audio(
    members: Callable[[Iterable[ExportedTask], ExportContext], Members],
    tasks: Iterable[ExportedTask],
    context: ExportContext,
) -> Iterator[bytes]:
    """A ZIP with files, and every original that the tasks they were written from name."""
    sink = Sink()
    store = open_store(get_settings())
    wanted: dict[str, str] = {}

    def noting(found: Iterable[ExportedTask]) -> Iterator[ExportedTask]:
        for task in found:
            wanted[task.audio_path] = task.recording["sha256"]
            yield task

    def originals() -> Members:
        for path, sha256 in wanted.items():
            yield path, _blocks(store, sha256)

    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        for part in (members(noting(tasks), context), originals()):
            for path, blocks in part:
                with archive.open(zipfile.ZipInfo(path, MADE), "w", force_zip64=True) as entry:
                    for block in blocks:
                        entry.write(block)
                        yield from sink.taken()
    yield from sink.taken(all_of_it=True)


def read_original(sha256: str) -> Iterator[bytes]:
    """The bytes of an original."""
    return _blocks(open_store(get_settings()), sha256)


def _blocks(store: BlobStore, sha256: str) -> Iterator[bytes]:
    key = original_key(sha256)
    size = store.size(key)
    for at in range(0, size, _STEP):
        yield store.read_range(key, at, min(at + _STEP, size))


def _readme(member: str, chosen: Format, context: ExportContext) -> str:
    lost = "".join(f"- {what}\n" for what in chosen.loses) or "- nothing\n"
    return (
        f"# {context.project['name']}\n\nMade with LabelBuddy, last changed at {context.changed_at}.\n\n"
        f"`{member}` holds the labels; `audio_path` in it is relative to this folder. Times are seconds of decoded "
        f"samples of the original recordings.\n\nThis format does not carry:\n\n{lost}"
    )
