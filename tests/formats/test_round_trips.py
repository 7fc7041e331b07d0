"""What is written in a format and read again is what it was, in everything that the format carries."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.formats import (
    aoef,
    audacity,
    cvat,
    dcase,
    elan,
    jams_files,
    lab,
    label_studio,
    labelbuddy_2022,
    nemo,
    praat_textgrid,
    raven,
    rttm,
    subtitles,
)
from labelbuddy_core.formats.losses import Carries, losses
from labelbuddy_core.formats.marks import Mark, Marked

WORDS = st.text("aZßœЖ日本語مح9𝄞🎵é", min_size=1, max_size=12)
"""Labels and texts in any script."""


def written(marks: Sequence[Mark]) -> Marked:
    return Marked("song.wav", 700.0, tuple(marks), annotator="ann", channels=8, audio_path="audio/song.wav")


@st.composite
def some_marks(draw: Any, carries: Carries) -> list[Mark]:
    """Marks that say all that the format carries and nothing else, in order of time."""
    step = max(carries.step, 1e-6)
    found = []
    for _ in range(draw(st.integers(0, 6))):
        start, end = sorted(draw(st.integers(0, round(600 / step))) for _ in range(2))
        instant = carries.instants and (not carries.regions or draw(st.booleans()))
        end = start if instant else end + 1
        mark = Mark(round(start * step, 6), round(end * step, 6), draw(WORDS))
        fields = set(carries.fields)
        if "text" in fields and not instant:
            mark = replace(mark, text=draw(st.one_of(st.just(""), WORDS)))
        if "frequencies" in fields and not instant:
            low = draw(st.integers(0, 4000))
            mark = replace(mark, low=float(low), high=float(low + draw(st.integers(1, 4000))))
        if "channel" in fields and not instant:
            mark = replace(mark, channel=draw(st.integers(0, 7)))
        if "score" in fields and not instant:
            mark = replace(mark, score=draw(st.integers(0, 1000)) / 1000)
        if "tier" in fields:
            mark = replace(mark, tier=draw(st.one_of(st.just(""), WORDS)))
        if "attributes" in fields:
            mark = replace(mark, attributes=tuple(draw(st.dictionaries(WORDS, WORDS, max_size=2)).items()))
        if "position" in fields and instant:
            mark = replace(mark, position=draw(st.integers(1, 12)))
        found.append(mark)
    return sorted(found, key=lambda mark: (mark.start, mark.end, mark.label))


def again(write: Callable[[Marked], str], read: Callable[[str], Sequence[Mark]], marks: Sequence[Mark]) -> list[Mark]:
    return sorted(read(write(written(marks))), key=lambda mark: (mark.start, mark.end, mark.label))


def rows_again(write: Any, read: Any, marks: Sequence[Mark]) -> list[Mark]:
    found = [mark for _, mark in read("".join(write([written(marks)]))) if mark is not None]
    return sorted(found, key=lambda mark: (mark.start, mark.end, mark.label))


def close(one: Sequence[Mark], other: Sequence[Mark]) -> None:
    """The same marks; times within a thousandth of a microsecond, which sums of floats cost."""
    assert len(one) == len(other)
    for left, right in zip(one, other, strict=True):
        assert (left.start, left.end) == pytest.approx((right.start, right.end), abs=1e-9)
        assert replace(left, start=0, end=0) == replace(right, start=0, end=0)


@given(some_marks(audacity.CARRIES))
def test_audacity(marks: list[Mark]) -> None:
    close(again(audacity.write, audacity.read, marks), marks)


@given(some_marks(raven.CARRIES))
def test_raven(marks: list[Mark]) -> None:
    """Instants and regions without bounds span the whole band there, which is all that changes."""
    found = again(raven.write, raven.read, marks)
    regions = [(one, other) for one, other in zip(found, marks, strict=True) if not other.instant]
    close([one for one, _ in regions], [other for _, other in regions])
    assert [(one.start, one.label) for one in found] == [(one.start, one.label) for one in marks]


@given(some_marks(lab.CARRIES_LAB))
def test_lab(marks: list[Mark]) -> None:
    close(again(lab.write_lab, lab.read_lab, marks), marks)


@given(some_marks(lab.CARRIES_BEATS))
def test_beats(marks: list[Mark]) -> None:
    found = again(lab.write_beats, lab.read_beats, marks)
    assert [(one.start, one.position) for one in found] == [(one.start, one.position) for one in marks]


@given(some_marks(rttm.CARRIES))
def test_rttm(marks: list[Mark]) -> None:
    close(rows_again(rttm.write, rttm.read, marks), marks)


@given(some_marks(dcase.CARRIES_STRONG))
def test_dcase_events(marks: list[Mark]) -> None:
    close(rows_again(dcase.write_strong, dcase.read_strong, marks), marks)


@given(some_marks(cvat.CARRIES))
def test_cvat(marks: list[Mark]) -> None:
    close(rows_again(cvat.write, cvat.read, marks), marks)


@given(some_marks(nemo.CARRIES))
def test_nemo(marks: list[Mark]) -> None:
    close(rows_again(nemo.write, nemo.read, marks), [mark for mark in marks if mark.text])


@given(some_marks(subtitles.CARRIES_VTT))
def test_webvtt(marks: list[Mark]) -> None:
    """A region without a text shows its label and comes back as text."""
    found = again(subtitles.write_vtt, subtitles.read, marks)
    assert sorted((one.start, one.end, one.text) for one in found) == sorted(
        (one.start, one.end, one.words) for one in marks
    )
    assert sorted(one.label for one in found if one.label != "speech") == sorted(
        one.label for one in marks if one.text and one.label != "speech"
    )


@given(some_marks(elan.CARRIES))
def test_elan(marks: list[Mark]) -> None:
    """Tier and what is written come back; instants last a millisecond."""
    found = again(elan.write, elan.read, marks)
    assert sorted((round(one.start, 3), one.words) for one in found) == sorted(
        (round(one.start, 3), one.words) for one in marks
    )
    assert all(one.end > one.start for one in found)


class Said(str):
    """A text of which one can tell whether somebody still has it."""


def test_elan_keeps_no_text_of_people_in_memory() -> None:
    text = Said("What somebody said in confidence.")
    gone = weakref.ref(text)
    assert text in elan.write(Marked("a.wav", 3.0, (Mark(1.0, 2.0, "speech", text=text),)))
    del text
    gc.collect()
    assert gone() is None


@given(some_marks(praat_textgrid.CARRIES))
def test_textgrid(marks: list[Mark]) -> None:
    found = again(praat_textgrid.write, praat_textgrid.read, marks)
    key = lambda one: (one.start, one.end, one.label)  # noqa: E731
    assert sorted(map(key, found)) == sorted(map(key, marks))


@given(some_marks(label_studio.CARRIES))
def test_label_studio(marks: list[Mark]) -> None:
    (found,) = label_studio.read("".join(label_studio.write([written(marks)])))
    close(found.marks, [replace(mark, channel=mark.channel or 0) for mark in marks])
    assert found.annotator == "ann"


@given(some_marks(aoef.CARRIES), st.lists(WORDS, max_size=3, unique=True))
def test_aoef(marks: list[Mark], tags: list[str]) -> None:
    """Texts of instants come back as well; which tags and caption are whose is kept by who marked events."""
    given_ = replace(written(marks), caption="A song.", tags=tuple((tag, None) for tag in tags))
    (found,) = aoef.read(aoef.write([given_]))
    close(found.marks, marks)
    assert (found.annotator, found.caption, found.tags) == ("ann", "A song.", given_.tags)
    assert (found.recording, found.duration) == ("audio/song.wav", 700.0)


@given(some_marks(labelbuddy_2022.CARRIES))
def test_labelbuddy_of_2022(marks: list[Mark]) -> None:
    (found,) = labelbuddy_2022.read("".join(labelbuddy_2022.write([written(marks)])))
    close(found.marks, marks)
    assert (found.annotator, found.recording, found.audio_path) == ("ann", "song.wav", "audio/song.wav")


@settings(max_examples=60)
@given(some_marks(jams_files.CARRIES), st.lists(WORDS, max_size=3, unique=True))
def test_jams(marks: list[Mark], tags: list[str]) -> None:
    given_ = replace(written(marks), caption="A song.", tags=tuple((tag, 0.5) for tag in tags))
    (found,) = jams_files.read(jams_files.write([given_]))
    expected = sorted(marks, key=lambda mark: (mark.start, mark.end, mark.label))
    close(found.marks, expected)
    assert (found.annotator, found.caption, found.tags) == ("ann", "A song.", given_.tags)


@given(
    st.sampled_from([audacity.CARRIES, raven.CARRIES, cvat.CARRIES, label_studio.CARRIES, jams_files.CARRIES]),
    st.data(),
)
def test_what_a_format_carries_is_not_counted_as_lost(carries: Carries, data: Any) -> None:
    marks = data.draw(some_marks(carries))
    found = losses([replace(written(marks), annotator="")], carries)
    assert set(found) <= {"recording(s) without marks left out", "selection(s) over the full band"}
