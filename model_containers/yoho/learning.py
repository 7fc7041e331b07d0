"""Teaching the network: windows in batches, figures after every epoch, and the weights of the best epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

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
    """How to learn. `head_only` leaves all but the output as it is."""

    epochs: int = 20
    learning_rate: float = 1e-3
    batch: int = 32
    seed: int = 0
    head_only: bool = False


Report = Callable[[int, Mapping[str, float]], None]
"""Is told the epoch, from 1 on, and its figures: loss, validation_loss, validation_f1 of bins."""


def teach(network: Yoho, train: Windows, validation: Windows | None, course: Course, report: Report) -> None:
    """Adam with a cosine schedule; the network ends with the weights of its best epoch.

    Best is the lowest loss on `validation`, without it the last epoch. What `report` raises ends it, with the best
    weights so far. With `head_only` what comes before the output is worked out once, which makes an epoch a moment.
    """
    if course.head_only:
        _learn(network.output, _Head(network.output), _seen(network, train), _seen(network, validation), course, report)
    else:
        _learn(network, network, train, validation, course, report)


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
) -> None:
    """Teach `network`; the weights that are kept of the best epoch are those of `owner`."""
    assert train is not None
    device = next(network.parameters()).device
    random = np.random.default_rng(course.seed)
    optimizer = torch.optim.Adam([one for one in network.parameters() if one.requires_grad], lr=course.learning_rate)
    steps = course.epochs * -(-len(train) // course.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps))
    best, kept = float("inf"), _copied(owner)
    try:
        for epoch in range(1, course.epochs + 1):
            network.train()
            total = 0.0
            for features, targets in _batches(train, course.batch, device, random):
                optimizer.zero_grad(set_to_none=True)
                error = loss(network(features), targets)
                error.backward()
                optimizer.step()
                schedule.step()
                total += float(error.detach()) * len(features)
            figures = {"loss": total / len(train)}
            if validation is not None:
                figures |= measured(network, validation, course.batch)
            judged = figures.get("validation_loss", -float(epoch))
            if judged < best:
                best, kept = judged, _copied(owner)
            report(epoch, figures)
    finally:
        owner.load_state_dict(kept)
        network.eval()


@torch.inference_mode()
def measured(network: torch.nn.Module, windows: Windows, batch: int = 32) -> dict[str, float]:
    """Loss, and F1 of the presence of classes in bins at 0.5, micro-averaged."""
    network.eval()
    device = next(network.parameters()).device
    total, hits, said, true = 0.0, 0, 0, 0
    for features, targets in _batches(windows, batch, device, None):
        answers = network(features)
        total += float(loss(answers, targets)) * len(features)
        found, truth = answers[..., ::3] >= 0.5, targets[..., ::3] >= 0.5
        hits, said, true = hits + int((found & truth).sum()), said + int(found.sum()), true + int(truth.sum())
    return {"validation_loss": total / len(windows), "validation_f1": 2.0 * hits / max(1, said + true)}


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
