"""A file of ours that was cut off or changed by hand: what is right is read, the rest is told with line and field."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.descriptions import is_description
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.own_formats import OWN, told
from labelbuddy_core.formats.rows import raising

REGION = {"id": "r1", "start": 1.0, "end": 2.0, "label": "Dog", "origin": {"kind": "human"}}
ANNOTATION = {
    "annotator": "anna", "state": "draft", "document": {"schema": "labelbuddy/annotation@1", "regions": [REGION]},
}  # fmt: skip
RECORDING = {"name": "song.wav", "sha256": "ab" * 32, "duration": 9.0}
TASK = {"id": "1", "start": 0.0, "stop": 9.0}
LINE = {**ANNOTATION, "task": TASK, "recording": RECORDING}
ENTRY = {"task": TASK, "recording": RECORDING, "annotations": [ANNOTATION]}
EVENT = {"start": 1.0, "end": 2.0, "label": "Dog", "annotator": "anna"}
ROW = {"file_name": "audio/1_song.wav", "recording": "song.wav", "start": 0.0, "stop": 9.0, "events": [EVENT]}
CAPTION = {"audio_path": "", "text_caption": "Wuff.", "start": 1.0, "end": 2.0, "label": "Dog", "recording": "song.wav"}


def read(form: str, data: bytes) -> tuple[list[Marked], list[str]]:
    problems: list[Invalid] = []
    found = []
    try:
        found.extend(OWN[form].read(data, "metadata.jsonl", problems.append))
    except Invalid as problem:
        problems.append(problem)
    return found, [one.detail for one in problems]


def lines(*rows: Any) -> bytes:
    return b"".join(row if isinstance(row, bytes) else orjson.dumps(row) + b"\n" for row in rows)


def changed(value: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**value, **members}


WRONG: tuple[tuple[str, bytes, str], ...] = (
    ("jsonl", lines(b'{"annotator": "anna"\n', LINE), "Line 1, row: this is not JSON"),
    ("jsonl", lines([1], LINE), "Line 1, row: expected an object."),
    ("jsonl", lines(changed(LINE, annotator=3), LINE), "Line 1, annotator: expected text, found 3."),
    ("jsonl", lines(changed(LINE, recording={}), LINE), "Line 1, recording: expected its name or sha256."),
    ("jsonl", lines(changed(LINE, recording=None), LINE), "Line 1, recording: expected an object, found nothing."),
    ("jsonl", lines(changed(LINE, document=[]), LINE), "Line 1, document: expected an object, found []."),
    ("jsonl", lines(b'{"annotator": "\\ud800"}\n', LINE), "Line 1, row: this is not JSON"),
    ("jsonl", lines(b"[" * 100_000 + b"\n", LINE), "Line 1, row: this is not JSON"),
    ("jsonl", lines(b'{"a": ' + b"9" * 5000 + b"}\n", LINE), "Line 1, row: this is not JSON"),
    ("audiofolder", lines(changed(ROW, file_name=3), ROW), "Line 1, file_name: expected text, found 3."),
    ("audiofolder", lines({"events": [EVENT]}, ROW), "Line 1, file_name: expected the path of the audio."),
    ("audiofolder", lines({**ROW, "events": [], "start": "0"}, ROW), "Line 1, start: expected a number, 0 or more"),
    ("captions", lines(changed(CAPTION, text_caption=""), CAPTION), "Line 1, text_caption: expected text."),
    ("captions", lines(changed(CAPTION, end=0.5), CAPTION), "Line 1, end: the end (0.5 s) lies before the start (1 s)"),
    ("captions", lines(changed(CAPTION, start=-1), CAPTION), "Line 1, start: expected seconds, 0 or more, found -1."),
    ("captions", lines(changed(CAPTION, end=None), CAPTION), "Line 1, end: expected seconds, as the other has."),
    ("captions", lines(changed(CAPTION, recording=""), CAPTION), "Line 1, recording: expected its name, hash or path."),
    ("captions", lines(changed(CAPTION, annotator="a\0b"), CAPTION), "Line 1, annotator: expected text, found"),
    ("captions", b"audio_path,text_caption\na.wav\nb.wav,Wuff.\n", "Line 2, row: expected 2 cells, found 1."),
    ("captions", b"audio_path,text_caption,start\na.wav,x,nan\nb.wav,Wuff.,\n", "Line 2, start: expected a finite"),
)  # fmt: skip


@pytest.mark.parametrize(("form", "data", "says"), WRONG)
def test_a_wrong_row_is_left_out_with_its_line_and_field(form: str, data: bytes, says: str) -> None:
    found, problems = read(form, data)
    assert len(found) == 1
    assert [problem[: len(says)] for problem in problems] == [says]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (3, "events[0]: expected an object, found 3."),
        ({**EVENT, "start": None}, "events[0], start: expected seconds, found nothing."),
        ({**EVENT, "end": 0.5}, "events[0], end: the end (0.5 s) lies before the start (1 s)."),
        ({**EVENT, "start": -1.0}, "events[0], start: expected a number, 0 or more, found -1.0."),
        ({**EVENT, "label": 3}, "events[0], label: expected text, found 3."),
        ({**EVENT, "channel": 0.5}, "events[0], channel: expected a whole number, found 0.5."),
        ({**EVENT, "end": True}, "events[0], end: expected a number, 0 or more, found True."),
    ],
)
def test_a_wrong_event_is_left_out_and_the_others_of_its_row_are_read(event: Any, says: str) -> None:
    (found,), problems = read("audiofolder", lines(changed(ROW, events=[event, EVENT])))
    assert [one.label for one in found.marks] == ["Dog"]
    assert problems == [f"Line 1, {says}"]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"file_name": "a\0.wav"}, r"file_name: expected text, found 'a\x00.wav'."),
        ({"label": "Do\0g"}, r"label: expected text, found 'Do\x00g'."),
        ({"labels": ["Cat", "Do\0g"]}, r"labels: expected text, found 'Do\x00g'."),
        ({"annotator": "an\0na"}, r"annotator: expected text, found 'an\x00na'."),
        ({"events": [], "annotators": ["an\0na", "ben"]}, r"annotators[0]: expected text, found 'an\x00na'."),
    ],
)
@pytest.mark.parametrize("form", ["audiofolder", "parquet"])
def test_what_no_database_keeps_is_refused_in_names_too(form: str, members: dict[str, Any], says: str) -> None:
    row = {"file_name": "a.wav", **members}
    found, problems = read(form, lines(row) if form == "audiofolder" else parquet([row]))
    assert problems == [f"{'Line' if form == 'audiofolder' else 'Row'} 1, {says}"]
    assert "\0" not in repr(found)


def test_the_path_in_the_audio_of_parquet_has_no_nul() -> None:
    found, problems = read("parquet", parquet([{"audio": {"bytes": b"", "path": "a\0.wav"}, "label": "Dog"}]))
    assert found == []
    assert problems == [r"Row 1, audio.path: expected text, found 'a\x00.wav'."]


def test_python_s_nan_costs_one_event_and_not_its_row() -> None:
    row = lines(changed(ROW, events=[EVENT, EVENT])).replace(b'"end":2.0', b'"end":NaN', 1)
    (found,), problems = read("audiofolder", row)
    assert len(found.marks) == 1
    assert problems == ["Line 1, events[0], end: expected a number, 0 or more, found nan."]


def test_tasks_before_the_place_where_json_was_cut_off_are_read() -> None:
    whole = orjson.dumps({"project": {}, "tasks": [ENTRY, ENTRY]}, option=orjson.OPT_INDENT_2)
    found, problems = read("json", whole[:-200])
    assert [one.annotator for one in found] == ["anna"]
    assert len(problems) == 1
    assert "the file ends early" in problems[0]
    assert int(problems[0].removeprefix("Line ").partition(":")[0]) > 40


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"project": {}}', "tasks: the list is missing."),
        (b'{"tasks": {}}', "tasks: expected a list."),
        (b"[1]", "Line 1, column 1: this is not JSON (expected '{', found '[1]')."),
        (b"", "The file is empty."),
        (b'{"tasks": [1]}', "tasks[0], annotations: expected a list."),
        (b'{"tasks": ' + b"[" * 100_000, "Line 1, column 12: this is not JSON"),
        (b'{"tasks": [' + b"9" * 5000, "Line 1, column 12: this is not JSON"),
        (b'{"tasks": [{"annotations": [3]}]}', "tasks[0].annotations[0], annotation: expected an object, found 3."),
    ],
)
def test_wrong_json_says_where(data: bytes, says: str) -> None:
    found, problems = read("json", data)
    assert found == []
    assert [problem[: len(says)] for problem in problems] == [says]


def test_parts_of_a_document_that_are_no_lists_and_items_that_are_no_objects_are_told() -> None:
    document = {"schema": "labelbuddy/annotation@1", "regions": [3, REGION], "tags": 5, "caption": "x"}
    (found,), problems = read("jsonl", lines(changed(LINE, document=document)))
    assert [one.value for one in found.said] == [REGION]
    assert problems == [
        "Line 1, regions[0]: expected an object, found 3.",
        "Line 1, document.tags: expected a list.",
        "Line 1, caption: expected an object, found 'x'.",
    ]


def parquet(rows: list[dict[str, Any]], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer, **options)
    return buffer.getvalue()


def test_parquet_is_read_a_group_at_a_time_and_wrong_rows_are_numbered() -> None:
    rows = [{"file_name": f"{number}.wav", "events": [{**EVENT, "start": float(number)}]} for number in range(5)]
    found, problems = read("parquet", parquet(rows, row_group_size=2))
    assert [one.recording for one in found[:3]] == ["0.wav", "1.wav", "2.wav"]
    assert problems == [
        "Row 4, events[0], end: the end (2 s) lies before the start (3 s).",
        "Row 5, events[0], end: the end (2 s) lies before the start (4 s).",
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PAR1 and then nothing", "This is no Parquet file, or a damaged one"),
        (parquet([{"label": "Dog"}]), "No column names the recordings: expected audio, recording or file_name."),
    ],
)
def test_what_is_no_parquet_of_recordings_says_so(data: bytes, says: str) -> None:
    found, problems = read("parquet", data)
    assert found == []
    assert problems[0].startswith(says)


def test_parquet_with_text_that_is_not_utf_8_says_in_which_rows() -> None:
    label = pa.array([b"Dog", b"K\xe4se"], pa.binary()).cast(pa.string(), safe=False)
    buffer = io.BytesIO()
    pq.write_table(pa.table({"file_name": ["a.wav", "b.wav"], "label": label}), buffer)
    found, problems = read("parquet", buffer.getvalue())
    assert found == []
    assert problems == ["Rows 1 to 2: a text is not UTF-8 (byte 1 of it); write it as UTF-8."]


def test_audiofolders_of_others_have_labels_and_texts_of_clips() -> None:
    rows = lines(
        {"file_name": "a.wav", "label": "Dog", "transcription": "Wuff."}, {"file_name": "b.wav", "tags": ["x", "y"]}
    )
    found, problems = read("audiofolder", rows)
    assert problems == []
    assert [(one.recording, one.tags, one.caption) for one in found] == [
        ("a.wav", (("Dog", None),), "Wuff."), ("b.wav", (("x", None), ("y", None)), ""),
    ]  # fmt: skip
    table = b"file_name,category\na.wav,Dog\nb.wav,\n"
    assert told("train/metadata.csv", table) == "audiofolder"
    (one,) = OWN["audiofolder"].read(table, "train/metadata.csv", raising)
    assert (one.recording, one.tags) == ("train/a.wav", (("Dog", None),))


def test_lists_of_objects_as_datasets_has_them_in_memory_are_read() -> None:
    events = {"start": [1.0, 3.0], "end": [2.0, 4.0], "label": ["Dog", "Cat"], "annotator": ["anna", "ben"]}
    found, problems = read("audiofolder", lines(changed(ROW, events=events)))
    assert problems == []
    assert [(one.annotator, one.marks[0].label) for one in found] == [("anna", "Dog"), ("ben", "Cat")]


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("x.json", b'{"project": {"id": "1"}, "tasks": []}', "json"),
        ("x.json", orjson.dumps({"tasks": [ENTRY]}, option=orjson.OPT_INDENT_2), "json"),
        ("x.json", b'[{"data": {}}]', None), ("x.jsonl", lines(b"oops\n", LINE), "jsonl"),
        ("x.jsonl", lines(CAPTION), "captions"), ("x.jsonl", lines(ROW), "audiofolder"),
        ("x.jsonl", lines({"audio_filepath": "a.wav"}), None),
        ("x.csv", b"\xef\xbb\xbfaudio_path,text_caption\r\n", "captions"),
        ("x.csv", b"file_name,label\n", None), ("x.parquet", b"", "parquet"), ("x.txt", b"0\t1\tdog", None),
    ],
)  # fmt: skip
def test_our_formats_are_told_by_name_and_content(name: str, data: bytes, form: str | None) -> None:
    assert told(name, data) == form


def test_a_format_is_told_by_the_first_lines_and_no_others_are_parsed() -> None:
    wrong = (b"oops\n", b"\n", b"[1]\n")
    assert told("x.jsonl", lines(*wrong * 9, CAPTION)) == "captions"
    assert told("x.jsonl", lines(*wrong * 10, CAPTION)) is None
    assert told("x.jsonl", lines(b"x" * 1_000_000 + b"\n", CAPTION)) is None
    long = changed(ROW, recording="x" * 1_000_000)
    assert told("x.jsonl", lines(long)) == "audiofolder"


@pytest.mark.parametrize(
    ("path", "describes"),
    [
        ("croissant.json", True), ("data/README.md.txt", True), ("readme.txt", True), ("LICENSE.txt", True),
        ("LICENSE-CC.txt", True), ("sha256sums.txt", True), ("checksums.txt", True), ("manifest-sha256.txt", True),
        ("__MACOSX/._song.txt", True), ("a\\__MACOSX\\song.txt", True), (".DS_Store", True), ("a/.labels.csv", True),
        ("dataset_infos.json", True), ("release.json", True), ("song.txt", False), ("events.csv", False),
        ("metadata.jsonl", False), ("credits.txt", False), ("sha256.wav.txt", False), ("labels.json", False),
    ],
)  # fmt: skip
def test_descriptions_and_leavings_of_systems_are_told_from_labels(path: str, describes: bool) -> None:
    assert is_description(path) is describes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize(("form", "row"), [("captions", CAPTION), ("audiofolder", ROW), ("jsonl", LINE)])
def test_json_lines_are_told_and_read_in_every_unicode_encoding(form: str, row: Any, encoding: str) -> None:
    mark = "\ufeff" if encoding[-2:] in ("le", "be") else ""
    data = (mark + "\n " + lines(row, row).decode()).encode(encoding)
    assert told("x.jsonl", data) == form
    found, problems = read(form, data)
    assert problems == []
    assert {one.recording for one in found} == {"song.wav"}


@settings(max_examples=60, deadline=None)
@given(form=st.sampled_from(list(OWN)), at=st.integers(0, 400), put=st.binary(max_size=4), cut=st.booleans())
def test_no_byte_that_changes_breaks_the_reading(form: str, at: int, put: bytes, cut: bool) -> None:
    whole = {
        "json": orjson.dumps({"project": {}, "tasks": [ENTRY]}), "jsonl": lines(LINE), "captions": lines(CAPTION),
        "audiofolder": lines(ROW), "parquet": parquet([{"file_name": "a.wav", "events": [EVENT]}]),
    }[form]  # fmt: skip
    read(form, whole[:at] + put + (b"" if cut else whole[at + len(put) :]))


def test_times_in_a_table_of_an_audio_folder_are_numbers() -> None:
    table = b"file_name,label,duration,start,stop\na.wav,Dog,3.5,0,3.5\nb.wav,Dog,long,0,1\n"
    told_of: list[str] = []
    found = list(OWN["audiofolder"].read(table, "metadata.csv", lambda problem: told_of.append(problem.detail)))
    assert [(one.recording, one.duration, one.span) for one in found] == [("a.wav", 3.5, (0.0, 3.5))]
    assert told_of == ["Line 3, duration: expected a number, 0 or more, found 'long'."]
