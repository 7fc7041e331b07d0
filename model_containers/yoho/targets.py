"""What the network should answer for known events, and how wrong an answer is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from model_containers.serving.dataset import Stretch
from model_containers.yoho.features import WINDOW_SECONDS
from model_containers.yoho.network import BINS

BIN_SECONDS = WINDOW_SECONDS / BINS

Targets = npt.NDArray[np.float32]


def encode(events: Iterable[Stretch], labels: Sequence[str], start: float) -> Targets:
    """Targets (26, 3 · labels) of the window that begins at `start` s: presence, and onset and offset within each bin.

    Both are shares of the bin, from its beginning. In a bin with several events of a class the first onset and the last
    offset count.
    """
    found = np.zeros((BINS, len(labels), 3), np.float32)
    places = {label: place for place, label in enumerate(labels)}
    for event in events:
        if event.label not in places:
            continue
        first, last = (event.start - start) / BIN_SECONDS, (event.end - start) / BIN_SECONDS
        for number in range(max(0, int(np.floor(first))), min(BINS, int(np.ceil(last)))):
            begin, end = max(0.0, first - number), min(1.0, last - number)
            if end <= begin:
                continue
            cell = found[number, places[event.label]]
            known = cell[0] > 0.0
            cell[1] = min(cell[1], begin) if known else begin
            cell[2] = max(cell[2], end) if known else end
            cell[0] = 1.0
    return found.reshape(BINS, -1)


def loss(answers: Tensor, targets: Tensor) -> Tensor:
    """Summed squared error of a window, mean over the batch; onset and offset count where the class is present.

    Equation 1 of Venkatesh et al. (2022).
    """
    answer, target = (one.unflatten(2, (-1, 3)) for one in (answers, targets))
    errors = torch.square(answer - target)
    present = target[..., :1]
    return (errors[..., :1] + present * errors[..., 1:].sum(-1, keepdim=True)).sum((1, 2, 3)).mean()
