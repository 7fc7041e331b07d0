"""Feature vectors over time that a model gives (`POST /embed`): checked, and kept in half precision."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.times import TOLERANCE
from labelbuddy_core.errors import ModelProblem

MAX_VECTORS = 200_000
MAX_DIMENSIONS = 8192
_LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class CheckedEmbedding:
    """`times` (n, 2) are begin and end of each vector in seconds of recording time, `vectors` (n, dimensions)."""

    times: npt.NDArray[np.float64]
    vectors: npt.NDArray[np.float16]
    version: str = ""

    @property
    def mean(self) -> npt.NDArray[np.float16]:
        """The mean over time, each vector weighted by how long it stands for."""
        spans = np.maximum(self.times[:, 1] - self.times[:, 0], 1e-6)
        return np.average(self.vectors.astype(np.float32), axis=0, weights=spans).astype(np.float16)

    def packed(self) -> bytes:
        """An .npz file with `times` and `vectors`; the same values give the same bytes."""
        buffer = io.BytesIO()
        np.savez(buffer, times=self.times, vectors=self.vectors)
        return buffer.getvalue()


def unpacked(data: bytes) -> CheckedEmbedding:
    """What `packed` packed."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return CheckedEmbedding(file["times"], file["vectors"])


def check_embedding(raw: dict[str, Any], *, offset: float, duration: float) -> CheckedEmbedding:
    """Check the vectors for a stretch that begins at `offset` and lasts `duration` seconds.

    Times become recording times and are clipped to the stretch. Raises `ModelProblem` when the answer has not the form
    of the contract: vectors of one length, in the order of time.
    """
    rows = raw.get("embeddings")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ModelProblem("The model's embedding is not of the agreed form: 'embeddings' must be a list of objects.")
    if len(rows) > MAX_VECTORS:
        raise ModelProblem(f"The model gave {len(rows)} vectors; at most {MAX_VECTORS} are accepted.")
    vectors = _matrix([row.get("vector") for row in rows], "'vector' must be lists of numbers, all of one length")
    if not 1 <= vectors.shape[1] <= MAX_DIMENSIONS:
        raise ModelProblem(f"The model's vectors have {vectors.shape[1]} numbers; 1 to {MAX_DIMENSIONS} are accepted.")
    times = _matrix([[row.get("start"), row.get("end")] for row in rows], "'start' and 'end' must be numbers")
    inside = (times[:, 0] >= -TOLERANCE) & (times[:, 0] <= duration + TOLERANCE) & (times[:, 1] >= times[:, 0])
    if not inside.all() or (np.diff(times[:, 0]) < 0).any():
        raise ModelProblem(
            "The times of the model's vectors must lie in the audio, in order, and end after they start."
        )
    return CheckedEmbedding(
        times=np.round(offset + np.clip(times, 0.0, duration), 6),
        vectors=np.clip(vectors, -_LARGEST, _LARGEST).astype(np.float16),
        version=str(raw.get("version") or "")[:80],
    )


def joined_embeddings(pieces: Sequence[CheckedEmbedding]) -> CheckedEmbedding:
    """One embedding from those about neighboring pieces. Raises `ModelProblem` when their vectors differ in length."""
    if len({one.vectors.shape[1] for one in pieces}) != 1:
        raise ModelProblem("The model's vectors for the pieces of one recording differ in length.")
    return CheckedEmbedding(
        np.concatenate([one.times for one in pieces]),
        np.concatenate([one.vectors for one in pieces]),
        pieces[-1].version,
    )


def _matrix(rows: list[Any], rule: str) -> npt.NDArray[np.float64]:
    """Rows of finite numbers, all of one length; text, truth values and nothing are no numbers."""
    try:
        plain = np.array(rows)
        if plain.ndim == 2 and plain.dtype.kind in "if" and np.isfinite(plain).all():
            return plain.astype(np.float64)
    except (ValueError, OverflowError):  # rows of different lengths
        pass
    raise ModelProblem(f"The model's embedding is not of the agreed form: {rule}.")
