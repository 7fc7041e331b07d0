"""Teaching the network: windows in batches, figures after every epoch, and the weights of the best epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model_containers.serving.figures import figures_of
from model_containers.yoho.features import Features
from model_containers.yoho.network import Yoho
from model_containers.yoho.targets import Targets, loss


@dataclass(frozen=True)
class Windows:
    """Features (windows, 801, 64) and targets (windows, 26, 3 · classes)."""

    features: Features
    targets: Targets

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class Course:
    """How to learn. `head_only` leaves all but the output as it is; `patience` epochs without a better validation loss
    end it, 0 never does."""

    epochs: int = 20
    learning_rate: float = 1e-3
    batch: int = 32
    seed: int = 0
    head_only: bool = False
    patience: int = 0


Report = Callable[[int, Mapping[str, float]], None]
"""Is told the epoch, from 1 on, and its figures: loss, f1 and accuracy of bins, the same of each label (`f1/<label>`),
and all of them on the validation set (`validation_loss` …)."""


def teach(
    network: Yoho,
    train: Windows,
    validation: Windows | None,
    course: Course,
    report: Report,
    labels: Sequence[str] = (),
    checkpoint: Path | None = None,
) -> None:
    """Adam with a cosine schedule; the network ends with the weights of its best epoch.

    Best is the lowest loss on `validation`, without it the last epoch. What `report` raises ends it, with the best
    weights so far. With `head_only` what comes before the output is worked out once, which makes an epoch a moment.
    With `checkpoint` every epoch is kept there, and a file that is there is gone on from.
    """
    taught = (train, validation, course, report, labels, checkpoint)
    if course.head_only:
        seen = _seen(network, train), _seen(network, validation)
        _learn(network.output, _Head(network.output), *seen, *taught[2:])
    else:
        _learn(network, network, *taught)


class _Head(torch.nn.Module):
    """The output alone, on features (batch, 26, 256)."""

    def __init__(self, output: torch.nn.Linear) -> None:
        super().__init__()
        self.output = output

    def forward(self, features: Tensor) -> Tensor:
        return torch.sigmoid(self.output(features))


@torch.inference_mode()
def _seen(network: Yoho, windows: Windows | None, batch: int = 16) -> Windows | None:
    """The windows as the output sees them."""
    if windows is None:
        return None
    network.eval()
    device = next(network.parameters()).device
    parts = [network.features(features).cpu().numpy() for features, _ in _batches(windows, batch, device, None)]
    return Windows(np.concatenate(parts), windows.targets)


def _learn(
    owner: torch.nn.Module,
    network: torch.nn.Module,
    train: Windows | None,
    validation: Windows | None,
    course: Course,
    report: Report,
    labels: Sequence[str],
    checkpoint: Path | None,
) -> None:
    """Teach `network`; the weights that are kept of the best epoch are those of `owner`."""
    assert train is not None
    device = next(network.parameters()).device
    optimizer = torch.optim.Adam([one for one in network.parameters() if one.requires_grad], lr=course.learning_rate)
    steps = course.epochs * -(-len(train) // course.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps))
    best, best_epoch, kept, done = float("inf"), 0, _copied(owner), 0
    told: dict[str, float] = {}
    if checkpoint is not None and checkpoint.exists():
        before = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(before["network"])
        optimizer.load_state_dict(before["optimizer"])
        schedule.load_state_dict(before["schedule"])
        best, best_epoch, kept, done = before["best"], before["best_epoch"], before["kept"], before["epoch"]
        told = before["figures"]
    try:
        if done:
            report(done, told)  # the crash may have come between checkpoint and report
        for epoch in range(done + 1, course.epochs + 1):
            if course.patience and validation is not None and epoch - 1 - best_epoch >= course.patience:
                break
            network.train()
            total = 0.0
            heard = _Heard(labels)
            for features, targets in _batches(train, course.batch, device, np.random.default_rng([course.seed, epoch])):
                optimizer.zero_grad(set_to_none=True)
                answers = network(features)
                error = loss(answers, targets)
                error.backward()
                optimizer.step()
                schedule.step()
                total += float(error.detach()) * len(features)
                heard.note(answers.detach(), targets)
            figures = {"loss": total / len(train), **heard.figures()}
            if validation is not None:
                found = measured(network, validation, course.batch, labels)
                figures |= {f"validation_{name}": value for name, value in found.items()}
            judged = figures.get("validation_loss", -float(epoch))
            if judged < best:
                best, best_epoch, kept = judged, epoch, _copied(owner)
            if checkpoint is not None:
                state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
                state |= {"schedule": schedule.state_dict(), "best": best, "best_epoch": best_epoch, "kept": kept}
                partial = checkpoint.with_suffix(".partial")
                torch.save({**state, "figures": figures}, partial)
                partial.replace(checkpoint)
            report(epoch, figures)
    finally:
        owner.load_state_dict(kept)
        network.eval()


@torch.inference_mode()
def measured(
    network: torch.nn.Module, windows: Windows, batch: int = 32, labels: Sequence[str] = ()
) -> dict[str, float]:
    """Loss, and accuracy and F1 of the presence of classes in bins at 0.5, micro-averaged and of each of `labels`."""
    network.eval()
    device = next(network.parameters()).device
    total, heard = 0.0, _Heard(labels)
    for features, targets in _batches(windows, batch, device, None):
        answers = network(features)
        total += float(loss(answers, targets)) * len(features)
        heard.note(answers, targets)
    return {"loss": total / len(windows), **heard.figures()}


class _Heard:
    """What was said and what was true of the bins of an epoch."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._said: list[Any] = []
        self._true: list[Any] = []

    def note(self, answers: Tensor, targets: Tensor) -> None:
        for kept, values in ((self._said, answers), (self._true, targets)):
            kept.append((values[..., ::3] >= 0.5).flatten(0, -2).cpu().numpy())

    def figures(self) -> dict[str, float]:
        said, true = np.concatenate(self._said), np.concatenate(self._true)
        return figures_of(said, true, np.ones_like(true), self._labels)


def _batches(
    windows: Windows, size: int, device: torch.device, random: np.random.Generator | None
) -> Iterator[tuple[Tensor, Tensor]]:
    order = np.arange(len(windows)) if random is None else random.permutation(len(windows))
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        features = torch.from_numpy(windows.features[rows].astype(np.float32)).to(device)
        yield features, torch.from_numpy(windows.targets[rows]).to(device)


def _copied(network: torch.nn.Module) -> dict[str, Any]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
