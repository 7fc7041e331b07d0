"""Which recording a file of labels means: by hash, our own addresses, path and name; never a guess between two."""

from __future__ import annotations

import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.imports.recording_matches import KnownRecording, Recordings, Span

HASH = "ab" * 32
RECORDINGS = Recordings(
    [
        KnownRecording(1, "song.wav", HASH, "a/song.wav", (Span(11, 0.0, 9.0),)),
        KnownRecording(2, "song.wav", "cd" * 32, "b/song.wav", (Span(12, 0.0, 9.0),)),
        KnownRecording(3, "Straße 4 – Mittag.flac", "ef" * 32, "Straße 4 – Mittag.flac", (Span(13, 0.0, 9.0),)),
        KnownRecording(4, "v1.2 take.mp3", "12" * 32, "v1.2 take.mp3", (Span(14, 0.0, 9.0),)),
        KnownRecording(5, "bird.wav", "34" * 32, "x/bird.wav", (Span(15, 0.0, 9.0),)),
        KnownRecording(6, "bird.mp3", "56" * 32, "x/bird.mp3", (Span(16, 0.0, 9.0),)),
    ]
)


@pytest.mark.parametrize(
    ("called", "number"),
    [
        (HASH, 1),
        (HASH.upper(), 1),
        ("audio/2_song.wav", 2),
        ("/api/v1/tasks/12/original", 2),
        ("http://127.0.0.1:8501/api/v1/tasks/11/original", 1),
        ("b/song.wav", 2),
        ("/data/lab/a/song.wav", 1),
        (r"C:\lab\b\song.wav", 2),
        ("a/song", 1),
        ("file:///media/b/song.wav", 2),
        ("STRASSE_4_–_MITTAG.flac", 3),
        ("Straße 4 – Mittag", 3),
        ("Stra%C3%9Fe%204%20–%20Mittag.flac", 3),
        ("/data/upload/3/1a2b3c4d-v1.2_take.mp3", 4),
        ("v1.2 take", 4),
        ("bird.mp3", 6),
    ],
)
def test_a_name_means_the_recording_that_it_fits(called: str, number: int) -> None:
    if "%" in called:
        called = f"https://lab.example/{called}"
    assert RECORDINGS.match(called).id == number


@pytest.mark.parametrize("called", ["song.wav", "song", "c/song.wav", "bird"])
def test_a_name_of_several_is_refused_with_the_remedy(called: str) -> None:
    with pytest.raises(Invalid, match="name the folder or the hash as well"):
        RECORDINGS.match(called)


@pytest.mark.parametrize("called", ["other.wav", "", "v1.2", "audio/1_bird.wav/x.wav"])
def test_a_name_of_none_is_refused(called: str) -> None:
    with pytest.raises(Invalid, match="No recording of this project is called"):
        RECORDINGS.match(called)


def test_the_first_name_that_means_any_counts() -> None:
    assert RECORDINGS.match("", "unknown.wav", "b/song.wav").id == 2
