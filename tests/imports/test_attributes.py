"""What is known about recordings is kept, searched and changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent
from labelbuddy_core.domain.attributes import checked_attributes, search_text, search_words
from labelbuddy_core.errors import Forbidden, Invalid, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import ingestion, recordings
from tests.imports.conftest import Place, RunImport, upload
from tests.imports.test_importing import Tone, zipped

TAGS = {"title": "Song", "artist": "Anna", "album": "First", "date": "1999", "copyright": "CC0"}


@pytest.mark.parametrize("suffix", ["mp3", "flac", "m4a"])
def test_the_files_own_tags_become_attributes_where_nothing_else_was_said(
    place: Place, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    codec, kind = {"mp3": ("libmp3lame", "fltp"), "flac": ("flac", "s16"), "m4a": ("aac", "fltp")}[suffix]
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=44100, layout="mono")
        stream.codec_context.format = kind
        file.metadata.update(TAGS)
        samples = np.zeros((1, 44100), np.int16 if kind == "s16" else np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format=kind, layout="mono")
        frame.sample_rate = 44100
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    one = upload(place, path.name, path.read_bytes())["recording"]
    recordings.change_recording(place[0], one["id"], attributes={"title": "Mine"})
    assert ingestion.ingest_recording(int(one["id"]), lambda _: None) == "ready"
    assert recordings.get_recording(place[0], one["id"])["attributes"] == {
        "title": "Mine",
        "artist": "Anna",
        "album": "First",
        "date": "1999",
        "license": "CC0",
    }


def test_a_search_finds_words_in_any_order_without_case_and_accents(
    place: Place, run_import: RunImport, tone: Tone
) -> None:
    said = "file,artist,title\na.wav,Antonín Dvořák,Rusalka\nb.wav,Leoš Janáček,Jenůfa\n"
    entries = {"recordings.csv": said.encode(), "a.wav": tone(1), "b.wav": tone(2)}
    run_import(upload(place, "a.zip", zipped(entries))["import"])

    def found(query: str) -> list[str]:
        return [one["name"] for one in recordings.list_recordings(*place, query=query)["items"]]

    assert found("rusalka DVORAK") == ["a.wav"]
    assert found("jenufa") == ["b.wav"]
    assert found("wav") == ["b.wav", "a.wav"]
    assert found("dvorak jenufa") == []
    assert found("100%") == []


def test_changing_attributes_sets_some_removes_empty_ones_and_is_found_at_once(place: Place, tone: Tone) -> None:
    one = upload(place, "a.wav", tone(1))["recording"]
    recordings.change_recording(place[0], one["id"], attributes={"Title ": " The  Sea", "mood": "calm"})
    changed = recordings.change_recording(place[0], one["id"], name="sea.wav", attributes={"mood": None})
    assert (changed["name"], changed["attributes"]) == ("sea.wav", {"title": "The Sea"})
    assert recordings.list_recordings(*place, query="the sea")["total"] == 1


@pytest.mark.parametrize("name", ["AC/DC live.wav", "AC\\DC live.wav", "", "  ", "..", "two\nlines.wav"])
def test_a_recording_is_not_given_a_name_that_no_file_can_have(place: Place, tone: Tone, name: str) -> None:
    one = upload(place, "a.wav", tone(1))["recording"]
    with pytest.raises(Invalid) as refused:
        recordings.change_recording(place[0], one["id"], name=name)
    assert refused.value.field == "name"
    assert recordings.get_recording(place[0], one["id"])["name"] == "a.wav"


def test_only_managers_change_attributes(
    place: Place, tone: Tone, make_user: Callable[..., Actor], make_project: Callable[..., str]
) -> None:
    manager, reviewer = place[0], make_user()
    project = make_project(managers=(manager,), reviewers=(reviewer,))
    one = upload((manager, project), "a.wav", tone(1))["recording"]
    with pytest.raises((Forbidden, NotFound)):
        recordings.change_recording(reviewer, one["id"], attributes={"title": "x"})


@pytest.mark.parametrize("wrong", [{"": "x"}, {"x" * 61: "y"}, {"a": "x" * 2001}, {"a": ["list"]}])
def test_attributes_that_cannot_be_kept_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        checked_attributes(wrong)


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=50), max_size=5), st.text(max_size=30))
def test_a_recording_is_found_by_every_word_of_its_name_and_attributes(given: dict[str, str], name: str) -> None:
    try:
        kept = checked_attributes(given)
    except Invalid:
        return
    text = search_text(name, kept)
    for value in (name, *kept.values()):
        assert all(word in text for word in search_words(value))


def test_attributes_that_a_later_import_adds_are_in_the_history_once(
    place: Place, run_import: RunImport, tone: Tone
) -> None:
    run_import(upload(place, "a.zip", zipped({"a.wav": tone(1)}))["import"])
    for name in ("b.zip", "c.zip"):
        listed = {"recordings.csv": b"file,artist\na.wav,Anna\n", "a.wav": tone(1)}
        run_import(upload(place, name, zipped(listed))["import"])
    with get_database().read() as session:
        told = [one.data for one in session.query(HistoryEvent).filter(HistoryEvent.action == "recording.changed")]
    assert [(one["before"]["attributes"], one["after"]["attributes"]) for one in told] == [({}, {"artist": "Anna"})]
