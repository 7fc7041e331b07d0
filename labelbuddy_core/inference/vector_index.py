"""Feature vectors of many sounds in three flat files, so that a search reads them at the speed of the disk.

The embeddings themselves are blobs, one a sound; opening a hundred thousand of them for every search takes minutes. The
files hold the same vectors scaled to length 1 (little-endian half precision), the times of each (s), and which rows
belong to which blob. They are a copy that can be made again: what is no longer wanted is left out at the next
`refresh`, what is missing is added. Processes take turns by a lock on a file of the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.similarity import Found, Halves, Query, Rows, Stretch, most_alike, unit_rows
from labelbuddy_core.errors import NotFound
from labelbuddy_core.inference.embedding import unpacked

_SOUND = np.dtype([("key", "<u8"), ("first", "<i8"), ("count", "<i8")])
_COPIED = 1 << 16
"""Rows that are copied together."""
_SAVED_AFTER = 500
"""Blobs after which what was read is certainly not read again."""

Sounds = npt.NDArray[np.void]


def key_of(blob_key: str) -> int:
    """The number that stands for a blob in the files; a blob's name contains the digest of what is in it."""
    return int.from_bytes(hashlib.blake2b(blob_key.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class VectorIndex:
    """The files of one space of vectors: a folder, and how many numbers a vector has."""

    folder: Path
    dimensions: int

    def refresh(self, wanted: Collection[str], read: Callable[[str], bytes], seconds: float) -> int:
        """Bring the files up to date with the blobs that are wanted; returns how many were not read yet.

        `read` gives a blob and raises `NotFound` where the storage has lost it: such a one is left out. It stops after
        about `seconds`, and goes on when it is called again.
        """
        keys = {key_of(blob): blob for blob in wanted}
        with self._lock(fcntl.LOCK_SH):
            present = set(self._sounds()["key"].tolist())
        if present == keys.keys():
            return 0
        with self._lock(fcntl.LOCK_EX):
            sounds = self._sounds()
            present = set(sounds["key"].tolist())
            if present - keys.keys():
                sounds = self._drop(sounds, np.array([key in keys for key in sounds["key"].tolist()], dtype=bool))
            return self._append(sounds, [blob for key, blob in keys.items() if key not in present], read, seconds)

    def search(self, wanted: Sequence[str], query: Query) -> tuple[list[Stretch], int]:
        """The stretches like a query among the sounds `wanted`, likeliest first, and how many vectors those have.

        A stretch's `sound` is its place in `wanted`.
        """
        place = {key_of(blob): number for number, blob in enumerate(wanted)}
        with self._lock(fcntl.LOCK_SH):
            sounds = self._sounds()
            end = _end(sounds)
            sounds = sounds[np.isin(sounds["key"], np.array(list(place), dtype=np.uint64))]
            if not len(sounds):
                return [], 0
            vectors = self._mapped("vectors", "<f2", (end, self.dimensions))
            times = self._mapped("times", "<f8", (end, 2))
            firsts = sounds["first"].astype(np.int64)
            bounds = np.concatenate([[0], np.cumsum(sounds["count"].astype(np.int64))])

            def rows_in_file(rows: Rows) -> Rows:
                sound = np.searchsorted(bounds, rows, side="right") - 1
                return firsts[sound] + rows - bounds[sound]

            def read(rows: Rows) -> Halves:
                there = rows_in_file(rows)
                together = there[-1] - there[0] == len(there) - 1
                return np.asarray(vectors[there[0] : there[-1] + 1] if together else vectors[there])

            found = most_alike(sounds["count"].tolist(), read, query)
            if not found:
                return [], int(bounds[-1])
            begins = times[rows_in_file(np.array([one.first for one in found]))][:, 0]
            ends = times[rows_in_file(np.array([one.stop - 1 for one in found]))][:, 1]
            keys = sounds["key"]
            stretches = [
                _stretch(place[int(keys[one.sound])], one, begin, end)
                for one, begin, end in zip(found, begins.tolist(), ends.tolist(), strict=True)
            ]
            return stretches, int(bounds[-1])

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as handle:
            fcntl.flock(handle, kind)
            yield

    def _sounds(self) -> Sounds:
        """Which rows are whose; what lies behind them in the other files was left there by a crash.

        None where rows that were noted are lost: then all is read again.
        """
        path = self.folder / "sounds"
        data = path.read_bytes() if path.exists() else b""
        found = np.frombuffer(data[: len(data) // _SOUND.itemsize * _SOUND.itemsize], dtype=_SOUND)
        rows = _end(found)
        whole = all(
            self._size(name) >= rows * size for name, size in (("vectors", 2 * self.dimensions), ("times", 16)) if rows
        )
        return found if whole else found[:0]

    def _size(self, name: str) -> int:
        path = self.folder / name
        return path.stat().st_size if path.exists() else 0

    def _mapped(self, name: str, kind: str, shape: tuple[int, int]) -> Any:
        return np.memmap(self.folder / name, dtype=kind, mode="r", shape=shape)

    def _append(self, sounds: Sounds, blobs: Sequence[str], read: Callable[[str], bytes], seconds: float) -> int:
        deadline = time.monotonic() + seconds
        end = _end(sounds)
        (self.folder / "sounds").touch()
        os.truncate(self.folder / "sounds", len(sounds) * _SOUND.itemsize)
        added: list[tuple[int, int, int]] = []
        with self._at("vectors", end * self.dimensions * 2) as vectors, self._at("times", end * 16) as times:
            for number, blob in enumerate(blobs):
                if time.monotonic() > deadline:
                    self._note(vectors, times, added)
                    return len(blobs) - number
                try:
                    embedding = unpacked(read(blob))
                except NotFound:
                    continue
                if embedding.vectors.shape[1] != self.dimensions:
                    continue
                vectors.write(unit_rows(embedding.vectors).astype("<f2").tobytes())
                times.write(embedding.times.astype("<f8").tobytes())
                added.append((key_of(blob), end, len(embedding.vectors)))
                end += len(embedding.vectors)
                if len(added) == _SAVED_AFTER:
                    self._note(vectors, times, added)
                    added = []
            self._note(vectors, times, added)
        return 0

    @contextmanager
    def _at(self, name: str, place: int) -> Iterator[Any]:
        """A file to write on from `place` bytes; what lies behind is forgotten."""
        path = self.folder / name
        path.touch()
        with path.open("r+b") as handle:
            handle.truncate(place)
            handle.seek(place)
            yield handle

    def _note(self, vectors: Any, times: Any, added: Sequence[tuple[int, int, int]]) -> None:
        """Write down which rows were added, after the rows themselves."""
        vectors.flush()
        times.flush()
        with (self.folder / "sounds").open("ab") as handle:
            handle.write(np.array(list(added), dtype=_SOUND).tobytes())

    def _drop(self, sounds: Sounds, kept: npt.NDArray[np.bool_]) -> Sounds:
        """Copy what is kept; nothing is left of the rest."""
        remaining = sounds[kept].copy()
        vectors = self._mapped("vectors", "<f2", (_end(sounds), self.dimensions))
        times = self._mapped("times", "<f8", (_end(sounds), 2))
        with (self.folder / "vectors.new").open("wb") as some, (self.folder / "times.new").open("wb") as others:
            place = 0
            for one in remaining:
                first, count = int(one["first"]), int(one["count"])
                for begin in range(first, first + count, _COPIED):
                    part = slice(begin, min(begin + _COPIED, first + count))
                    some.write(vectors[part].tobytes())
                    others.write(times[part].tobytes())
                one["first"] = place
                place += count
        del vectors, times
        # between these steps the list of sounds is away: after a crash the files are made again from nothing
        (self.folder / "sounds").unlink()
        (self.folder / "vectors.new").replace(self.folder / "vectors")
        (self.folder / "times.new").replace(self.folder / "times")
        (self.folder / "sounds.new").write_bytes(remaining.tobytes())
        (self.folder / "sounds.new").replace(self.folder / "sounds")
        return remaining


def _end(sounds: Sounds) -> int:
    """The row after the last."""
    return int(sounds["first"][-1] + sounds["count"][-1]) if len(sounds) else 0


def _stretch(sound: int, found: Found, begin: float, end: float) -> Stretch:
    return Stretch(sound, begin, end, found.similarity)
