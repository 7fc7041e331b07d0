"""Taps become beats: even where they scatter, at another tempo where that changes; beside the taps nothing changes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labelbuddy_core.domain.beat_grid import Beat
from labelbuddy_core.domain.tap_tempo import knots_of
from labelbuddy_core.domain.tapped_beats import tapped
from labelbuddy_core.errors import Invalid

GRID = [Beat(round(0.5 * number, 6), (number - 1) % 4 + 1) for number in range(1, 80)]


@given(st.floats(5.0, 15.0), st.lists(st.floats(0.2, 1.0), min_size=1, max_size=20))
def test_beats_beside_the_taps_stay_and_those_among_them_are_the_taps(first: float, gaps: list[float]) -> None:
    taps = [first]
    for gap in gaps:
        taps.append(taps[-1] + gap)
    try:
        made = tapped(GRID, taps, 4, 0.0, 60.0)
    except Invalid:  # no tempo at all
        assume(False)
        return
    knots = knots_of(taps)
    reach = max(after.time - before.time for before, after in pairwise(knots))
    outside = [beat for beat in GRID if beat.time < knots[0].time - reach or beat.time > knots[-1].time + reach]
    assert set(outside) <= set(made)
    anchors = [beat.time for beat in made if beat.anchor]
    assert anchors == pytest.approx([knot.time for knot in knots], abs=1e-6)


@given(st.lists(st.floats(-0.025, 0.025), min_size=40, max_size=40))
def test_scatter_is_no_change_of_tempo(errors: list[float]) -> None:
    assert len(knots_of([2.0 + 0.5 * number + error for number, error in enumerate(errors)])) == 2


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("later", [0.4, 0.6, 0.8])
def test_a_change_of_tempo_is_found_where_it_was_tapped(seed: int, later: float) -> None:
    scatter = random.Random(seed)
    even = [0.5 * number if number <= 12 else 6.0 + later * (number - 12) for number in range(25)]
    knots = knots_of([1.0 + time + scatter.gauss(0, 0.012) for time in even])
    assert [abs(knot.count - 12) <= 1 for knot in knots[1:-1]] == [True]


def test_a_tap_that_was_left_out_is_counted_at_the_tempo_around_it() -> None:
    slow_then_fast = [0.0, 0.8, 1.6, 2.4, 3.2, 3.6, 4.0, 4.8, 5.2, 5.6, 6.0]
    assert knots_of(slow_then_fast)[-1].count == 11
