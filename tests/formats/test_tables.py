"""Tables of any columns, and the exports of the LabelBuddy of 2022."""

from __future__ import annotations

import json

import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import labelbuddy_2022, table
from labelbuddy_core.formats.import_formats import SOURCES, detected
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import raising


def test_columns_are_told_by_their_usual_names() -> None:
    text = 'File;Onset;Offset;Species;Confidence;Low Freq\na.wav;1,5;2,5;"Turdus; merula";0,9;800\n'
    (found,) = table.read(text, "x")
    assert found == Marked("a.wav", 0.0, (Mark(1.5, 2.5, "Turdus; merula", score=0.9, low=800.0),))


def test_times_may_have_minutes_and_hours() -> None:
    (found,) = table.read("file,start,end,label\na,0:01.5,1:00:02,dog\n", "x")
    assert found.marks == (Mark(1.5, 3602.0, "dog"),)
    with pytest.raises(Invalid, match="Line 2, end: expected seconds or h:m:s, found '1:x'"):
        list(table.read("file,start,end\na,1,1:x\n", "x"))


def test_columns_can_be_chosen_and_left_out() -> None:
    text = "where\tt0\tlen\twhat\tlabel\nb.wav\t1\t2\tdog\tignored\n"
    columns = {"recording": "where", "start": "t0", "duration": "len", "label": "what"}
    (found,) = table.read(text, "x", columns=columns)
    assert found == Marked("b.wav", 0.0, (Mark(1.0, 3.0, "dog"),))
    (found,) = table.read(text, "x", columns={**columns, "label": "", "text": "what"})
    assert found.marks == (Mark(1.0, 3.0, "", text="dog"),)


def test_rows_of_several_recordings_and_annotators_are_kept_apart() -> None:
    text = "file,start,end,label,annotator\na,1,2,x,ann\nb,1,2,x,ann\na,3,4,x,ben\n"
    assert [(one.recording, one.annotator) for one in table.read(text, "x")] == [
        ("a", "ann"),
        ("b", "ann"),
        ("a", "ben"),
    ]


def test_without_a_column_of_recordings_the_file_names_it_and_without_an_end_it_is_an_instant() -> None:
    (found,) = SOURCES["table"].read("time,label\n1.5,click\n", "song.csv", raising)
    assert found == Marked("song", 0.0, (Mark(1.5, 1.5, "click"),))


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        ("a,b\n1,2\n", {}, "no column of starts; say which of a, b it is"),
        ("start\n1\n", {"end": "stop"}, "there is no column 'stop'; there are start"),
        ("start,end\n1,x\n", {}, "Line 2, end: expected a number, found 'x'"),
        ("start,end\n2,1\n", {}, "Line 2, end: the end (1 s) lies before the start (2 s)"),
        ("start,label\n1," + "x" * 200_000 + "\n", {}, "Line 2: field larger than field limit"),
    ],
)
def test_a_wrong_table_says_where(text: str, columns: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid) as problem:
        list(table.read(text, "x", columns=columns))
    assert says in problem.value.detail


OLD = (
    '{"id":5,"completed_by":{"id":2,"username":"ann1","email":"ann1@example.org","name":"Ann1"},"reviewed_by":{},'
    '"result":[{"audio_length":12.0,"value":{"start":1.0,"end":2.5,"label":"music","id":"wavesurfer_abc"}}]}'
)
OLD_JSON = f'[{{"id":1,"annotations":[{OLD}],"file_upload":"tone1.wav","data":{{"audio":"/media/audio/tone1.wav"}}}}]'
OLD_CSV = (
    "audio,audio_length,id,regions,completed_at,annotator_email,annotator_username,reviewer_email,reviewer_username,"
    "review_status,review_created_at,review_updated_at,annotation_id,project_id\n"
    '/media/audio/tone1.wav,12,1,"[{"start":1,"end":2.5,"label":"music","id":"wavesurfer_abc"}]",'
    '"2026-11-23 17:22:46",ann1@example.org,ann1,rev1@example.org,rev1,approved,x,y,5,2\n'
)


@pytest.mark.parametrize(("name", "text"), [("export.json", OLD_JSON), ("export.csv", OLD_CSV)])
def test_exports_of_2022_are_told_from_others_and_read(name: str, text: str) -> None:
    assert detected(name, text) == "labelbuddy-2022"
    (found,) = SOURCES["labelbuddy-2022"].read(text, name, raising)
    assert (found.recording, found.audio_path) == ("tone1.wav", "/media/audio/tone1.wav")
    assert (found.annotator, found.marks) == ("ann1", (Mark(1.0, 2.5, "music"),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"id": 1}]', "tasks[0]: expected an object with file_upload"),
        (OLD_JSON.replace("2.5", "0.5"), "tasks[0].annotations[0].result[0]: the end (0.5 s) lies before the start"),
        ("a.wav,12,1,nothing\n", "Line 1, row: expected audio, audio_length, id and the regions"),
        ('a.wav,12,1,"[{]",x\n', "Line 1, regions: this is not JSON"),
    ],
)
def test_wrong_exports_of_2022_say_where(text: str, says: str) -> None:
    with pytest.raises(Invalid) as problem:
        list(labelbuddy_2022.read(text))
    assert says in problem.value.detail


def test_what_we_write_has_the_keys_of_2022() -> None:
    (task,) = json.loads("".join(labelbuddy_2022.write([Marked("a.wav", 9.0, (Mark(1.0, 2.0, "Dog"),), "ann")])))
    assert (task["file_upload"], task["annotations"][0]["completed_by"]) == ("a.wav", {"username": "ann"})
    assert task["annotations"][0]["result"][0]["audio_length"] == 9.0


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.TextGrid", "", "textgrid"), ("a.b.selections.txt", "", "raven"), ("x.txt", "0\t1\tdog", "audacity"),
        ("x.txt", "Selection\tBegin Time (s)\tEnd Time (s)", "raven"), ("x.txt", "SPEAKER a 1 0 1", "rttm"),
        ("x.tsv", "filename\tonset\toffset\tevent_label", "dcase-strong"),
        ("x.tsv", "filename\tevent_labels", "dcase-weak"),
        ("x.tsv", "id\tfilename\tstart\tstop\tlabel", "cvat"), ("x.csv", "file,start,stop,label", "table"),
        ("x.json", '{"data": {"collection_type": "annotation_set"}}', "aoef"),
        ("x.json", '[{"data": {}}]', "label-studio"), ("x.json", '{"annotations": []}', "jams"),
    ],
)  # fmt: skip
def test_formats_are_told_by_name_and_content(name: str, text: str, form: str) -> None:
    assert detected(name, text) == form


@pytest.mark.parametrize("name", ["meta.csv", "meta.tsv"])
def test_a_table_with_columns_that_nobody_knows_is_a_table_whose_columns_can_be_chosen(name: str) -> None:
    text = "clip\tt0\tt1\twhat\nrec.wav\t0.5\t1\tDog\n"

    assert detected(name, text) == "table"
    assert detected(name, text.partition("\n")[2]) == "dcase-strong"  # no heading, but four cells


def test_a_format_that_cannot_be_told_is_to_be_chosen() -> None:
    with pytest.raises(Invalid, match="choose it by hand"):
        detected("notes.txt", "Dear diary, dear all")
