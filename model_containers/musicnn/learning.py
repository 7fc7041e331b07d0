"""The whole of musicnn taught on patches: Adam on the mean binary cross-entropy, an epoch a row of the run.

The layers before the output learn at a twentieth of its rate: they know music already, it may know nothing of the
labels (discriminative fine-tuning; J. Howard, S. Ruder, "Universal language model fine-tuning for text classification",
ACL 2018). Means and variances of the normalizations stay as they are, since batches of a few patches would spoil them;
a batch can then be heard a few patches at a time, which bounds the memory and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from model_containers.musicnn.network import Musicnn
from model_containers.serving.figures import figures_of
from model_containers.serving.head import Course, Lessons
from model_containers.serving.run import Cancelled, Run

BODY_RATE = 0.05
"""Of the learning rate, for what comes before the output."""
_AT_ONCE = 4
"""Patches whose intermediate values are kept for learning: about 70 MB each."""
CHECKPOINT = "checkpoint.pt"

Rows = npt.NDArray[np.int64]


def teach(
    network: Musicnn, train: Lessons, validation: Lessons | None, labels: Sequence[str], course: Course, run: Run
) -> None:  # fmt: skip
    """Teach a network on patches (n, 187, 96), which ends with the weights of its best epoch.

    Best is the lowest validation loss, without validation the last epoch. A cancelled run ends with the best so far.
    Goes on from the checkpoint in `run.folder` where there is one.
    """
    network.eval()
    output = [*network.output.parameters()]
    body = [one for name, one in network.named_parameters() if not name.startswith("output.")]
    optimizer = torch.optim.Adam(
        [{"params": output}, {"params": body, "lr": course.learning_rate * BODY_RATE}], lr=course.learning_rate
    )
    state = _State.begun(network, optimizer, run.folder / CHECKPOINT)
    try:
        if state.epoch > len(run.rows):  # the crash came between checkpoint and report
            run.best = state.best_epoch or None
            run.epoch(state.epoch, of=course.epochs, **state.figures)
        while state.epoch < course.epochs and not _exhausted(state, course, validation):
            state.epoch += 1
            figures = _learned(network, optimizer, train, labels, course, state.epoch)
            if validation is not None:
                heard = _measured(network, validation, labels)
                figures |= {f"validation_{name}": value for name, value in heard.items()}
            state.judge(network, figures)
            state.keep(network, optimizer, run.folder / CHECKPOINT)
            run.best = state.best_epoch
            run.epoch(state.epoch, of=course.epochs, **figures)
    except Cancelled:
        pass  # what was learned so far is worth keeping
    network.load_state_dict(state.best)


@dataclass
class _State:
    """How far a run is, and the best weights so far."""

    epoch: int
    best: dict[str, Tensor]
    best_epoch: int
    best_loss: float
    figures: dict[str, float]

    @classmethod
    def begun(cls, network: Musicnn, optimizer: torch.optim.Optimizer, checkpoint: Path) -> _State:
        """From a checkpoint, which network and optimizer are set to; from the beginning where there is none."""
        if not checkpoint.exists():
            return cls(0, _copied(network), 0, float("inf"), {})
        kept: dict[str, Any] = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        return cls(*(kept[name] for name in ("epoch", "best", "best_epoch", "best_loss", "figures")))

    def judge(self, network: Musicnn, figures: dict[str, float]) -> None:
        """Note the figures of the epoch, and whether it is the best."""
        self.figures = figures
        loss = figures.get("validation_loss", -float(self.epoch))
        if loss < self.best_loss:
            self.best, self.best_epoch, self.best_loss = _copied(network), self.epoch, loss

    def keep(self, network: Musicnn, optimizer: torch.optim.Optimizer, checkpoint: Path) -> None:
        """Write the checkpoint."""
        partial = checkpoint.with_suffix(".partial")
        torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), **vars(self)}, partial)
        partial.replace(checkpoint)


def _learned(
    network: Musicnn,
    optimizer: torch.optim.Optimizer,
    lessons: Lessons,
    labels: Sequence[str],
    course: Course,
    epoch: int,
) -> dict[str, float]:
    """One epoch; the figures are those of what was said while it learned."""
    order = np.random.default_rng([course.seed, epoch]).permutation(len(lessons))
    total, said = 0.0, np.zeros(lessons.targets.shape, np.bool_)
    for first in range(0, len(order), course.batch):
        rows = order[first : first + course.batch]
        counted = max(1.0, float(lessons.counts[rows].sum()))
        optimizer.zero_grad(set_to_none=True)
        for some in _parts(rows, _AT_ONCE):
            scores, error = _error(network, lessons, some)
            (error / counted).backward()
            total += float(error.detach())
            said[some] = (scores.detach() >= 0.0).numpy()
        optimizer.step()
    return _figures(total, said, lessons, labels)


@torch.inference_mode()
def _measured(network: Musicnn, lessons: Lessons, labels: Sequence[str]) -> dict[str, float]:
    total, said = 0.0, np.zeros(lessons.targets.shape, np.bool_)
    for some in _parts(np.arange(len(lessons)), 4 * _AT_ONCE):
        scores, error = _error(network, lessons, some)
        total += float(error)
        said[some] = (scores >= 0.0).numpy()
    return _figures(total, said, lessons, labels)


def _error(network: Musicnn, lessons: Lessons, rows: Rows) -> tuple[Tensor, Tensor]:
    """Scores before the sigmoid, and the summed error where it counts."""
    scores = network.output(network.embed(torch.from_numpy(lessons.vectors[rows])))
    targets, counts = torch.from_numpy(lessons.targets[rows]), torch.from_numpy(lessons.counts[rows])
    return scores, functional.binary_cross_entropy_with_logits(scores, targets, counts, reduction="sum")


def _figures(
    total: float, said: npt.NDArray[np.bool_], lessons: Lessons, labels: Sequence[str]
) -> dict[str, float]:  # fmt: skip
    loss = total / max(1.0, float(lessons.counts.sum()))
    return {"loss": loss, **figures_of(said, lessons.targets >= 0.5, lessons.counts > 0, labels)}


def _parts(rows: Rows, size: int) -> Iterator[Rows]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def _exhausted(state: _State, course: Course, validation: Lessons | None) -> bool:
    return bool(course.patience) and validation is not None and state.epoch - state.best_epoch >= course.patience


def _copied(network: Musicnn) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
