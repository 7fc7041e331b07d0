"""The formats that annotations are read from; and which of them a file is in, by its name and how it begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import (
    aoef,
    audacity,
    cvat,
    dcase,
    elan,
    jams_files,
    lab,
    label_studio,
    labelbuddy_2022,
    nemo,
    praat_textgrid,
    raven,
    rttm,
    subtitles,
    table,
)
from labelbuddy_core.formats.json_texts import parsed
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.own_formats import OWN
from labelbuddy_core.formats.rows import Refuse

Read = Callable[[str, str, Refuse], Iterator[Marked]]
"""What a text of this name says, by recording and person; wrong rows go to `Refuse`.

`recording` is what the file calls it (its own name where it does not say), `audio_path` a second name of it.
"""


@dataclass(frozen=True)
class Source:
    """A format that annotations are read from."""

    title: str
    read: Read


@dataclass
class _Counted:
    """Passes on what is wrong, and how often it was."""

    refuse: Refuse
    wrong: int = 0

    def __call__(self, problem: Invalid) -> None:
        self.wrong += 1
        self.refuse(problem)


def _each(read: Callable[[str, Refuse], Sequence[Mark]]) -> Read:
    """Of formats with a file a recording, which is named after it; a file of nothing but wrong rows says nothing."""

    def found(text: str, name: str, refuse: Refuse) -> Iterator[Marked]:
        counted = _Counted(refuse)
        marks = tuple(read(text, counted))
        if marks or not counted.wrong:
            yield Marked(stem(name), 0.0, marks)

    return found


def _rows(read: Callable[[str, Refuse], Iterable[tuple[str, Mark | None]]]) -> Read:
    """Of formats with rows about many recordings; `None` is a recording in which nothing was marked."""

    def found(text: str, name: str, refuse: Refuse) -> Iterator[Marked]:
        by_file: dict[str, list[Mark]] = {}
        for file, mark in read(text, refuse):
            marks = by_file.setdefault(file or stem(name), [])
            if mark is not None:
                marks.append(mark)
        for file, marks in by_file.items():
            yield Marked(file, 0.0, tuple(marks))

    return found


def _jams(text: str, name: str, refuse: Refuse) -> Iterator[Marked]:
    for one in jams_files.read(text, refuse):
        yield replace(one, recording=one.recording or stem(name), also_called=(*one.also_called, stem(name)))


def _elan(text: str, name: str, refuse: Refuse) -> Iterator[Marked]:
    counted = _Counted(refuse)
    marks = tuple(elan.read(text, counted))
    media, author = elan.about(text)
    if marks or not counted.wrong:
        yield Marked(stem(name), 0.0, marks, annotator=author, audio_path=media)


def _raven(text: str, name: str, refuse: Refuse) -> Iterator[Marked]:
    found: dict[tuple[str, str], list[Mark]] = {}
    for file, annotator, mark in raven.read_files(text, refuse):
        found.setdefault((file, annotator), []).append(mark)
    for (file, annotator), marks in found.items():
        yield Marked(stem(name), 0.0, tuple(marks), annotator=annotator, audio_path=file)


def _weak(text: str, _: str, refuse: Refuse) -> Iterator[Marked]:
    for file, labels in dcase.read_weak(text, refuse):
        yield Marked(file, 0.0, (), tags=tuple((label, None) for label in labels))


SOURCES: dict[str, Source] = {
    "label-studio": Source("Label Studio, JSON", lambda text, _, refuse: label_studio.read(text, refuse)),
    "jams": Source("JAMS", _jams),
    "aoef": Source("AOEF, of whombat and soundevent", lambda text, _, refuse: aoef.read(text, refuse)),
    "textgrid": Source("Praat TextGrid", _each(lambda text, _: praat_textgrid.read(text))),
    "elan": Source("ELAN", _elan),
    "audacity": Source("Audacity labels", _each(audacity.read)),
    "raven": Source("Raven selection tables", _raven),
    "lab": Source("Intervals and events, .lab or CSV without a head", _each(lab.read_lab)),
    "beats": Source("Beats", _each(lab.read_beats)),
    "subtitles": Source("WebVTT and SubRip", _each(subtitles.read)),
    "dcase-strong": Source("DCASE and sed_eval, events", _rows(dcase.read_strong)),
    "dcase-weak": Source("DCASE, labels of clips", _weak),
    "rttm": Source("RTTM", _rows(rttm.read)),
    "cvat": Source("CVAT, generic TSV", _rows(cvat.read)),
    "nemo": Source("NeMo manifest", _rows(nemo.read)),
    "labelbuddy-2022": Source(
        "LabelBuddy of 2022, JSON and CSV", lambda text, _, refuse: labelbuddy_2022.read(text, refuse)
    ),
    "table": Source(
        "CSV or TSV, a row a mark or a recording", lambda text, name, refuse: table.read(text, stem(name), refuse)
    ),
}
TITLES = {name: source.title for name, source in (*OWN.items(), *SOURCES.items())}
"""All that is read, by the name of the format."""
_BY_SUFFIX = {
    ".textgrid": "textgrid", ".eaf": "elan", ".jams": "jams", ".rttm": "rttm", ".lab": "lab", ".beats": "beats",
    ".vtt": "subtitles", ".srt": "subtitles", ".jsonl": "nemo", ".selections.txt": "raven",
}  # fmt: skip
_TEXT_SUFFIX = re.compile(
    r"(\.Table\.\d+)?\.selections\.txt$|\.aoef\.json$|\.(TextGrid|eaf|jams|rttm|lab|beats|vtt|srt|jsonl?|txt|tsv|csv|parquet)$",
    re.IGNORECASE,
)
_AUDACITY = re.compile(r"-?[\d.,]+(e-?\d+)?\t-?[\d.,]+(e-?\d+)?(\t|$)", re.IGNORECASE)


def stem(name: str) -> str:
    """The name of a file without the suffix of its format: what its recording is called."""
    return _TEXT_SUFFIX.sub("", name)


def is_source(name: str) -> bool:
    """Whether a file can hold annotations, by its name."""
    return _TEXT_SUFFIX.search(name) is not None


def detected(name: str, text: str) -> str:
    """The format of a text that is none of ours (see `own_formats`). Raises `Invalid` where it cannot be told."""
    low = name.lower()
    for suffix, form in _BY_SUFFIX.items():
        if low.endswith(suffix):
            return form
    if low.endswith(".json") and nemo.is_manifest(text):
        return "nemo"
    if low.endswith((".json", ".csv", ".tsv")) and not text.strip():  # a label track without labels is as empty
        raise Invalid("The file is empty.", field="file")
    found = _of_json(text) if low.endswith(".json") else _of_rows(text, is_table=low.endswith((".csv", ".tsv")))
    if found is None:
        raise Invalid("The format of this file cannot be told; choose it by hand.", field="format")
    return found


def _of_json(text: str) -> str | None:
    whole = parsed(text)
    if isinstance(whole, list):
        return "labelbuddy-2022" if labelbuddy_2022.is_of_2022(whole) else "label-studio"
    if aoef.is_aoef(whole):
        return "aoef"
    return "jams" if isinstance(whole, dict) and "annotations" in whole else None


def _of_rows(text: str, *, is_table: bool) -> str | None:
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first and not is_table:  # a label track without labels
        return "audacity"
    columns = {cell.strip().lower() for cell in re.split(r"[\t,;]", first)}
    if first.startswith(labelbuddy_2022.HEAD):
        return "labelbuddy-2022"
    if "begin time (s)" in columns and "\t" in first:
        return "raven"
    if {"start", "stop", "label"} <= columns and "\t" in first:
        return "cvat"
    if "event_labels" in columns:
        return "dcase-weak"
    if {"filename", "onset", "offset", "event_label"} <= columns and "\t" in first:
        return "dcase-strong"
    if first.startswith(("SPEAKER ", ";;")):
        return "rttm"
    if first.startswith("WEBVTT"):
        return "subtitles"
    if not is_table and lab.are_beats(text):
        return "beats"
    if _AUDACITY.match(first):
        return "audacity"
    if lab.kind_of(text):
        return lab.kind_of(text)
    names = table.columns_of(text)
    where = table.told(names, {})
    if "start" in where or (is_table and ("recording" in where or _is_heading(names))):
        return "table"
    return "dcase-strong" if first.count("\t") >= 3 else None


def _is_heading(cells: Sequence[str]) -> bool:
    """Whether a first row names columns, also by names that nobody knows: no cell is empty or begins like a number."""
    return len(cells) > 1 and all(cell and not re.match(r"[-+]?[.,]?\d", cell) for cell in cells)
