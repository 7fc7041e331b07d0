"""The lessons of a head: every example is heard once, and what was heard is kept in the folder of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from model_containers.serving.dataset import Dataset, Example
from model_containers.serving.head import Floats, Lessons
from model_containers.serving.run import Run

Heard = tuple[Floats, Floats, Floats]
"""Vectors of an example's stretches, their targets, and whether these count."""


def lessons(dataset: Dataset, run: Run, hear: Callable[[Example], Iterable[Heard]]) -> tuple[Lessons, Lessons | None]:
    """Lessons for training and, where there are examples for it, for validation. Raises `Cancelled`.

    `hear` works an example out. What was worked out before a crash is read, not worked out again.
    """
    train, validation = dataset.part("train"), dataset.part("validation")
    total = len(train) + len(validation)
    kept: list[Lessons | None] = []
    done = 0
    for name, examples in (("train", train), ("validation", validation)):
        path = run.folder / f"{name}.npz"
        if path.exists():
            kept.append(_read(path))
            done += len(examples)
            continue
        parts: list[Heard] = []
        for example in examples:
            run.tell(f"Hearing example {done + 1} of {total}")
            parts.extend(hear(example))
            done += 1
        made = _joined(parts)
        if made is not None:
            _write(path, made)
            made = _read(path)  # as a run that goes on will have them
        kept.append(made)
    if kept[0] is None:
        raise ValueError("the examples for training hold no sound")
    return kept[0], kept[1]


def _joined(parts: list[Heard]) -> Lessons | None:
    if not parts:
        return None
    return Lessons(*(np.concatenate([part[place] for part in parts]).astype(np.float32) for place in range(3)))


def _write(path: Path, made: Lessons) -> None:
    partial = path.with_name(f"{path.stem}.partial.npz")
    # half precision: the vectors are what takes the room
    np.savez(partial, vectors=made.vectors.astype(np.float16), targets=made.targets, counts=made.counts)
    partial.replace(path)


def _read(path: Path) -> Lessons:
    with np.load(path) as kept:
        return Lessons(kept["vectors"].astype(np.float32), kept["targets"], kept["counts"])
