"""The readers and writers that each format's own community uses agree with ours, both ways."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import jams
import mir_eval
import pandas as pd
import pympi
import pytest
from praatio import textgrid
from praatio.utilities.constants import Interval, Point

from labelbuddy_core.formats import cvat, dcase, elan, jams_files, lab, praat_textgrid, raven, rttm
from labelbuddy_core.formats.marks import Mark, Marked

MARKS = (
    Mark(0.5, 2.25, "Speech", text='He said "now".', low=200.0, high=4000.0, channel=1, score=0.75),
    Mark(1.0, 1.5, "Dog"),
    Mark(2.0, 3.0, "Speech"),
    Mark(4.0, 4.0, "beat", position=1),
    Mark(4.5, 4.5, "click"),
)
SONG = Marked("song.wav", 10.0, MARKS, annotator="anna", channels=2, sample_rate=44_100, tags=(("rock", None),))


def test_praatio_reads_our_textgrid(tmp_path: Path) -> None:
    path = tmp_path / "song.TextGrid"
    path.write_text(praat_textgrid.write(SONG))
    grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
    assert grid.maxTimestamp == 10.0
    assert grid.tierNames == ("Speech", "Speech 2", "Dog", "beat", "click")
    assert [tuple(one) for one in grid.getTier("Speech").entries] == [(0.5, 2.25, "Speech")]
    assert [tuple(one) for one in grid.getTier("Speech 2").entries] == [(2.0, 3.0, "Speech")]
    assert [tuple(one) for one in grid.getTier("click").entries] == [(4.5, "click")]


@pytest.mark.parametrize("form", ["short_textgrid", "long_textgrid"])
def test_we_read_the_textgrids_that_praatio_writes(tmp_path: Path, form: str) -> None:
    grid = textgrid.Textgrid()
    grid.addTier(textgrid.IntervalTier("words", [Interval(0.5, 1.25, 'so "quoted"'), Interval(2.0, 3.0, "ja")], 0, 10))
    grid.addTier(textgrid.PointTier("clicks", [Point(4.5, "ǃ")], 0, 10))
    path = tmp_path / "theirs.TextGrid"
    grid.save(str(path), format=form, includeBlankSpaces=True)  # type: ignore[arg-type]
    assert praat_textgrid.read(path.read_text()) == [
        Mark(0.5, 1.25, 'so "quoted"', tier="words"),
        Mark(2.0, 3.0, "ja", tier="words"),
        Mark(4.5, 4.5, "ǃ", tier="clicks"),
    ]


def test_pympi_reads_our_elan_file(tmp_path: Path) -> None:
    path = tmp_path / "song.eaf"
    path.write_text(elan.write(SONG))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it knows 2.8 and reads 3.0 with a warning
        document = pympi.Eaf(str(path))
    assert [one[:3] for one in document.get_annotation_data_for_tier("Speech")] == [(500, 2250, 'He said "now".')]
    assert [one[:3] for one in document.get_annotation_data_for_tier("Speech 2")] == [(2000, 3000, "Speech")]
    assert [one[:3] for one in document.get_annotation_data_for_tier("click")] == [(4500, 4501, "click")]
    assert document.get_linked_files()[0]["MEDIA_URL"] == "song.wav"


def test_we_read_the_elan_file_that_pympi_writes_with_annotations_that_refer_to_others(tmp_path: Path) -> None:
    document = pympi.Eaf()
    document.add_linguistic_type("gloss", "Symbolic_Association", timealignable=False)
    document.add_tier("words")
    document.add_tier("glosses", ling="gloss", parent="words")
    document.add_annotation("words", 500, 1250, "Hund & Katze")
    document.add_ref_annotation("glosses", "words", 600, "dog")
    path = tmp_path / "theirs.eaf"
    document.to_file(str(path))
    found = [one for one in elan.read(path.read_text()) if one.text]
    assert found == [
        Mark(0.5, 1.25, "glosses", text="dog", tier="glosses"),
        Mark(0.5, 1.25, "words", text="Hund & Katze", tier="words"),
    ]


def test_jams_validates_and_reads_our_file(tmp_path: Path) -> None:
    path = tmp_path / "song.jams"
    path.write_text(jams_files.write([SONG, Marked("song.wav", 10.0, (Mark(1.0, 2.0, "Dog"),), annotator="ben")]))
    read = jams.load(str(path), validate=True, strict=True)
    assert read.file_metadata.duration == 10.0
    people = [one.annotation_metadata.annotator.name for one in read.search(namespace="segment_open")]
    assert people == ["anna", "ben"]
    (beats,) = read.search(namespace="beat")
    assert [(one.time, one.value) for one in beats.data] == [(4.0, 1)]
    (tags,) = read.search(namespace="tag_open")
    assert [one.value for one in tags.data] == ["rock"]


def test_we_read_the_file_that_jams_writes(tmp_path: Path) -> None:
    theirs = jams.JAMS()
    theirs.file_metadata.duration = 10.0
    theirs.file_metadata.title = "song"
    beats = jams.Annotation(namespace="beat", duration=10.0)
    beats.annotation_metadata.annotator.name = "carla"
    for number, time in enumerate((1.0, 1.5, 2.0)):
        beats.append(time=time, duration=0.0, value=number % 2 + 1, confidence=None)
    chords = jams.Annotation(namespace="chord", duration=10.0)
    chords.annotation_metadata.annotator.name = "carla"
    chords.append(time=0.0, duration=4.0, value="C:maj", confidence=0.5)
    theirs.annotations.extend([beats, chords])
    path = tmp_path / "theirs.jams"
    theirs.save(str(path))
    (found,) = jams_files.read(path.read_text())
    assert (found.recording, found.duration, found.annotator) == ("song", 10.0, "carla")
    assert found.marks == (
        Mark(0.0, 4.0, "C:maj", score=0.5),
        Mark(1.0, 1.0, "beat", position=1),
        Mark(1.5, 1.5, "beat", position=2),
        Mark(2.0, 2.0, "beat", position=1),
    )


def test_mir_eval_reads_our_intervals_and_beats(tmp_path: Path) -> None:
    path = tmp_path / "song.lab"
    path.write_text(lab.write_lab(SONG))
    times, labels = mir_eval.io.load_labeled_intervals(str(path), delimiter="\t")
    assert times.tolist() == [[0.5, 2.25], [1.0, 1.5], [2.0, 3.0]]
    assert labels == ["Speech", "Dog", "Speech"]
    path.write_text(lab.write_beats(Marked("song.wav", 10.0, MARKS[3:4])))
    events, positions = mir_eval.io.load_labeled_events(str(path), delimiter="\t")
    assert (events.tolist(), positions) == ([4.0], ["1"])


def test_pandas_reads_our_tables() -> None:
    selections = pd.read_csv(io.StringIO(raven.write(SONG)), sep="\t")
    assert selections["Low Freq (Hz)"].tolist() == [200.0, 0.0, 0.0, 0.0, 0.0]
    assert selections["High Freq (Hz)"].tolist() == [4000.0, *[22_050.0] * 4]
    assert selections["Channel"].tolist() == [2, 1, 1, 1, 1]
    events = pd.read_csv(io.StringIO("".join(dcase.write_strong([SONG, Marked("quiet.wav", 5.0, ())]))), sep="\t")
    assert events["event_label"].tolist()[:3] == ["Speech", "Dog", "Speech"]
    assert events.iloc[-1]["filename"] == "quiet.wav"
    assert pd.isna(events.iloc[-1]["onset"])
    rows = pd.read_csv(io.StringIO("".join(cvat.write([SONG]))), sep="\t")
    assert rows["start"].tolist()[0] == "00:00:00.500000"


def test_rttm_has_ten_columns_and_no_spaces_within_names() -> None:
    rows = "".join(rttm.write([Marked("my song.wav", 9.0, (Mark(1.0, 2.5, "two words", channel=1),))]))
    assert rows == "SPEAKER my_song.wav 2 1.000000 1.500000 <NA> <NA> two_words <NA> <NA>\n"
