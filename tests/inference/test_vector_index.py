"""The flat files that searches read: brought up to date with the blobs that are wanted, also after crashes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labelbuddy_core.domain.similarity import Query
from labelbuddy_core.errors import NotFound
from labelbuddy_core.inference.embedding import CheckedEmbedding
from labelbuddy_core.inference.vector_index import VectorIndex

LONG = 60.0


class Blobs:
    """Embeddings by name, each of windows of 1 s; `read` are the names that were read."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.read: list[str] = []

    def add(self, name: str, *vectors: list[float]) -> None:
        times = np.array([[place, place + 1.0] for place in range(len(vectors))])
        self.kept[name] = CheckedEmbedding(times, np.array(vectors, dtype=np.float16)).packed()

    def __call__(self, name: str) -> bytes:
        if name not in self.kept:
            raise NotFound(f"The storage has no {name!r}.")
        self.read.append(name)
        return self.kept[name]


@pytest.fixture
def blobs() -> Blobs:
    made = Blobs()
    made.add("a", [1.0, 0.0], [0.0, 2.0])
    made.add("b", [3.0, 3.0])
    made.add("c", [-1.0, 0.0], [5.0, 0.5], [0.0, 0.0])
    return made


@pytest.fixture
def search(tmp_path: Path) -> Callable[..., list[tuple[str, float, float, float]]]:
    def run(*names: str) -> list[tuple[str, float, float, float]]:
        found, _ = VectorIndex(tmp_path, 2).search(names, Query(np.array([1.0, 0.0], dtype=np.float32), 1))
        return [(names[one.sound], one.start, one.stop, round(one.similarity, 2)) for one in found]

    return run


ALL = [("a", 0.0, 1.0, 1.0), ("c", 1.0, 2.0, 1.0), ("b", 0.0, 1.0, 0.71), ("a", 1.0, 2.0, 0.0), ("c", 2.0, 3.0, 0.0)]


def test_what_is_wanted_is_read_once_and_found(tmp_path: Path, blobs: Blobs, search: Callable[..., object]) -> None:
    index = VectorIndex(tmp_path, 2)
    assert index.refresh(["a", "b", "c"], blobs, LONG) == 0
    assert index.refresh(["a", "b", "c"], blobs, LONG) == 0
    assert blobs.read == ["a", "b", "c"]
    assert search("a", "b", "c")[:5] == ALL  # type: ignore[index]
    assert search("b", "a") == [ALL[0], ALL[2], ALL[3]]


def test_what_is_not_wanted_any_more_is_gone_from_the_files(
    tmp_path: Path, blobs: Blobs, search: Callable[..., object]
) -> None:
    index = VectorIndex(tmp_path, 2)
    index.refresh(["a", "b", "c"], blobs, LONG)
    blobs.add("d", [0.0, 1.0])
    index.refresh(["c", "d"], blobs, LONG)
    assert (tmp_path / "vectors").stat().st_size == 4 * 2 * 2
    assert search("a", "b", "c", "d")[0] == ALL[1]  # type: ignore[index]
    assert [one[0] for one in search("a", "b", "c", "d")] == ["c", "c", "d", "c"]  # type: ignore[attr-defined]
    index.refresh([], blobs, LONG)
    assert search("c", "d") == []


def test_reading_stops_in_time_and_goes_on(tmp_path: Path, blobs: Blobs, search: Callable[..., object]) -> None:
    index = VectorIndex(tmp_path, 2)
    assert index.refresh(["a", "b", "c"], blobs, -1.0) == 3
    assert search("a", "b", "c") == []
    assert index.refresh(["a", "b", "c"], blobs, LONG) == 0
    assert len(search("a", "b", "c")) == 6  # type: ignore[arg-type]


def test_rows_that_a_crash_left_are_written_over(tmp_path: Path, blobs: Blobs, search: Callable[..., object]) -> None:
    index = VectorIndex(tmp_path, 2)
    index.refresh(["a"], blobs, LONG)
    for name in ("vectors", "times", "sounds"):
        with (tmp_path / name).open("ab") as file:
            file.write(b"left behind"[:10])
    index.refresh(["a", "b", "c"], blobs, LONG)
    assert search("a", "b", "c")[:5] == ALL  # type: ignore[index]


def test_what_the_storage_lost_or_has_another_length_is_left_out(
    tmp_path: Path, blobs: Blobs, search: Callable[..., object]
) -> None:
    blobs.add("longer", [1.0, 2.0, 3.0])
    assert VectorIndex(tmp_path, 2).refresh(["a", "lost", "longer"], blobs, LONG) == 0
    assert [one[0] for one in search("a", "lost", "longer")] == ["a", "a"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["vectors", "times"])
def test_rows_that_were_noted_and_lost_are_read_again(
    tmp_path: Path, blobs: Blobs, search: Callable[..., object], name: str
) -> None:
    index = VectorIndex(tmp_path, 2)
    index.refresh(["a", "b", "c"], blobs, LONG)
    with (tmp_path / name).open("r+b") as file:
        file.truncate(9)
    assert search("a", "b", "c") == []
    index.refresh(["a", "b", "c"], blobs, LONG)
    assert search("a", "b", "c")[:5] == ALL  # type: ignore[index]
