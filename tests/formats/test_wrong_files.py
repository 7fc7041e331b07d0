"""A file that is not what it should be is refused with the line or element, and what was expected there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
    nemo,
    praat_textgrid,
    raven,
    rttm,
    subtitles,
)
from labelbuddy_core.formats.rows import decoded

EAF = '<ANNOTATION_DOCUMENT><TIME_ORDER>{}</TIME_ORDER><TIER TIER_ID="words">{}</TIER></ANNOTATION_DOCUMENT>'
GRID = '"ooTextFile"\n"TextGrid"\n0\n9\n<exists>\n1\n'
LAUGHS = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><ANNOTATION_DOCUMENT>&c;</ANNOTATION_DOCUMENT>'
WRONG: tuple[tuple[Callable[[str], Any], str, str], ...] = (
    (audacity.read, "0\t1\tdog\n2\tx\tdog\n", "Line 2, end: expected a number, found 'x'"),
    (audacity.read, "3\t1\tdog\n", "Line 1, end: the end (1 s) lies before the start (3 s)"),
    (audacity.read, "nothing", "Line 1, row: expected start, end and label with tabs between them"),
    (audacity.read, "\\\t1\t2\n", "Line 1, frequencies: expected a label before them"),
    (audacity.read, "0\tnan\tdog\n", "Line 1, end: expected a finite number"),
    (lab.read_lab, "0 1 dog\n1 2\n", "Line 2, row: expected start, end and label"),
    (lab.read_beats, "1.0\t1\none\t2\n", "Line 2, time: expected a number, found 'one'"),
    (raven.read, "Selection\tBegin Time (s)\n1\t2\n", "Line 1: the column End Time (s) is missing"),
    (raven.read, "Begin Time (s)\tEnd Time (s)\n1\tlate\n", "Line 2, End Time (s): expected a number, found 'late'"),
    (rttm.read, "SPEAKER a 1 0\n", "Line 1, row: expected 10 columns with spaces between them, found 4"),
    (rttm.read, "SPEAKER a 1 0 -2 <NA> <NA> x <NA> <NA>\n", "Line 1, duration: expected 0 or more, found -2"),
    (dcase.read_strong, "filename\tonset\toffset\tevent_label\na.wav\t1\n", "Line 2, row: expected filename, onset"),
    (dcase.read_strong, "a.wav\t2\t1\tdog\n", "Line 1, end: the end (1 s) lies before the start (2 s)"),
    (dcase.read_weak, "a.wav dog\n", "Line 1, row: expected filename and event_labels with a tab between them"),
    (cvat.read, "id\tstart\tstop\n", "Line 1: the column label is missing"),
    (cvat.read, "start\tstop\tlabel\n0:01\tsoon\tdog\n", "Line 2, stop: expected HH:MM:SS.fraction, found 'soon'"),
    (nemo.read, '{"audio_filepath": "a.wav", "duration": 1}\n{"duration": 1}\n', "Line 2, audio_filepath: expected"),
    (nemo.read, '{"audio_filepath": "a.wav"\n', "Line 1, row: this is not JSON (the line ends early)"),
    (nemo.read, '{"audio_filepath": a}\n', "Line 1, row: this is not JSON (column 20: Expecting value, found 'a}')"),
    (nemo.read, '{"audio_filepath": "a.wav", "duration": "long"}', "Line 1, duration: expected seconds, found 'long'"),
    (subtitles.read, "WEBVTT\n\n00:01 --> later\nhello\n", "Line 3, time: expected HH:MM:SS.mmm --> HH:MM:SS.mmm"),
    (subtitles.read, "00:03.000 --> 00:01.000\nx\n", "Line 1, end: the end (1 s) lies before the start (3 s)"),
    (subtitles.read, "Dear diary\n", "No cue was found: expected lines like 00:01.000 --> 00:02.500"),
    (praat_textgrid.read, "Dear diary\n", "the TextGrid ends early"),
    (praat_textgrid.read, '"ooTextFile"\n"Sound"\n', 'The file does not begin with "ooTextFile" and "TextGrid"'),
    (praat_textgrid.read, GRID + '"PitchTier"\n"p"\n', 'Line 8, class: expected "IntervalTier" or "TextTier"'),
    (praat_textgrid.read, GRID + '"IntervalTier"\n"w"\n0\n9\n1\n5\n4\n"x"\n', "Line 14, tier 'w': an interval ends"),
    (
        praat_textgrid.read,
        GRID + '"IntervalTier"\n"w"\n0\n"nine"\n',
        "Line 10, number: expected a number, found 'nine'",
    ),
    (elan.read, "<ANNOTATION_DOCUMENT>\n<TIER>", "The file is not XML"),
    (elan.read, "<html/>", "Expected ANNOTATION_DOCUMENT, found html"),
    (elan.read, LAUGHS, "The file declares XML entities"),
    (elan.read, EAF.format('<TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="1.5"/>', ""), "expected whole milliseconds"),
    (
        elan.read,
        EAF.format("", '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a7" TIME_SLOT_REF1="t"/></ANNOTATION>'),
        "Tier 'words': annotation a7 has no times",
    ),
    (
        elan.read,
        EAF.format("", '<REF_ANNOTATION ANNOTATION_ID="a1" ANNOTATION_REF="a1"/>'),
        "Tier 'words': annotation a1 has no times",
    ),
    (jams_files.read, '{\n "annotations": [,]}', "Line 2, column 18: this is not JSON (Expecting value, found ',]}')"),
    (jams_files.read, "[]", "Expected an object with annotations"),
    (
        jams_files.read,
        '{"annotations": [{"namespace": "segment_open", "data": [{"time": null}]}]}',
        "annotations[0].data[0]: expected a time",
    ),
    (aoef.read, '{"data": {"collection_type": "dataset"}}', "Expected AOEF with data of the collection_type"),
    (
        aoef.read,
        '{"data": {"collection_type": "annotation_set", "clip_annotations": [{"clip": "x"}]}}',
        "clip_annotations[0]: its clip or recording is not in the file",
    ),
    (label_studio.read, '{"id": 1}', "Expected a list of tasks"),
    (label_studio.read, '[{"id": 1}]', "tasks[0].data: expected an object with the address of the audio"),
    (label_studio.read, '[{"data": {"audio": "a.wav"}, "annotations": [{}]}]', "tasks[0].annotations[0].result"),
    (
        label_studio.read,
        '[{"data": {"audio": "a.wav"}, "annotations": [{"result": [{"value": {"start": 2, "end": 1}}]}]}]',
        "tasks[0].annotations[0].result[0]: the end lies before the start",
    ),
)


@pytest.mark.parametrize(
    ("read", "text", "says"), WRONG, ids=[f"{one[0].__module__.split('.')[-1]}: {one[2][:40]}" for one in WRONG]
)
def test_what_is_wrong_is_named_with_its_place(read: Callable[[str], Any], text: str, says: str) -> None:
    with pytest.raises(Invalid) as problem:
        list(read(text))
    assert says in problem.value.detail


@pytest.mark.parametrize(
    "data",
    ["é日".encode(), b"\xef\xbb\xbf" + "é日".encode(), "é日".encode("utf-16"), b"\xfe\xff" + "é日".encode("utf-16-be")],
)
def test_text_is_read_in_utf_8_and_utf_16_with_and_without_a_mark(data: bytes) -> None:
    assert decoded(data) == "é日"


@pytest.mark.parametrize("data", ["é".encode("latin-1"), b"RIFF\x00\x00"])
def test_what_is_not_text_is_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(Invalid, match="save it as UTF-8"):
        decoded(data)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (audacity.read, "0\t1\tdog\nx\t1\tdog\n2\t3\tcat\n"),
        (lab.read_lab, "0 1 dog\nx\n2 3 cat\n"),
        (lab.read_beats, "0\t1\nx\n2\t2\n"),
        (rttm.read, "SPEAKER a 1 0 1 <NA> <NA> x\nSPEAKER a\nSPEAKER a 1 2 1 <NA> <NA> y\n"),
        (dcase.read_strong, "a.wav\t0\t1\tdog\na.wav\t5\t4\tdog\na.wav\t2\t3\tcat\n"),
        (cvat.read, "filename\tstart\tstop\tlabel\na\t0:00\t0:01\tdog\na\tx\t0:01\tdog\na\t0:02\t0:03\tcat\n"),
        (raven.read, "Begin Time (s)\tEnd Time (s)\n0\t1\nx\t2\n2\t3\n"),
        (subtitles.read, "00:00.000 --> 00:01.000\na\n\n00:01 --> x\nb\n\n00:02.000 --> 00:03.000\nc\n"),
    ],
)
def test_a_wrong_row_can_be_passed_over_and_told(read: Callable[..., Any], text: str) -> None:
    told: list[Invalid] = []
    assert len(list(read(text, told.append))) == 2
    assert len(told) == 1
