"""JAMS files of others find their recording by what names files, and say what of them is not read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.import_formats import SOURCES
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.services.imports.recording_matches import KnownRecording, Recordings, Span

RECORDINGS = Recordings(
    KnownRecording(number, path.rsplit("/")[-1], str(number), path, (Span(number, 0.0, 9.0),))
    for number, path in enumerate(["a/track01.wav", "b/track01.wav", "Blackbird.wav", "take 7.flac"], start=1)
)


def read(name: str, *annotations: dict[str, Any], **further: Any) -> tuple[list[Marked], list[str]]:
    problems: list[Invalid] = []
    about = {"title": further.pop("title", ""), "identifiers": further.pop("identifiers", {})}
    text = json.dumps({"file_metadata": about, "annotations": annotations, **further})
    found = list(SOURCES["jams"].read(text, name, problems.append))
    return found, [problem.detail for problem in problems]


def observed(space: str, value: object, duration: float = 2.0) -> dict[str, Any]:
    return {"namespace": space, "data": [{"time": 1.0, "duration": duration, "value": value, "confidence": None}]}


def matched(name: str, **about: Any) -> int:
    ((found,), _) = read(name, observed("segment_open", "verse"), **about)
    return RECORDINGS.match(found.audio_path, found.recording, *found.also_called).id


@pytest.mark.parametrize(
    ("name", "about", "number"),
    [
        ("take 7.jams", {"title": "A Song That No File Is Called"}, 4),
        ("take 7.jams", {"title": ""}, 4),
        ("x.jams", {"title": "blackbird"}, 3),
        ("x.jams", {"title": "Something", "sandbox": {"audio_file": "data/b/track01.wav"}}, 2),
        ("x.jams", {"title": "Blackbird", "identifiers": {"source": "take_7.flac", "isrc": "GBAYE0601690"}}, 4),
        ("b/track01.jams", {"title": "track01"}, 2),
    ],
)
def test_the_recording_is_what_a_file_name_says_then_the_title_then_the_name_of_the_file(
    name: str, about: dict[str, Any], number: int
) -> None:
    assert matched(name, **about) == number


def test_a_title_and_a_name_that_fit_nothing_are_both_named() -> None:
    with pytest.raises(Invalid, match="is called 'A Song' or 'unknown'"):
        matched("unknown.jams", title="A Song")


def test_a_title_of_several_recordings_is_refused_where_the_name_of_the_file_means_none_of_them() -> None:
    with pytest.raises(Invalid, match="name the folder"):
        matched("blackbird.jams", title="track01")


@pytest.mark.parametrize("space", ["tempo", "mood_thayer", "pitch_contour", "vector"])
def test_a_namespace_that_is_not_read_is_listed_and_is_no_empty_answer(space: str) -> None:
    found, problems = read("take 7.jams", observed(space, 120.0))
    assert found == []
    assert problems == [f"annotations[0]: the namespace {space} is not read (1 observation(s))."]


@pytest.mark.parametrize(
    ("space", "value", "label", "attributes"),
    [
        ("key_mode", "C:major", "C:major", ()),
        ("scaper", {"label": "siren", "role": "foreground", "snr": 6}, "siren", (("role", "foreground"),)),
        ("note_midi", 60.5, "note", (("midi", "60.5"),)),
        ("note_hz", 440.0, "note", (("hz", "440.0"),)),
    ],
)
def test_keys_events_of_scaper_and_notes_are_regions(
    space: str, value: object, label: str, attributes: tuple[tuple[str, str], ...]
) -> None:
    found, problems = read("take 7.jams", observed(space, value), observed("tempo", 120.0))
    assert [one.marks for one in found] == [(Mark(1.0, 3.0, label, attributes=attributes),)]
    assert len(problems) == 1
