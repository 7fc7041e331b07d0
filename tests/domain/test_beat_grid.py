"""Beat grids: anchors stay, beats between them are even, nothing changes order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labelbuddy_core.domain.beat_grid import (
    Beat,
    Grid,
    checked,
    doubled,
    halved,
    longest,
    re_anchored,
    tempo,
    with_bar_at,
    with_downbeat,
    with_meter,
    with_meter_from,
)
from labelbuddy_core.domain.meters import stretches
from labelbuddy_core.domain.tapped_beats import from_taps
from labelbuddy_core.errors import Invalid


def even(count: int, period: float = 0.5, meter: int = 4) -> Grid:
    return [Beat(round(1.0 + number * period, 6), number % meter + 1) for number in range(count)]


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    gaps = draw(st.lists(st.floats(0.2, 2.0), min_size=2, max_size=30))
    time, beats = draw(st.floats(0.0, 5.0)), []
    for number, gap in enumerate(gaps):
        beats.append(Beat(round(time, 6), number % 4 + 1, draw(st.booleans())))
        time += gap
    return beats


def times(beats: Grid) -> list[float]:
    return [beat.time for beat in beats]


@given(grids(), st.data())
def test_anchors_stay_where_they_were_put_and_beats_in_order(beats: Grid, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(beats) - 1))
    time = data.draw(st.floats(0.0, 60.0))
    try:
        moved = re_anchored(beats, number, time)
    except Invalid:
        assume(False)
        return
    assert checked(moved, 4)
    assert Beat(round(time, 6), beats[number].position, True) in moved
    anchored = {beat.position: beat.time for beat in beats if beat.anchor and beat != beats[number]}
    if anchored and any(beat.anchor for beat in beats[:number]) and any(beat.anchor for beat in beats[number + 1 :]):
        assert {beat for beat in beats if beat.anchor and beat is not beats[number]} <= set(moved)


@given(grids(), st.data())
def test_moving_a_beat_to_where_it_is_only_anchors_it(beats: Grid, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(beats) - 1))
    even_out = re_anchored(beats, number, beats[number].time)
    assert times(re_anchored(even_out, number, beats[number].time)) == times(even_out)


def test_beats_between_two_anchors_become_even() -> None:
    beats = re_anchored(even(9), 0, 1.0)
    moved = re_anchored(beats, 8, 9.0)
    assert times(moved) == [float(number) for number in range(1, 10)]
    assert [beat.anchor for beat in moved] == [True, *[False] * 7, True]


def test_beats_beyond_the_last_anchor_move_along_with_their_tempo() -> None:
    moved = re_anchored(re_anchored(even(9), 2, 2.0), 4, 3.2)
    assert times(moved)[:3] == [1.0, 1.5, 2.0]
    assert times(moved)[3:] == [2.6, 3.2, 3.7, 4.2, 4.7, 5.2]


def test_a_beat_cannot_pass_an_anchor() -> None:
    beats = re_anchored(even(9), 4, 3.0)
    with pytest.raises(Invalid, match="between the anchors"):
        re_anchored(beats, 5, 2.9)


def test_beats_that_would_begin_before_the_recording_go() -> None:
    assert times(re_anchored(even(5), 4, 1.0)) == [0.0, 0.5, 1.0]


@given(st.floats(40, 240), st.floats(0.1, 3), st.lists(st.floats(-0.02, 0.02), min_size=8, max_size=8))
def test_taps_that_are_a_little_off_give_the_tempo(bpm: float, first: float, errors: list[float]) -> None:
    period = 60 / bpm
    taps = [first + number * period + error for number, error in enumerate(errors)]
    grid = from_taps(taps, 4, 0.0, 30.0)
    found = tempo(grid)
    assert found is not None
    assert found == pytest.approx(bpm, rel=0.04 / (7 * period) * 1.2)
    assert all(after.position == before.position % 4 + 1 for before, after in pairwise(grid))
    nearest = min(grid, key=lambda beat: abs(beat.time - first))
    assert nearest.position == 1


def test_a_missed_tap_counts_as_a_beat() -> None:
    assert tempo(from_taps([0.0, 0.5, 1.0, 2.0, 2.5], 4, 0.0, 10.0)) == pytest.approx(120.0)


@pytest.mark.parametrize("taps", [[], [1.0], [1.0, 1.0], [0.0, 100.0], [0.0, 0.0001], [0.0, float("inf")]])
def test_taps_that_give_no_tempo_are_refused(taps: list[float]) -> None:
    with pytest.raises(Invalid):
        from_taps(taps, 4, 0.0, 10.0)


def test_double_and_half_tempo_undo_each_other() -> None:
    beats = with_downbeat(even(9), 2, 4)
    fast = doubled(beats, 4)
    assert len(fast) == 17
    assert times(halved(fast, 4)) == times(beats)
    assert next(beat.time for beat in fast if beat.position == 1 and beat.time >= 2.0) == 2.0


def test_the_downbeat_is_moved_and_the_bar_counted_from_it() -> None:
    assert [beat.position for beat in with_downbeat(even(6), 1, 3)] == [3, 1, 2, 3, 1, 2]


@pytest.mark.parametrize(
    "beats",
    [
        [Beat(1.0, 1), Beat(1.0, 2)],
        [Beat(2.0, 1), Beat(1.0, 2)],
        [Beat(-1.0, 1)],
        [Beat(1.0, 5)],
        [Beat(float("nan"), 1)],
    ],
)
def test_what_is_no_grid_is_refused(beats: Grid) -> None:
    with pytest.raises(Invalid):
        checked(beats, 4)


bars = st.lists(st.integers(1, 7), min_size=1, max_size=12)
"""Beats in each bar of a grid."""


def of_bars(lengths: list[int]) -> Grid:
    places = [place for length in lengths for place in range(1, length + 1)]
    return [Beat(round(1.0 + 0.5 * number, 6), place) for number, place in enumerate(places)]


@given(bars, st.data())
def test_a_bar_begins_where_it_was_put_and_no_bar_of_another_stretch_is_counted_anew(
    lengths: list[int], data: st.DataObject
) -> None:
    beats = of_bars(lengths)
    number = data.draw(st.integers(0, len(beats) - 1))
    made = with_bar_at(beats, number, 4)
    own = next(one for one in stretches([beat.position for beat in beats], 4) if number < one.stop)
    assert times(made) == times(beats)
    assert made[number].position == 1
    assert made[: own.first] == beats[: own.first]
    assert all(beat.position <= max(*lengths, 4) for beat in made)


@given(bars, st.integers(1, 7), st.data())
def test_another_meter_from_a_beat_on_leaves_what_lies_before_and_behind_the_next_change(
    lengths: list[int], wanted: int, data: st.DataObject
) -> None:
    beats = of_bars(lengths)
    number = data.draw(st.integers(0, len(beats) - 1))
    made = with_meter_from(beats, number, wanted, 4)
    assert made[:number] == beats[:number]
    assert made[number].position == 1
    found = stretches([beat.position for beat in beats], 4)
    own = next(one for one in found if number < one.stop)
    other = next(
        (one.first for one in found if one.first > number and one.meter not in (own.meter, wanted)), len(beats)
    )
    assert made[other:] == beats[other:]


@given(bars)
def test_twice_as_many_beats_keep_every_downbeat_and_every_meter(lengths: list[int]) -> None:
    beats = of_bars(lengths)
    fine = doubled(beats, 4)
    assert len(fine) == 2 * len(beats) - 1
    downbeats = {beat.time for beat in fine if beat.position == 1}
    assert {beat.time for beat in beats if beat.position == 1} - downbeats <= {
        beat.time for beat in beats[-lengths[-1] :]
    }
    assert longest(fine, 4) == longest(beats, 4)


@pytest.mark.parametrize("wanted", [0, 33])
def test_a_bar_that_cannot_be_is_refused(wanted: int) -> None:
    with pytest.raises(Invalid, match="1 to 32"):
        with_meter(even(8), wanted)
    with pytest.raises(Invalid, match="1 to 32"):
        with_meter_from(even(8), 0, wanted, 4)


def test_a_meter_from_a_beat_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid, match="no beat 8"):
        with_meter_from(even(8), 8, 3, 4)
