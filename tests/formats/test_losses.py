"""What a format loses of the data at hand is counted, and nothing else is."""

from __future__ import annotations

import pytest

from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.formats.losses import losses
from labelbuddy_core.formats.marks import Mark, Marked

MARKS = (
    Mark(0.5, 2.2504, "Speech", text="Good morning.", low=200.0, high=4000.0, channel=1, score=0.75, tier="Anna"),
    Mark(4.0, 4.0, "beat", position=1, attributes=(("strong", "True"),)),
)
SONG = Marked("song.wav", 10.0, MARKS, "anna", tags=(("rock", None),), caption="A song.", answers=2)


def lost(form: str, *everything: Marked) -> dict[str, int]:
    carries = FORMATS[form].carries
    assert carries is not None
    return dict(losses(everything, carries))


def test_elan_rounds_to_milliseconds_and_drops_frequencies() -> None:
    found = lost("elan", SONG, SONG)
    assert found["time(s) rounded to 1 ms"] == 2
    assert found["pair(s) of frequency bounds dropped"] == 2
    assert found["instant(s) become regions of 1 ms"] == 2
    assert found["label(s) dropped of regions that lie on a tier and have a text"] == 2
    assert found["answer(s) dropped"] == 4


def test_jams_keeps_everything_but_answers() -> None:
    assert lost("jams", SONG) == {"answer(s) dropped": 2}


def test_what_is_left_out_altogether_is_not_counted_again_by_its_parts() -> None:
    found = lost("lab", Marked("song.wav", 10.0, MARKS[1:], "anna"))
    assert found == {"instant(s) left out": 1}


def test_a_manifest_of_speech_leaves_out_what_has_no_text() -> None:
    found = lost("nemo", Marked("song.wav", 10.0, (Mark(1.0, 2.0, "Dog"), Mark(2.0, 3.0, "Speech", text="Hi."))))
    assert found == {"region(s) without a text left out": 1}


@pytest.mark.parametrize("form", ["captions", "captions-csv"])
def test_captions_leave_out_what_has_no_text_and_recordings_without_any(form: str) -> None:
    described = Marked("song.wav", 10.0, (), "anna", caption="A song.")
    silent = Marked("noise.wav", 10.0, (), "anna")
    found = lost(
        form, described, silent, Marked("street.wav", 10.0, (Mark(1.0, 2.0, "Dog"), Mark(3.0, 3.0, "beat")), "ben")
    )
    assert found == {
        "region(s) without a text left out": 1,
        "instant(s) left out": 1,
        "recording(s) without marks left out": 1,
    }


def test_a_table_keeps_answers_but_neither_attributes_nor_positions_of_beats() -> None:
    assert lost("csv", SONG) == {"mark(s) lose their attributes": 1, "position(s) of beats dropped": 1}


def test_durations_leave_everything_out_but_recordings() -> None:
    found = lost("dcase-durations", SONG, Marked("noise.wav", 10.0, (), "anna"))
    assert found == {
        "region(s) left out": 1,
        "instant(s) left out": 1,
        "tag(s) dropped": 1,
        "caption(s) dropped": 1,
        "answer(s) dropped": 2,
        "annotation(s) without who made them": 2,
    }


def test_only_formats_that_name_no_annotator_lose_who_it_was() -> None:
    one = Marked("song.wav", 10.0, (Mark(1.0, 2.0, "Dog"),), "anna")
    without = {
        name
        for name, form in FORMATS.items()
        if form.carries and "annotation(s) without who made them" in lost(name, one)
    }
    assert without == {"dcase-strong", "dcase-weak", "dcase-durations", "rttm", "cvat", "nemo"}


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if form.carries])
def test_nothing_is_lost_of_nothing(form: str) -> None:
    assert lost(form) == {}
