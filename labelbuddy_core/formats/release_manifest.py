"""The frozen content of a release, as JSON Lines: first what holds for all of it with a list of its tasks, then a task
a line.

Everything that the files of a release are made from is in it, with labels as they were called then; it never changes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from labelbuddy_core.domain.export_records import ExportContext, ExportedAnnotation, ExportedTask
from labelbuddy_core.domain.releases.choices import ReleaseChoices, parse_choices

FORMAT = "labelbuddy/release@1"
WHOLE = "all"
"""The one part of a release without splits."""
_TASK = tuple(one.name for one in fields(ExportedTask))
_ANNOTATION = tuple(one.name for one in fields(ExportedAnnotation))


@dataclass(frozen=True)
class Entry:
    """A task in the list: what it is of, its split, and where its line begins in the file."""

    task: str
    recording: str
    sha256: str
    start: float
    stop: float
    split: str
    at: int

    @property
    def key(self) -> tuple[str, float, float]:
        """What makes it the same task in another release."""
        return (self.sha256, self.start, self.stop)


def line_of(value: Mapping[str, Any]) -> bytes:
    """A line, the same for the same values."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def task_line(task: ExportedTask) -> bytes:
    """A task as a line."""
    value = {name: getattr(task, name) for name in _TASK}
    value["annotations"] = [{name: getattr(one, name) for name in _ANNOTATION} for one in task.annotations]
    return line_of(value)


def task_of(line: bytes) -> ExportedTask:
    """What `task_line` wrote."""
    value = orjson.loads(line)
    annotations = tuple(
        ExportedAnnotation(**{**one, "reviews": tuple(one["reviews"])}) for one in value.pop("annotations")
    )
    return ExportedTask(**value, annotations=annotations)


def write_manifest(target: Path, header: Mapping[str, Any], body: Path) -> None:
    """Put the header before the lines of the tasks, which are in `body` in the order of `header["tasks"]`."""
    with target.open("wb") as file, body.open("rb") as lines:
        file.write(line_of({"format": FORMAT, **header}))
        shutil.copyfileobj(lines, file, 1 << 20)


class Manifest:
    """A manifest in a file: `header` and `entries`; the tasks themselves are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self.header: dict[str, Any] = orjson.loads(file.readline())
            figures = self.header["figures"]  # keys of a line are sorted, splits have an order of their own
            figures["splits"] = {name: figures["splits"][name] for name in self.header["splits"]}
            self.entries: list[Entry] = []
            for one in self.header["tasks"]:
                self.entries.append(Entry(**one, at=file.tell()))
                file.readline()

    @property
    def splits(self) -> list[str]:
        """The names of the splits, in order."""
        return list(self.header["splits"])

    @property
    def choices(self) -> ReleaseChoices:
        """What was chosen then."""
        chosen = self.header["choices"]
        return parse_choices(chosen, chosen["formats"])

    @property
    def context(self) -> ExportContext:
        """What holds for the whole, as writers of formats want it; it was changed when the last label was."""
        header = self.header
        licenses = (header["model_licenses"], header["prediction_licenses"])
        return ExportContext(header["project"], header["changed"], header["label_names"], *licenses)

    def tasks(self, split: str) -> Iterator[ExportedTask]:
        """The tasks of a split, in order."""
        yield from (task for _, task in self.read([one for one in self.entries if one.split == split]))

    def read(self, entries: list[Entry]) -> Iterator[tuple[Entry, ExportedTask]]:
        """These entries with their tasks."""
        for one, line in self.lines(entries):
            yield one, task_of(line)

    def lines(self, entries: list[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """These entries with the lines of their tasks, as `task_of` reads them."""
        with self._path.open("rb") as file:
            for one in entries:
                file.seek(one.at)
                yield one, file.readline()
