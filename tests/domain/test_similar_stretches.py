"""Stretches that are like another: mean cosines over windows, found a block at a time, apart from each other."""

from __future__ import annotations

import numpy as np
import pytest

from labelbuddy_core.domain import similarity
from labelbuddy_core.domain.similarity import Query, Stretch, apart, most_alike, query_of, unit_rows

RANDOM = np.random.default_rng(7)


def searched(vectors: np.ndarray, counts: list[int], query: Query) -> list[tuple[int, int, int, float]]:
    rows = unit_rows(vectors)
    found = most_alike(counts, lambda wanted: rows[wanted], query)
    return [(one.sound, one.first, one.stop, one.similarity) for one in found]


def test_the_likeliest_window_comes_first_with_its_cosine() -> None:
    vectors = RANDOM.normal(size=(50, 8))
    query = Query((vectors[31] / np.linalg.norm(vectors[31])).astype(np.float32), 1)
    found = searched(vectors, [20, 30], query)
    expected = vectors @ query.direction / np.linalg.norm(vectors, axis=1)
    assert found[0][:3] == (1, 31, 32)
    assert {one[1] for one in found} == set(range(50))
    assert [one[3] for one in found] == pytest.approx(np.sort(expected)[::-1], abs=2e-3)


def test_a_longer_stretch_is_as_like_as_its_windows_are_on_average() -> None:
    vectors = RANDOM.normal(size=(40, 6))
    query = Query(np.eye(6, dtype=np.float32)[0], 3)
    cosines = vectors[:, 0] / np.linalg.norm(vectors, axis=1)
    found = {one[1]: one for one in searched(vectors, [25, 15], query)}
    assert set(found) == {*range(23), *range(25, 38)}
    assert found[4][3] == pytest.approx(cosines[4:7].mean(), abs=2e-3)


def test_no_stretch_reaches_from_one_sound_into_the_next_and_a_short_sound_counts_as_a_whole() -> None:
    vectors = RANDOM.normal(size=(9, 4))
    found = searched(vectors, [4, 2, 3], Query(np.eye(4, dtype=np.float32)[1], 3))
    assert sorted(one[:3] for one in found) == [(0, 0, 3), (0, 1, 4), (1, 4, 6), (2, 6, 9)]


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = RANDOM.normal(size=(300, 5))
    counts = [1, 120, 7, 172]
    query = Query(np.eye(5, dtype=np.float32)[2], 9)
    whole = searched(vectors, counts, query)
    monkeypatch.setattr(similarity, "BLOCK_NUMBERS", 5 * 16)
    assert searched(vectors, counts, query) == whole


def test_a_query_weighs_vectors_by_how_much_of_the_stretch_they_stand_for() -> None:
    times = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]])
    vectors = np.eye(3)
    query = query_of(times, vectors, 0.75, 2.0)
    assert query is not None
    assert query.direction == pytest.approx(np.array([0.25, 1.0, 0.0]) / np.hypot(0.25, 1.0), abs=1e-6)
    assert query.windows == 1


def test_an_instant_is_looked_for_by_the_window_that_it_lies_in() -> None:
    query = query_of(np.array([[0.0, 1.0], [1.0, 2.0]]), np.eye(2), 1.5, 1.5)
    assert query is not None
    assert query.direction.tolist() == [0.0, 1.0]


def test_vectors_of_nothing_make_no_query() -> None:
    assert query_of(np.array([[0.0, 1.0]]), np.zeros((1, 4)), 0.0, 1.0) is None


def test_results_overlap_neither_each_other_nor_what_was_looked_for() -> None:
    best_first = [
        Stretch(0, 4.0, 6.0, 1.0),
        Stretch(0, 8.0, 10.0, 0.9),
        Stretch(0, 9.0, 11.0, 0.8),
        Stretch(1, 9.0, 11.0, 0.7),
        Stretch(0, 10.0, 12.0, 0.6),
    ]
    kept = apart(best_first, 10, {0: [(5.0, 6.0)]})
    assert [(one.sound, one.start) for one in kept] == [(0, 8.0), (1, 9.0), (0, 10.0)]
    assert apart(best_first, 1, {}) == best_first[:1]
