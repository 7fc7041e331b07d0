"""The last layer of a network taught alone: logistic regression of labels on feature vectors that were worked out once.

Adam (Kingma and Ba, 2015) on the mean binary cross-entropy, on features of zero mean and unit deviation. Every epoch
shuffles by seed and number alone and is kept in a checkpoint: a run that goes on ends as one that never stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model_containers.serving.figures import figures_of
from model_containers.serving.run import Cancelled, Run

Floats = npt.NDArray[np.float32]

_DECAY = (0.9, 0.999)
_TINY = 1e-8


@dataclass(frozen=True)
class Lessons:
    """Vectors (n, d), targets 0 or 1 (n, labels), and of each target whether it counts (n, labels)."""

    vectors: Floats
    targets: Floats
    counts: Floats

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True)
class Head:
    """A linear layer before a sigmoid: weight (labels, d), bias (labels)."""

    weight: Floats
    bias: Floats

    def probabilities(self, vectors: Floats) -> Floats:
        """(n, d) → (n, labels)."""
        return sigmoid(vectors @ self.weight.T + self.bias)


@dataclass(frozen=True)
class Course:
    """How to learn; `patience` epochs without a better validation loss end it, 0 never does."""

    epochs: int = 50
    learning_rate: float = 1e-2
    batch: int = 64
    seed: int = 0
    patience: int = 0

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Course:
        """From the parameters of a run; those that it does not know are for others."""
        known = cls()
        return cls(
            epochs=int(parameters.get("epochs", known.epochs)),
            learning_rate=float(parameters.get("learning_rate", known.learning_rate)),
            batch=int(parameters.get("batch", known.batch)),
            seed=int(parameters.get("seed", known.seed)),
            patience=int(parameters.get("patience", known.patience)),
        )


def begun(labels: Sequence[str], known: Sequence[str], head: Head) -> Head:
    """A head for `labels`: what `head` knows of those in `known`, and for a new label one that hears it rarely."""
    place = {label: number for number, label in enumerate(known)}
    weight = np.zeros((len(labels), head.weight.shape[1]), np.float32)
    bias = np.full(len(labels), -2.0, np.float32)
    for number, label in enumerate(labels):
        if label in place:
            weight[number], bias[number] = head.weight[place[label]], head.bias[place[label]]
    return Head(weight, bias)


def teach(
    head: Head, train: Lessons, validation: Lessons | None, labels: Sequence[str], course: Course, run: Run
) -> Head:  # fmt: skip
    """Teach a head, an epoch a row of the run; returns that of the best epoch (lowest validation loss, else the last).

    A cancelled run gives the best so far. Goes on from the checkpoint in `run.folder` where there is one.
    """
    center, spread = train.vectors.mean(axis=0), train.vectors.std(axis=0)
    # a feature that hardly varies here may vary elsewhere: it must not be blown up
    scale = np.maximum(spread, np.float32(0.1) * spread.mean()) + np.float32(1e-6)
    train = replace(train, vectors=(train.vectors - center) / scale)
    if validation is not None and len(validation):
        validation = replace(validation, vectors=(validation.vectors - center) / scale)
    else:
        validation = None
    state = _State.restored(run.folder) or _State.fresh(
        Head(head.weight * scale, head.bias + head.weight @ center)
    )  # fmt: skip
    try:
        if state.epoch > len(run.rows):  # the crash came between checkpoint and report
            run.best = state.best_epoch or None
            run.epoch(state.epoch, of=course.epochs, **state.figures)
        while state.epoch < course.epochs and not _exhausted(state, course, validation):
            state.learn(train, course)
            state.judge(_figures(state.head, train, validation, labels))
            state.keep(run.folder)
            run.best = state.best_epoch
            run.epoch(state.epoch, of=course.epochs, **state.figures)
    except Cancelled:
        pass  # what was learned so far is worth keeping
    best = state.best
    weight = best.weight / scale
    return Head(weight, best.bias - weight @ center)


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + e^-x), without overflow."""
    return np.float32(0.5) * (np.float32(1.0) + np.tanh(np.float32(0.5) * values))


@dataclass
class _State:
    """A head on its way: with the moments of Adam, and the best so far."""

    head: Head
    moments: list[Floats]
    steps: int
    epoch: int
    best: Head
    best_epoch: int
    best_loss: float
    figures: dict[str, float]

    @classmethod
    def fresh(cls, head: Head) -> _State:
        moments = [np.zeros_like(one) for one in (head.weight, head.weight, head.bias, head.bias)]
        return cls(head, moments, 0, 0, head, 0, float("inf"), {})

    def learn(self, lessons: Lessons, course: Course) -> None:
        """One epoch."""
        self.epoch += 1
        order = np.random.default_rng([course.seed, self.epoch]).permutation(len(lessons))
        for first in range(0, len(order), course.batch):
            rows = order[first : first + course.batch]
            vectors, counts = lessons.vectors[rows], lessons.counts[rows]
            wrong = (self.head.probabilities(vectors) - lessons.targets[rows]) * counts
            error = (wrong / max(1.0, float(counts.sum()))).astype(np.float32)
            self._step(error.T @ vectors, error.sum(axis=0), course.learning_rate)

    def _step(self, weight: Floats, bias: Floats, rate: float) -> None:
        self.steps += 1
        one, two = _DECAY
        changed = []
        for number, (value, slope) in enumerate(((self.head.weight, weight), (self.head.bias, bias))):
            first, second = self.moments[2 * number : 2 * number + 2]
            first = (one * first + (1 - one) * slope).astype(np.float32)
            second = (two * second + (1 - two) * np.square(slope)).astype(np.float32)
            self.moments[2 * number : 2 * number + 2] = [first, second]
            mean, spread = first / (1 - one**self.steps), second / (1 - two**self.steps)
            changed.append((value - rate * mean / (np.sqrt(spread) + _TINY)).astype(np.float32))
        self.head = Head(changed[0], changed[1])

    def judge(self, figures: dict[str, float]) -> None:
        """Note the figures of the epoch, and whether it is the best."""
        self.figures = figures
        loss = figures.get("validation_loss", -float(self.epoch))
        if loss < self.best_loss:
            self.best, self.best_epoch, self.best_loss = self.head, self.epoch, loss

    def keep(self, folder: Path) -> None:
        """Write the checkpoint."""
        partial = folder / "checkpoint.partial.npz"
        np.savez(
            partial,
            *self.moments,
            weight=self.head.weight,
            bias=self.head.bias,
            best_weight=self.best.weight,
            best_bias=self.best.bias,
            numbers=np.array([self.steps, self.epoch, self.best_epoch]),
            best_loss=self.best_loss,
            names=np.array(list(self.figures)),
            values=np.array(list(self.figures.values()), np.float64),
        )
        partial.replace(folder / "checkpoint.npz")

    @classmethod
    def restored(cls, folder: Path) -> _State | None:
        """The checkpoint in a folder, if there is one."""
        path = folder / "checkpoint.npz"
        if not path.exists():
            return None
        with np.load(path) as kept:
            steps, epoch, best_epoch = kept["numbers"].tolist()
            figures = dict(zip(kept["names"].tolist(), kept["values"].tolist(), strict=True))
            return cls(
                Head(kept["weight"], kept["bias"]),
                [kept[f"arr_{number}"] for number in range(4)],
                steps,
                epoch,
                Head(kept["best_weight"], kept["best_bias"]),
                best_epoch,
                float(kept["best_loss"]),
                figures,
            )


def _exhausted(state: _State, course: Course, validation: Lessons | None) -> bool:
    return bool(course.patience) and validation is not None and state.epoch - state.best_epoch >= course.patience


def _figures(head: Head, train: Lessons, validation: Lessons | None, labels: Sequence[str]) -> dict[str, float]:
    found = _judged(head, train, labels)
    if validation is not None:
        found |= {f"validation_{name}": value for name, value in _judged(head, validation, labels).items()}
    return found


def _judged(head: Head, lessons: Lessons, labels: Sequence[str]) -> dict[str, float]:
    scores = lessons.vectors @ head.weight.T + head.bias
    # log(1 + e^x) - y x, summed where it counts
    errors = (np.logaddexp(0.0, scores) - lessons.targets * scores) * lessons.counts
    counted = lessons.counts > 0
    return {
        "loss": float(errors.sum() / max(1.0, float(lessons.counts.sum()))),
        **figures_of(scores >= 0.0, lessons.targets >= 0.5, counted, labels),
    }
