"""The formats that a project can be exported in, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats import (
    aoef,
    audacity,
    audio_folder,
    captions_export,
    croissant,
    csv_export,
    cvat,
    dcase,
    elan,
    jams_files,
    json_export,
    jsonl_export,
    lab,
    label_studio,
    labelbuddy_2022,
    nemo,
    parquet_files,
    praat_textgrid,
    raven,
    rttm,
    subtitles,
)
from labelbuddy_core.formats.dataset_rows import CARRIES, LOSES, Members, ReadAudio
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.written_files import MEDIA_TYPE as ARCHIVE
from labelbuddy_core.formats.written_files import SUFFIX as ZIP
from labelbuddy_core.formats.written_files import a_file_each, a_file_together, files_together, in_one_file

Write = Callable[[Iterable[ExportedTask], ExportContext], Iterator[bytes]]
Rows = Callable[[Iterable[Marked]], Iterator[str]]
Loses = tuple[str, ...]
MembersOf = Callable[[Iterable[ExportedTask], ExportContext], Members]
WithAudio = Callable[[Iterable[ExportedTask], ExportContext, ReadAudio], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """A format an export can be written in; without `carries` nothing is counted, `loses` says what it leaves out."""

    title: str
    write: Write
    media_type: str
    suffix: str
    loses: tuple[str, ...]
    carries: Carries | None = None
    members: MembersOf | None = None
    """Of formats that are a folder with the audio: its files."""
    with_audio: WithAudio | None = None
    """Of formats that hold the audio in the file itself."""


def _each(title: str, write: Callable[[Marked], str], suffix: str, loses: Loses, carries: Carries) -> Format:
    """A format of a file for what each person marked: its name says whose, also where there are no marks in it."""
    return Format(title, a_file_each(write, suffix), ARCHIVE, ZIP, loses, replace(carries, annotator=True, empty=True))


def _together(title: str, write: Callable[[list[Marked]], str], suffix: str, loses: Loses, carries: Carries) -> Format:
    return Format(title, a_file_together(write, suffix), ARCHIVE, ZIP, loses, carries)


def _one(title: str, write: Rows, kind: tuple[str, str], loses: Loses, carries: Carries | None) -> Format:
    return Format(title, in_one_file(write), *kind, loses, carries)


def _folder(title: str, members: MembersOf, loses: Loses, carries: Carries) -> Format:
    return Format(title, files_together(members), ARCHIVE, ZIP, loses, carries, members=members)


FORMATS: dict[str, Format] = {
    "csv": Format(
        "CSV: a row a region, tag or caption",
        csv_export.write,
        csv_export.MEDIA_TYPE,
        csv_export.SUFFIX,
        csv_export.LOSES,
        csv_export.CARRIES,
    ),
    "json": Format(
        "JSON: everything in one file", json_export.write, json_export.MEDIA_TYPE, json_export.SUFFIX, json_export.LOSES
    ),
    "jsonl": Format(
        "JSON Lines: an annotation a line",
        jsonl_export.write,
        jsonl_export.MEDIA_TYPE,
        jsonl_export.SUFFIX,
        jsonl_export.LOSES,
    ),
    "captions": Format(
        "Captions, JSON Lines",
        captions_export.write_jsonl,
        jsonl_export.MEDIA_TYPE,
        jsonl_export.SUFFIX,
        captions_export.LOSES,
        captions_export.CARRIES,
    ),
    "captions-csv": Format(
        "Captions, CSV",
        captions_export.write_csv,
        csv_export.MEDIA_TYPE,
        csv_export.SUFFIX,
        captions_export.LOSES,
        captions_export.CARRIES_CSV,
    ),
    "label-studio": _one(
        "Label Studio, JSON",
        label_studio.write,
        (label_studio.MEDIA_TYPE, label_studio.SUFFIX),
        label_studio.LOSES,
        label_studio.CARRIES,
    ),
    "audacity": _each("Audacity labels (ZIP)", audacity.write, audacity.SUFFIX, audacity.LOSES, audacity.CARRIES),
    "textgrid": _each(
        "Praat TextGrid (ZIP)",
        praat_textgrid.write,
        praat_textgrid.SUFFIX,
        praat_textgrid.LOSES,
        praat_textgrid.CARRIES,
    ),
    "elan": _each("ELAN (ZIP)", elan.write, elan.SUFFIX, elan.LOSES, elan.CARRIES),
    "raven": _each("Raven selection tables (ZIP)", raven.write, raven.SUFFIX, raven.LOSES, raven.CARRIES),
    "jams": _together(
        "JAMS: all annotators of a recording (ZIP)",
        jams_files.write,
        jams_files.SUFFIX,
        jams_files.LOSES,
        jams_files.CARRIES,
    ),
    "aoef": _together("AOEF, of whombat and soundevent (ZIP)", aoef.write, aoef.SUFFIX, aoef.LOSES, aoef.CARRIES),
    "lab": _each("Intervals, .lab (ZIP)", lab.write_lab, "lab", lab.LOSES_LAB, lab.CARRIES_LAB),
    "beats": _each("Beats (ZIP)", lab.write_beats, "beats", lab.LOSES_BEATS, lab.CARRIES_BEATS),
    "webvtt": _each("WebVTT (ZIP)", subtitles.write_vtt, "vtt", subtitles.LOSES_VTT, subtitles.CARRIES_VTT),
    "srt": _each("SubRip (ZIP)", subtitles.write_srt, "srt", subtitles.LOSES_SRT, subtitles.CARRIES_SRT),
    "dcase-strong": _one(
        "DCASE, events, TSV",
        dcase.write_strong,
        (dcase.MEDIA_TYPE, dcase.SUFFIX),
        dcase.LOSES_STRONG,
        dcase.CARRIES_STRONG,
    ),
    "dcase-weak": _one(
        "DCASE, labels of clips, TSV",
        dcase.write_weak,
        (dcase.MEDIA_TYPE, dcase.SUFFIX),
        dcase.LOSES_WEAK,
        dcase.CARRIES_WEAK,
    ),
    "dcase-durations": _one(
        "DCASE, durations, TSV",
        dcase.write_durations,
        (dcase.MEDIA_TYPE, dcase.SUFFIX),
        dcase.LOSES_DURATIONS,
        dcase.CARRIES_DURATIONS,
    ),
    "rttm": _one("RTTM", rttm.write, (rttm.MEDIA_TYPE, rttm.SUFFIX), rttm.LOSES, rttm.CARRIES),
    "cvat": _one("CVAT, generic TSV", cvat.write, (cvat.MEDIA_TYPE, cvat.SUFFIX), cvat.LOSES, cvat.CARRIES),
    "audiofolder": _folder("Hugging Face AudioFolder, with the audio (ZIP)", audio_folder.members, LOSES, CARRIES),
    "parquet": Format(
        "Parquet for the Hugging Face Hub",
        parquet_files.write,
        parquet_files.MEDIA_TYPE,
        parquet_files.SUFFIX,
        LOSES,
        CARRIES,
        with_audio=parquet_files.write,
    ),
    "croissant": _folder("Croissant, with the audio (ZIP)", croissant.members, croissant.LOSES, croissant.CARRIES),
    "labelbuddy-2022": _one(
        "LabelBuddy of 2022, JSON",
        labelbuddy_2022.write,
        (labelbuddy_2022.MEDIA_TYPE, labelbuddy_2022.SUFFIX),
        labelbuddy_2022.LOSES,
        labelbuddy_2022.CARRIES,
    ),
    "nemo": _one("NeMo manifest", nemo.write, (nemo.MEDIA_TYPE, nemo.SUFFIX), nemo.LOSES, nemo.CARRIES),
}
