"""Files as other tools write them, that were taken for something else or lost something without a word."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import lab, label_studio, parquet_import, raven, table
from labelbuddy_core.formats.carried import EVERYTHING, ways_of
from labelbuddy_core.formats.import_formats import SOURCES, detected
from labelbuddy_core.formats.losses import losses
from labelbuddy_core.formats.marks import Mark, Marked

MANIFEST = json.dumps({"audio_filepath": "song.wav", "duration": 2.0, "text": "hello"})


@pytest.mark.parametrize("lines", [1, 2])
def test_a_manifest_of_nemo_is_told_also_as_json(lines: int) -> None:
    assert detected("manifest.json", "\n".join([MANIFEST] * lines)) == "nemo"


@pytest.mark.parametrize("between", [" ", "\t"])
def test_beats_of_isophonics_are_told_also_as_txt(between: str) -> None:
    rows = (("13.683", 2), ("14.2", 3), ("14.7", 4), ("15.2", 1))
    text = "".join(f"{time}{between}{place}\n" for time, place in rows)
    assert detected("01_-_Come_Together.txt", text) == "beats"
    (found,) = SOURCES["beats"].read(text, "01_-_Come_Together.txt", lambda problem: None)
    assert [(mark.start, mark.position) for mark in found.marks][:2] == [(13.683, 2), (14.2, 3)]


@pytest.mark.parametrize(
    "text", ["10.0\t2\n15.0\t3\n", "10.0 2\n15.0 3\n21.5 2\n", "1\t3\n5\t4\n7\t9\n", "5 1\n4 2\n6 1\n"]
)
def test_onsets_with_durations_or_classes_are_no_beats(text: str) -> None:
    assert not lab.are_beats(text)


@pytest.mark.parametrize("text", ['{"audio_filepath": ' + "1" * 5000 + "}", '{"audio_filepath": ' + "[" * 200_000])
def test_json_that_cannot_be_held_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid):
        detected("x.json", text)


def test_intervals_without_labels_stay_labels_of_audacity() -> None:
    assert detected("song.txt", "0.5\t1\n1.5\t2\n") == "audacity"


def test_classes_of_data_sets_have_the_names_that_the_file_keeps_beside_them() -> None:
    label = {"names": ["dog", "wolf"], "_type": "ClassLabel"}
    features: dict[str, Any] = {"label": label, "tags": {"feature": label, "_type": "Sequence"}}
    columns = {"file_name": ["a.wav", "b.wav", "c.wav", "d.wav"], "label": [1, 0, -1, 7], "tags": [[0, 1], [], [], []]}
    rows = pa.table(columns).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    sink = io.BytesIO()
    pq.write_table(rows, sink)
    wrong: list[Invalid] = []
    found = list(parquet_import.read(sink.getvalue(), "train.parquet", wrong.append))
    assert [[name for name, _ in one.tags] for one in found] == [["wolf", "dog", "wolf"], ["dog"]]
    assert [str(one) for one in wrong] == ["Row 4, label: there is no class 7; the file names 2."]


def test_a_row_with_more_cells_than_the_head_is_refused() -> None:
    wrong: list[Invalid] = []
    text = "file,start,end,label\nsong.wav,1,2,dog, barking\nsong.wav,3,4,cat,,\n"
    (found,) = table.read(text, "x", wrong.append)
    assert [mark.label for mark in found.marks] == ["cat"]
    assert "Line 2, row: expected 4 cells, found 5; quote what has a separator in it" in str(wrong[0])


def test_times_of_raven_keep_their_digits_where_the_offset_says_the_same_with_fewer() -> None:
    head = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tFile Offset (s)\tSpecies\n"
    rows = "1\tS\t1\t1.23456789\t2.5\t1.2346\trobin\n2\tS\t1\t61.5\t62.5\t1.5000\twren\n"
    (same, other) = raven.read(head + rows)
    assert (same.start, same.end) == (1.23456789, 2.5)
    assert (other.start, other.end) == (1.5, 2.5)


def test_an_annotation_that_was_skipped_in_label_studio_is_listed() -> None:
    wrong: list[Invalid] = []
    tasks = [{"data": {"audio": "song.wav"}, "annotations": [{"was_cancelled": True, "result": []}]}]
    assert list(label_studio.read(json.dumps(tasks), wrong.append)) == []
    assert "tasks[0].annotations[0]: skipped by its annotator" in str(wrong[0])


def test_numbers_are_written_with_digits_alone() -> None:
    with pytest.raises(Invalid, match="expected a number, found '1_0'"):
        list(table.read("start,label\n1_0,dog\n", "x"))


def test_confidences_are_counted_as_lost_in_every_format_but_our_own() -> None:
    marked = Marked("song.wav", 9.0, (Mark(1.0, 2.0, "dog", confidence=0.9),))
    assert losses([marked], EVERYTHING) == {}
    for form in ("jams", "table", "raven", "audiofolder", "captions"):
        assert losses([marked], ways_of(form, ["label"]).carries)["confidence(s) dropped"] == 1, form


def test_instants_that_are_no_beats_are_no_rows_of_beats_and_are_counted() -> None:
    marks = (Mark(1.0, 1.0, "beat", position=1), Mark(2.0, 2.0, "Music"), Mark(3.0, 3.0, "beat"))
    marked = Marked("song.wav", 9.0, marks)
    assert lab.write_beats(marked) == "1.0\t1\n3.0\n"
    assert losses([marked], lab.CARRIES_BEATS)["instant(s) left out that are no beats"] == 1
