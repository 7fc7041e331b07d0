"""What a format loses of the data at hand is counted, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.formats import audacity, cvat, dcase, lab, raven, subtitles
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


BROKEN = Mark(1.0, 2.0, "dog\tbig", text="One.\n\nTwo --> three.", low=1.0, high=2.0)
SPACES = "lose line breaks, tabs or double spaces"


def of_texts(form: str, *marks: Mark) -> dict[str, int]:
    """What is lost of words alone."""
    found = lost(form, Marked("song.wav", 10.0, marks, tags=(("rock, pop", None),)))
    return {says: count for says, count in found.items() if "dropped" not in says}


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("elan", {f"label(s) {SPACES}": 1, f"text(s) {SPACES}": 1}),
        ("raven", {f"label(s) {SPACES}": 1, f"text(s) {SPACES}": 1}),
        ("cvat", {f"label(s) {SPACES}": 1, f"text(s) {SPACES}": 1}),
        ("audacity", {f"label(s) {SPACES}": 1}),
        ("lab", {f"label(s) {SPACES}": 1}),
        ("dcase-strong", {f"label(s) {SPACES}": 1}),
        (
            "dcase-weak",
            {"region(s) left out": 1, "name(s) lose commas, line breaks, tabs or double spaces": 2},
        ),
        (
            "webvtt",
            {f"label(s) {SPACES}": 1, "text(s) with → instead of -->": 1, "text(s) lose empty lines": 1},
        ),
        ("srt", {"text(s) with → instead of -->": 1, "text(s) lose empty lines": 1}),
        ("textgrid", {}),
    ],
)
def test_what_formats_change_in_words_is_counted(form: str, says: dict[str, int]) -> None:
    assert of_texts(form, BROKEN) == says


@pytest.mark.parametrize("form", ["webvtt", "srt"])
def test_a_label_that_becomes_a_text_is_counted(form: str) -> None:
    assert of_texts(form, Mark(1.0, 2.0, "Dog")) == {"label(s) of regions without a text become texts": 1}


def test_attributes_that_one_column_cannot_keep_apart_are_counted() -> None:
    marks = [
        Mark(1.0, 2.0, "Dog", attributes=(pair,))
        for pair in (("a", "1; b=2"), ("a=b", "1"), ("a", "1\n2"), ("a", "plain"))
    ]
    assert sum(of_texts("cvat", *marks).values()) == 3


WORDS = st.text('aé"<&;=\t\n -', min_size=1, max_size=8).map(str.strip).filter(bool)
WRITERS: dict[str, tuple[Callable[[Marked], str], Callable[[str], Sequence[Mark]]]] = {
    "audacity": (audacity.write, audacity.read),
    "raven": (raven.write, raven.read),
    "lab": (lab.write_lab, lab.read_lab),
    "webvtt": (subtitles.write_vtt, subtitles.read),
    "cvat": (lambda one: "".join(cvat.write([one])), lambda text: [mark for _, mark in cvat.read(text)]),
    "dcase-strong": (
        lambda one: "".join(dcase.write_strong([one])),
        lambda text: [mark for _, mark in dcase.read_strong(text) if mark],
    ),
}


@pytest.mark.parametrize("form", list(WRITERS))
@given(WORDS, WORDS)
def test_words_of_which_nothing_is_counted_come_back(form: str, label: str, text: str) -> None:
    carries = FORMATS[form].carries
    assert carries is not None
    mark = Mark(1.0, 2.0, label, text=text if "text" in carries.fields else "", low=1.0, high=2.0)
    if not of_texts(form, mark):
        write, read = WRITERS[form]
        (found,) = read(write(Marked("song.wav", 10.0, (mark,))))
        assert (found.label, found.text) == (mark.label, mark.text)
