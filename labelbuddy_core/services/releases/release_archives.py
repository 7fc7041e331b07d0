"""The archive of a release, made of its manifest alone: the same manifest and audio give the same bytes.

Members come in one order with one time, audio is stored as it is, everything else is deflated.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from labelbuddy_core.domain.export_records import ExportedTask
from labelbuddy_core.domain.releases.consents import in_public
from labelbuddy_core.domain.releases.fields import on_clip
from labelbuddy_core.formats import release_card
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.csv_export import harmless
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.formats.release_manifest import Manifest
from labelbuddy_core.formats.written_files import MADE
from labelbuddy_core.services.releases.release_audio import audio_blocks, audio_path

CARD, CHECKSUMS, ABOUT, TABLE = "README.md", "SHA256SUMS", "release.json", "splits.csv"
_NOT_CONTENT = (CARD, ABOUT, CHECKSUMS, release_card.LICENSE_FILE)
"""Files that two releases of the same labels and audio may differ in."""
_TOLD = 50
"""Members between two reports."""
_TABLE_COLUMNS = ("task", "split", "file", "recording", "recording_sha256", "start", "stop")

Tell = Callable[[int, int], None]
"""Is told how many members of how many are written; what it raises ends the work."""


@dataclass(frozen=True)
class Packed:
    """An archive: the hash of its bytes, that of its labels and audio whatever the release is called, and its files."""

    sha256: str
    content_sha256: str
    size: int
    files: list[dict[str, Any]]
    """{path, size, sha256} of all but the audio."""


@dataclass(frozen=True)
class _Member:
    path: str
    blocks: Iterator[bytes]
    is_audio: bool = False


def pack(manifest: Manifest, clips: Path, target: Path, tell: Tell) -> Packed:
    """Write the archive; `clips` is the folder of clips, where there are any."""
    sums: list[tuple[str, str]] = []
    files: list[dict[str, Any]] = []
    choices = manifest.choices
    total = len(manifest.entries) * choices.with_audio + len(manifest.splits) * len(choices.formats) + 4
    with target.open("wb") as file:
        hashed = _Hashed(file)
        with zipfile.ZipFile(hashed, "w") as archive:  # type: ignore[arg-type]
            for number, member in enumerate(_members(manifest, clips)):
                if number % _TOLD == 0:
                    tell(number, total)
                digest, size = _add(archive, member)
                sums.append((member.path, digest))
                if not member.is_audio:
                    files.append({"path": member.path, "size": size, "sha256": digest})
            lines = "".join(f"{digest}  {path}\n" for path, digest in sums).encode()
            digest, size = _add(archive, _Member(CHECKSUMS, iter([lines])))
            files.append({"path": CHECKSUMS, "size": size, "sha256": digest})
    content = hashlib.sha256()
    for path, digest in sums:
        if path not in _NOT_CONTENT:
            content.update(f"{digest}  {path}\n".encode())
    return Packed(hashed.digest.hexdigest(), content.hexdigest(), hashed.size, files)


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is written; it cannot be sought, so that every byte is written once."""

    def __init__(self, file: io.BufferedWriter) -> None:
        super().__init__()
        self._file = file
        self.digest, self.size = hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def _add(archive: zipfile.ZipFile, member: _Member) -> tuple[str, int]:
    about = zipfile.ZipInfo(member.path, MADE)
    about.create_system, about.external_attr = 3, 0o644 << 16
    about.compress_type = zipfile.ZIP_STORED if member.is_audio else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with archive.open(about, "w", force_zip64=True) as entry:
        for block in member.blocks:
            entry.write(block)
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _members(manifest: Manifest, clips: Path) -> Iterator[_Member]:
    yield _Member(CARD, iter([release_card.card(manifest.header).encode()]))
    if licenses := release_card.license_file(manifest.header):
        yield _Member(release_card.LICENSE_FILE, iter([licenses.encode()]))
    yield _Member(ABOUT, iter([_about(manifest)]))
    yield _Member(TABLE, in_blocks(_table(manifest)))
    for name in manifest.choices.formats:
        for split in manifest.splits:
            yield from _labels(manifest, name, split)
    if manifest.choices.with_audio:
        yield from _audio(manifest, clips)


def _about(manifest: Manifest) -> bytes:
    """Everything but what was left out, which may not be named outside."""
    header = manifest.header
    kept = {name: header[name] for name in header if name not in ("tasks", "left_out", "label_names")}
    kept["figures"] = {**kept["figures"], "left_out": in_public(kept["figures"]["left_out"])}
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _table(manifest: Manifest) -> Iterator[bytes]:
    """Which task is in which split, where its audio is, and which stretch of which recording it is."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_TABLE_COLUMNS)
    for entry, task in manifest.read(manifest.entries):
        path = audio_path(entry, str(task.recording["id"]), manifest.choices)
        cells = (harmless(path), harmless(entry.recording), entry.sha256, entry.start, entry.stop)
        writer.writerow((entry.task, entry.split, *cells))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _labels(manifest: Manifest, name: str, split: str) -> Iterator[_Member]:
    chosen, context = FORMATS[name], manifest.context
    if chosen.members is None:
        written = chosen.write(_tasks(manifest, split), context)
        yield _Member(f"labels/{name}/{split}.{chosen.suffix}", written)
        return
    beside = name == "audiofolder"  # its table stands in the folder of its audio
    folder = release_card.folder_of(split) if beside else f"labels/{name}/{split}"
    tasks = _tasks(manifest, split)
    for path, blocks in chosen.members(_named_alone(tasks) if beside else tasks, context):
        if path == CARD:
            continue  # the release has one of its own
        yield _Member(f"{folder}/{path}", blocks)


def _tasks(manifest: Manifest, split: str) -> Iterator[ExportedTask]:
    """The tasks of a split as the formats write them; of clips on the time line of the clip."""
    choices = manifest.choices
    for entry, task in manifest.read([one for one in manifest.entries if one.split == split]):
        path = audio_path(entry, str(task.recording["id"]), choices)
        yield replace(_on_clip(task, path, manifest) if choices.audio == "clips" else task, audio_path=path)


def _on_clip(task: ExportedTask, path: str, manifest: Manifest) -> ExportedTask:
    choices, seconds = manifest.choices, round(task.stop - task.start, 6)
    about = {
        **task.recording,
        "name": PurePosixPath(path).name,
        "duration": seconds,
        "sample_rate": choices.sample_rate or task.recording["sample_rate"],
        "channels": choices.channels or task.recording["channels"],
    }
    annotations = tuple(replace(one, document=on_clip(one.document, task.start, task.stop)) for one in task.annotations)
    return replace(task, recording=about, start=0.0, stop=seconds, annotations=annotations)


def _named_alone(tasks: Iterable[ExportedTask]) -> Iterator[ExportedTask]:
    return (replace(task, audio_path=PurePosixPath(task.audio_path).name) for task in tasks)


def _audio(manifest: Manifest, clips: Path) -> Iterator[_Member]:
    """Every file once, also where several tasks are of one recording."""
    choices, seen = manifest.choices, set[str]()
    placed = [
        (audio_path(entry, str(task.recording["id"]), choices), entry)
        for entry, task in manifest.read(manifest.entries)
    ]
    for path, entry in sorted(placed, key=lambda one: one[0]):
        if path not in seen:
            seen.add(path)
            yield _Member(path, audio_blocks(entry, choices, clips), is_audio=True)
