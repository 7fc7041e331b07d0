"""The networks of PANNs (Kong et al. 2020, table 1): convolutions that halve time and bands, then pooling over time.

Modules are named as in the published checkpoints. `width` is the number of channels of the first block; it is 64 there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_containers.panns.mobilenet import layers

_LOCAL = 7
"""Segments (2.2 s) over which a network that knows whole clips alone is asked for one moment."""


class Block3(nn.Module):
    """Two convolutions of 3 × 3, each normalized and rectified."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, values: Tensor) -> Tensor:
        return functional.relu(self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(values))))))


class Block5(nn.Module):
    """A convolution of 5 × 5, normalized and rectified."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 5, padding=2, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)

    def forward(self, values: Tensor) -> Tensor:
        return functional.relu(self.bn1(self.conv1(values)))


class Pann(nn.Module):
    """Convolutions, the mean over bands, two dense layers. `halved` says how often time and bands are halved."""

    def __init__(self, channels: int, dense: int, halved: int, classes: int) -> None:
        super().__init__()
        self.halved = halved
        self.bn0 = nn.BatchNorm2d(64)
        self.fc1 = nn.Linear(channels, dense)
        self.fc_audioset = nn.Linear(dense, classes)

    def convolved(self, values: Tensor) -> Tensor:
        """(batch, 1, frames, 64) → (batch, channels, steps, bands)."""
        raise NotImplementedError

    def map(self, spectrograms: Tensor) -> Tensor:
        """(batch, frames, 64) in dB → (batch, channels, steps)."""
        return self.convolved(self.bn0(spectrograms[:, None].transpose(1, 3)).transpose(1, 3)).mean(dim=3)

    def clip(self, mapped: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, channels, steps) → probabilities (batch, classes) of all of it, and the embedding they come from."""
        embedding = functional.relu(self.fc1(mapped.amax(dim=2) + mapped.mean(dim=2)))
        return torch.sigmoid(self.fc_audioset(embedding)), embedding

    def segments(self, mapped: Tensor) -> Tensor:
        """(batch, channels, steps) → probabilities (batch, segments of 0.32 s, classes)."""
        return torch.sigmoid(self.fc_audioset(self.moments(mapped)))

    def moments(self, mapped: Tensor) -> Tensor:
        """(batch, channels, steps) → what the output layer sees of every segment (batch, segments, features).

        The networks learned whole clips: each segment is asked for with what is around it, as if that were the clip.
        """
        joined = 2 ** (5 - self.halved)
        size = _LOCAL * joined
        left, right = (size - 1) // 2, size // 2
        highest = functional.max_pool1d(functional.pad(mapped, (left, right), value=float("-inf")), size, 1)
        total = functional.avg_pool1d(functional.pad(mapped, (left, right)), size, 1)
        present = functional.avg_pool1d(functional.pad(torch.ones_like(mapped[:1, :1]), (left, right)), size, 1)
        local = (highest + total / present).transpose(1, 2)[:, : mapped.shape[2] // joined * joined : joined]
        return functional.relu(self.fc1(local))


class BlockPann(Pann):
    """Blocks of convolutions, each with twice the channels of the one before."""

    def __init__(self, block: type[Block3] | type[Block5], blocks: int, halved: int, width: int, classes: int) -> None:
        channels = [1, *(width * 2**number for number in range(blocks))]
        super().__init__(channels[-1], channels[-1], halved, classes)
        self.blocks = blocks
        for number in range(blocks):
            self.add_module(f"conv_block{number + 1}", block(channels[number], channels[number + 1]))

    def convolved(self, values: Tensor) -> Tensor:
        for number in range(1, self.blocks + 1):
            values = self.get_submodule(f"conv_block{number}")(values)
            if number <= self.halved:
                values = functional.avg_pool2d(values, 2)
        return values


class SegmentPann(BlockPann):
    """Cnn14_DecisionLevelMax: it learned probabilities of every segment, whose maximum is the clip's."""

    def clip(self, mapped: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.moments(mapped)
        return torch.sigmoid(self.fc_audioset(hidden)).amax(dim=1), hidden.mean(dim=1)

    def moments(self, mapped: Tensor) -> Tensor:
        pooled = functional.max_pool1d(mapped, 3, 1, 1) + functional.avg_pool1d(mapped, 3, 1, 1)
        return functional.relu(self.fc1(pooled.transpose(1, 2)))


class MobilePann(Pann):
    """MobileNetV2, the lightest."""

    def __init__(self, width: int, classes: int) -> None:
        features, channels, dense = layers(width / 64)
        super().__init__(channels, dense, 5, classes)
        self.features = features

    def convolved(self, values: Tensor) -> Tensor:
        return self.features(values)


def build(architecture: str, width: int = 64, classes: int = 527) -> Pann:
    """An untrained network: cnn14, cnn14-segments, cnn6 or mobilenet-v2."""
    match architecture:
        case "cnn14":
            return BlockPann(Block3, 6, 5, width, classes)
        case "cnn14-segments":
            return SegmentPann(Block3, 6, 5, width, classes)
        case "cnn6":
            return BlockPann(Block5, 4, 4, width, classes)
        case "mobilenet-v2":
            return MobilePann(width, classes)
    raise ValueError(f"There is no architecture {architecture!r}.")
