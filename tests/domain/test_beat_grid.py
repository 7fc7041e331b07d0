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
    from_taps,
    halved,
    re_anchored,
    tempo,
    with_downbeat,
)
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
