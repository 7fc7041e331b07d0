"""What we export is read again as it was: whole documents in JSON, and what rows and captions carry of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.export_records import ExportContext, ExportedAnnotation, ExportedTask
from labelbuddy_core.formats import table
from labelbuddy_core.formats.csv_export import harmless, unguarded
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.formats.marks import Marked, marked
from labelbuddy_core.formats.own_formats import OWN, told
from labelbuddy_core.formats.rows import raising

LABELS = {"dog": "Dog", "rede": "Öffentliche Rede, laut", "eq": "=1+1"}
CONTEXT = ExportContext({"id": "7", "name": "Straße"}, "2026-01-02T03:04:05Z", LABELS)
WORDS = st.text("aZßœЖ日本𝄞🎵é \"',;\n\t=+-@", min_size=1, max_size=12)
TIMES = st.integers(0, 60_000_000).map(lambda one: one / 1e6)
SCORES = st.none() | st.integers(0, 1000).map(lambda one: one / 1000)
ATTRIBUTES = st.dictionaries(WORDS, WORDS | st.booleans() | st.none() | st.just(0.5), max_size=2)
ORIGINS = st.sampled_from(
    [
        {"kind": "human"},
        {"kind": "model", "model": "yoho", "version": "3", "prediction": "12", "score": 0.25, "edited": True},
        {"kind": "import", "score": 0.5},
    ]
)


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    """A document as the server keeps it."""
    regions, points = [], []
    for number in range(draw(st.integers(0, 4))):
        start, end = sorted((draw(TIMES), draw(TIMES)))
        low = draw(st.none() | st.integers(0, 4000).map(float))
        regions.append(
            {
                "id": f"r{number}", "start": start, "end": round(end + 0.5, 6), "low": low,
                "high": None if low is None else low + 100.0, "channel": draw(st.none() | st.integers(0, 7)),
                "label": draw(st.sampled_from(list(LABELS))), "tier": draw(st.none() | st.just("voice")),
                "text": draw(st.none() | WORDS), "attributes": draw(ATTRIBUTES), "confidence": draw(SCORES),
                "origin": draw(ORIGINS),
            }
        )  # fmt: skip
    for number in range(draw(st.integers(0, 3))):
        beat = draw(st.booleans())
        points.append(
            {
                "id": f"p{number}", "time": draw(TIMES), "kind": "beat" if beat else "event",
                "position": draw(st.integers(1, 12)) if beat else None, "anchor": beat,
                "label": None if beat else draw(st.sampled_from(list(LABELS))), "tier": None, "attributes": {},
                "origin": draw(ORIGINS),
            }
        )  # fmt: skip
    tags = draw(st.lists(st.sampled_from(list(LABELS)), unique=True, max_size=3))
    caption = draw(st.none() | WORDS)
    return {
        "schema": "labelbuddy/annotation@1",
        "regions": regions,
        "points": points,
        "tags": [{"label": one, "score": draw(SCORES), "origin": draw(ORIGINS)} for one in tags],
        "caption": caption and {"text": caption, "start": None, "end": None, "origin": draw(ORIGINS)},
        "answers": [
            {"question": "q1", "answer": draw(WORDS), "evidence": [{"start": 0.0, "end": 1.0}], "global": False}
            for _ in range(draw(st.integers(0, 1)))
        ],
        "tiers": [{"name": "voice", "position": 1}] if draw(st.booleans()) else [],
    }


@st.composite
def exported(draw: Any) -> list[ExportedTask]:
    """Tasks that nobody, one or two people annotated."""
    tasks = []
    for number in range(draw(st.integers(1, 3))):
        people = draw(st.lists(st.sampled_from(["anna", "=ben", "consensus"]), unique=True, max_size=2))
        recording = {"id": str(number), "name": f"song {number}.wav", "sha256": f"{number:064x}", "duration": 90.0}
        states = st.sampled_from(["draft", "submitted", "approved", "rejected"])
        annotations = tuple(
            ExportedAnnotation(f"{number}-{person}", person, draw(states), 1, "", draw(documents()))
            for person in people
        )
        tasks.append(ExportedTask(f"{number}", recording, 0.0, 90.0, "submitted", annotations))
    return tasks


def again(form: str, tasks: Iterable[ExportedTask], own: str = "") -> list[Marked]:
    data = b"".join(FORMATS[form].write(tasks, CONTEXT))
    name = f"x.{FORMATS[form].suffix}"
    if form == "audiofolder":
        name, data = "metadata.jsonl", zipfile.ZipFile(io.BytesIO(data)).read("metadata.jsonl")
    if data:
        assert told(name, data) == (own or form)
    return list(OWN[own or form].read(data, name, raising))


def each(tasks: Iterable[ExportedTask]) -> Iterator[tuple[ExportedTask, ExportedAnnotation]]:
    return ((task, annotation) for task in tasks for annotation in task.annotations)


def named(item: Any) -> Any:
    label = item.get("label")
    return {**item, "label": LABELS[label], "label_id": label} if label else item


@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("form", ["json", "jsonl"])
@given(tasks=exported())
def test_json_gives_back_every_item_with_its_author_state_and_stretch(form: str, tasks: list[ExportedTask]) -> None:
    for (task, annotation), found in zip(each(tasks), again(form, tasks), strict=True):
        assert (found.recording, found.audio_path) == (task.recording["name"], task.recording["sha256"])
        assert (found.annotator, found.state, found.span) == (annotation.annotator, annotation.state, (0.0, 90.0))
        for collection in ("regions", "points", "tags", "answers", "tiers"):
            said = [dict(one.value) for one in found.said if one.collection == collection]
            assert said == [named(one) for one in annotation.document[collection]]
        caption = [dict(one.value) for one in found.said if one.collection == "caption"]
        assert caption == ([annotation.document["caption"]] if annotation.document["caption"] else [])


@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("form", ["captions", "captions-csv"])
@given(tasks=exported())
def test_captions_give_back_texts_with_their_origin(form: str, tasks: list[ExportedTask]) -> None:
    expected = []
    for task, annotation in each(tasks):
        document = annotation.document
        rows = [{**one, "label": LABELS[one["label"]]} for one in document["regions"] if one["text"]]
        rows += [{**document["caption"], "start": 0.0, "end": 90.0}] if document["caption"] else []
        for one in rows:
            origin = {name: one["origin"][name] for name in ("kind", "model", "version") if name in one["origin"]}
            whose = (task.recording["sha256"], annotation.annotator, annotation.state)
            expected.append((*whose, one["start"], one["end"], one.get("label"), one["text"], origin))
    found = [
        (
            one.audio_path, one.annotator, one.state, said.value["start"], said.value["end"], said.value.get("label"),
            said.value["text"], said.value["origin"],
        )
        for one in again(form, tasks, "captions")
        for said in one.said
    ]  # fmt: skip
    assert found == expected


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("form", ["audiofolder", "parquet"])
@given(tasks=exported())
def test_rows_of_data_sets_give_back_marks_tags_and_captions(form: str, tasks: list[ExportedTask]) -> None:
    found = again(form, tasks)
    expected = [(task, one) for task in tasks for one in marked(task, CONTEXT)]
    assert len(found) == len(expected)
    for (task, was), now in zip(expected, found, strict=True):
        assert (now.recording, now.annotator, now.span) == (was.recording, was.annotator, (0.0, 90.0))
        assert (now.tags, now.caption, now.audio_path) == (was.tags, was.caption, task.recording["sha256"])
        assert [_row(one) for one in now.marks] == [_row(one) for one in was.marks]


def _row(mark: Any) -> tuple[Any, ...]:
    names = ("start", "end", "label", "text", "low", "high", "channel", "score", "position")
    return tuple(getattr(mark, name) for name in names)


@given(st.text("'=+-@\t a", max_size=6))
def test_a_text_that_is_guarded_for_spreadsheets_comes_back(text: str) -> None:
    assert unguarded(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''-x", "'quoted'", "it's"])
def test_a_table_has_the_texts_that_our_csv_was_given(text: str) -> None:
    region = {"id": "r1", "start": 1.0, "end": 2.0, "label": "dog", "text": text, "origin": {"kind": "human"}}
    document = {"regions": [region], "points": [], "tags": [], "caption": None, "answers": []}
    recording = {"name": "song.wav", "sha256": "ab" * 32, "duration": 9.0}
    task = ExportedTask("1", recording, 0.0, 9.0, "new", (ExportedAnnotation("1", "anna", "draft", 1, "", document),))
    written = b"".join(FORMATS["csv"].write([task], CONTEXT)).decode("utf-8-sig")
    ((mark,),) = (one.marks for one in table.read(written, "x"))
    assert mark.text == text
