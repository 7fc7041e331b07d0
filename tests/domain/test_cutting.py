"""Long recordings are cut by length, at silences, by spans and around regions."""

from __future__ import annotations

from typing import Any

import pytest

from labelbuddy_core.domain.cutting import AtSilences, Pieces, around_regions, at_silences, by_length, given_spans
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import span_table


@pytest.mark.parametrize(
    ("duration", "length", "overlap", "expected"),
    [
        (25.0, 10.0, 0.0, [(0, 10), (10, 20), (20, 25)]),
        (25.0, 10.0, 2.0, [(0, 10), (8, 18), (16, 25)]),
        (20.0, 10.0, 0.0, [(0, 10), (10, 20)]),
        (18.0, 10.0, 2.0, [(0, 10), (8, 18)]),
        (5.0, 10.0, 2.0, [(0, 5)]),
    ],
)
def test_pieces_of_a_length_cover_the_recording(
    duration: float, length: float, overlap: float, expected: list[Any]
) -> None:
    assert by_length(duration, length, overlap) == expected


def test_pieces_end_in_the_last_pause_that_is_near_enough() -> None:
    quiet = [(4.0, 5.0), (8.0, 9.0), (11.0, 12.0), (19.0, 20.0)]
    found = at_silences(30.0, quiet, AtSilences(longest=10.0, shortest=2.0))
    assert found.stretches == [(0.0, 8.5), (8.5, 11.5), (11.5, 19.5), (19.5, 28.0), (28.0, 30.0)]
    assert found.hard == 1


def test_the_last_piece_is_long_enough_where_an_earlier_pause_or_none_allows_it() -> None:
    wanted = AtSilences(longest=60.0, shortest=10.0)
    early, late = (39.5, 40.5), (59.0, 60.0)
    assert at_silences(62.0, [early, late], wanted) == Pieces([(0.0, 40.0), (40.0, 62.0)])
    assert at_silences(62.0, [late], wanted) == Pieces([(0.0, 59.5), (59.5, 62.0)]), "a pause matters more"
    assert at_silences(62.0, [], wanted) == Pieces([(0.0, 52.0), (52.0, 62.0)], hard=1)
    assert at_silences(70.0, [late], wanted) == Pieces([(0.0, 59.5), (59.5, 70.0)])
    narrow = AtSilences(longest=60.0, shortest=50.0)
    assert at_silences(70.0, [], narrow) == Pieces([(0.0, 60.0), (60.0, 70.0)], hard=1)


def test_without_pauses_pieces_are_as_long_as_allowed() -> None:
    found = at_silences(25.0, [], AtSilences(longest=10.0))
    assert (found.stretches, found.hard) == ([(0.0, 10.0), (10.0, 20.0), (20.0, 25.0)], 2)
    assert at_silences(8.0, [(3.0, 4.0)], AtSilences(longest=10.0)).stretches == [(0.0, 8.0)]


def test_a_pause_too_early_in_a_piece_is_passed_over() -> None:
    found = at_silences(12.0, [(0.5, 1.5), (7.0, 7.5)], AtSilences(longest=8.0, shortest=2.0))
    assert found.stretches == [(0.0, 7.25), (7.25, 12.0)]


def test_spans_are_taken_as_they_are_and_once_each() -> None:
    assert given_spans(10.0, [(1.0, 2.0), (1.0, 2.0), (8.0, 10.004)]) == [(1.0, 2.0), (8.0, 10.0)]
    for wrong in ((2.0, 2.0), (-1.0, 2.0), (8.0, 10.1), (float("nan"), 2.0)):
        with pytest.raises(Invalid, match="does not lie in 10 s"):
            given_spans(10.0, [wrong])


def test_regions_get_a_margin_and_become_one_where_they_are_near() -> None:
    regions = [(20.0, 22.0), (1.0, 2.0), (4.0, 5.0), (29.5, 30.0)]
    assert around_regions(30.0, regions, margin=1.0) == [(0.0, 6.0), (19.0, 23.0), (28.5, 30.0)]
    assert around_regions(30.0, regions) == [(1.0, 2.0), (4.0, 5.0), (20.0, 22.0), (29.5, 30.0)]
    assert around_regions(30.0, regions, join=3.0) == [(1.0, 5.0), (20.0, 22.0), (29.5, 30.0)]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (AtSilences(longest=0.0), "silence.longest"),
        (AtSilences(longest=5.0, shortest=5.0), "silence.shortest"),
        (AtSilences(longest=5.0, pause=0.0), "silence.pause"),
        (AtSilences(longest=5.0, threshold=-60.0), "silence.threshold"),
    ],
)
def test_a_senseless_search_for_pauses_is_refused(wanted: AtSilences, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        wanted.check()
    assert refused.value.field == field


def test_a_table_of_spans_is_read_with_other_names_and_clock_times() -> None:
    rows = span_table.read("File;Onset;End\r\n\r\na.wav;1,5;0:02.25\nb.wav;1:00:00;1:00:30\n")
    assert [(one.line, one.recording, one.start, one.stop) for one in rows] == [
        (3, "a.wav", 1.5, 2.25),
        (4, "b.wav", 3600.0, 3630.0),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "recording is missing"),
        ("recording,start\na,1\n", "stop is missing"),
        ("recording,start,stop\n", "no rows"),
        ("recording,start,stop\na,x,2\n", "Line 2, start: expected seconds or h:m:s, found 'x'"),
        ("recording,start,stop\na,1\n", "Line 2, stop"),
        ("recording,start,stop\n,1,2\n", "Line 2, recording: there is no name"),
    ],
)
def test_a_mistake_in_a_table_is_named_with_its_line(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        span_table.read(text)
