"""The files of an import of annotations, unpacked and read one after the other."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationImportFile
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import clip_table, table
from labelbuddy_core.formats.archives import DAMAGED, begins_as_zip, is_archive, list_entries, open_entries
from labelbuddy_core.formats.carried import Ways, ways_of
from labelbuddy_core.formats.clip_table import Layout
from labelbuddy_core.formats.descriptions import is_description
from labelbuddy_core.formats.encodings import in_utf_8
from labelbuddy_core.formats.import_formats import SOURCES, detected, is_source, stem
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.own_formats import OWN, told
from labelbuddy_core.formats.rows import Refuse, decoded
from labelbuddy_core.services.imports.import_choices import ImportChoices
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.settings import get_settings

MAX_TEXT = 512 * 1024**2
"""Bytes of one file."""
_ZIP_INSIDE = (
    "The file is a ZIP archive that is named otherwise: call it .zip, or save it as text where it is a workbook of a "
    "spreadsheet program, which is a ZIP inside."
)


@dataclass(frozen=True)
class SourceFile:
    """A file to read: its name (its path, in an archive), and how much of all files stands before it, from 0 to 1."""

    name: str
    data: bytes
    through: float


@dataclass(frozen=True)
class Contents:
    """What a file says, its format and how that says things, and the columns of a table."""

    format: str
    ways: Ways
    marked: Iterator[Marked]
    columns: tuple[str, ...] = ()
    layout: Layout | None = None
    """Of a table."""


def source_files(import_id: int) -> Iterator[SourceFile | tuple[str, str]]:
    """Every file with annotations, those of archives too; (name, reason) of those that cannot be read.

    What no format is kept in (audio) and what describes the rest (a README) is passed over within archives.
    """
    count = _count(import_id)
    for position in range(count):
        with get_database().read() as session:
            row = session.get(AnnotationImportFile, (import_id, position))
        if row is None:
            continue
        data = zlib.decompress(row.data)
        if is_archive(row.name):
            yield from _unpacked(row.name, data, position, count)
        else:
            yield SourceFile(row.name, data, position / count)


def _count(import_id: int) -> int:
    with get_database().read() as session:
        query = select(func.max(AnnotationImportFile.position)).where(AnnotationImportFile.import_id == import_id)
        last = session.scalar(query)
    return 0 if last is None else last + 1


def _unpacked(name: str, data: bytes, position: int, count: int) -> Iterator[SourceFile | tuple[str, str]]:
    work = get_settings().data / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=work, prefix="labels-") as copy:
        copy.write(data)
        copy.flush()
        path = Path(copy.name)
        try:
            entries = {entry.position: entry for entry in list_entries(path) if _wanted(entry.path)}
            for number, (entry, stream) in enumerate(open_entries(path, entries)):
                if entry.size > MAX_TEXT:
                    yield entry.path, f"It is larger than {readable_size(MAX_TEXT)}; split it."
                    continue
                yield SourceFile(entry.path, stream.read(), (position + number / len(entries)) / count)
            for entry in entries.values():
                if entry.problem:
                    yield entry.path, f"It is {entry.problem}."
        except Invalid as problem:
            yield name, problem.detail
        except DAMAGED:
            yield name, "The archive is damaged; pack it again."


def _wanted(path: str) -> bool:
    return is_source(PurePosixPath(path.replace("\\", "/")).name) and not is_description(path)


def read_source(file: SourceFile, choices: ImportChoices, refuse: Refuse) -> Contents:
    """What a file says. Raises `Invalid`, also while it is gone through, where the file cannot be read."""
    if begins_as_zip(file.data):
        raise Invalid(_ZIP_INSIDE, field="file")
    file = replace(file, data=in_utf_8(file.data, choices.encoding))
    form = choices.format or told(file.name, file.data)
    if form is not None and form in OWN:
        return Contents(form, ways_of(form), OWN[form].read(file.data, file.name, refuse))
    text = decoded(file.data)
    form = form or detected(file.name, text)
    if form == "table":
        return _table(text, stem(file.name), choices, refuse)
    return Contents(form, ways_of(form), SOURCES[form].read(text, file.name, refuse))


def _table(text: str, name: str, choices: ImportChoices, refuse: Refuse) -> Contents:
    names = table.columns_of(text)
    layout = clip_table.layout_of(text, choices.columns, choices.rows, choices.tag_columns)
    if layout.rows == clip_table.MARKS:
        marked = table.read(text, name, refuse, choices.columns)
    else:
        marked = clip_table.read(text, layout, choices.columns, refuse)
    return Contents("table", ways_of("table", table.told(names, choices.columns)), marked, tuple(names), layout)
