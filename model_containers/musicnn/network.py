"""The musicnn network (Pons & Serra, 2019): musically motivated filters, three dense layers in time, global pooling."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_TIMBRAL = 204
_TEMPORAL = 51
_MIDDLE = 64
_UNITS = 200
_EPSILON = 1e-3  # TensorFlow's default; PyTorch's is 1e-5


class Timbral(nn.Module):
    """Filters 7 frames long over a share of the mel bands, maximum over what is left of them."""

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, _TIMBRAL, (7, bands), padding=(3, 0))
        self.normalization = nn.BatchNorm2d(_TIMBRAL, eps=_EPSILON)

    def forward(self, patches: Tensor) -> Tensor:
        """(batch, 1, frames, mels) → (batch, 204, frames)."""
        return self.normalization(functional.relu(self.convolution(patches))).amax(dim=3)


class Temporal(nn.Module):
    """Long filters in time on single mel bands, maximum over the bands."""

    def __init__(self, frames: int) -> None:
        super().__init__()
        # "same" padding of an even length puts the odd frame after (TensorFlow's rule).
        self._padding = (0, 0, (frames - 1) // 2, frames // 2)
        self.convolution = nn.Conv2d(1, _TEMPORAL, (frames, 1))
        self.normalization = nn.BatchNorm2d(_TEMPORAL, eps=_EPSILON)

    def forward(self, patches: Tensor) -> Tensor:
        """(batch, 1, frames, mels) → (batch, 51, frames)."""
        heard = functional.relu(self.convolution(functional.pad(patches, self._padding)))
        return self.normalization(heard).amax(dim=3)


class Middle(nn.Module):
    """A layer over all channels, 7 frames long."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(channels, _MIDDLE, 7, padding=3)
        self.normalization = nn.BatchNorm1d(_MIDDLE, eps=_EPSILON)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, channels, frames) → (batch, 64, frames)."""
        return self.normalization(functional.relu(self.convolution(features)))


class Musicnn(nn.Module):
    """Tag probabilities of log-mel patches."""

    def __init__(self, tags: int) -> None:
        super().__init__()
        self.input_normalization = nn.BatchNorm2d(1, eps=_EPSILON)
        self.front = nn.ModuleList([Timbral(38), Timbral(67), Temporal(128), Temporal(64), Temporal(32)])
        front = 2 * _TIMBRAL + 3 * _TEMPORAL
        self.middle = nn.ModuleList([Middle(front), Middle(_MIDDLE), Middle(_MIDDLE)])
        pooled = 2 * (front + 3 * _MIDDLE)
        self.pooled_normalization = nn.BatchNorm1d(pooled, eps=_EPSILON)
        self.dense = nn.Linear(pooled, _UNITS)
        self.dense_normalization = nn.BatchNorm1d(_UNITS, eps=_EPSILON)
        self.output = nn.Linear(_UNITS, tags)

    def forward(self, patches: Tensor) -> Tensor:
        """(batch, 187 frames, 96 mels) → probabilities (batch, tags)."""
        return self.tags(self.embed(patches))

    def tags(self, features: Tensor) -> Tensor:
        """(batch, 200) features → probabilities (batch, tags)."""
        return torch.sigmoid(self.output(features))

    def embed(self, patches: Tensor) -> Tensor:
        """(batch, 187 frames, 96 mels) → the 200 features before the last layer."""
        normalized = self.input_normalization(patches.unsqueeze(1))
        front = torch.cat([layer(normalized) for layer in self.front], dim=1)
        first = self.middle[0](front)
        second = first + self.middle[1](first)
        third = second + self.middle[2](second)
        features = torch.cat([front, first, second, third], dim=1)
        # maximum and mean of each channel stand side by side, as in the original
        pooled = torch.stack([features.amax(dim=2), features.mean(dim=2)], dim=2).flatten(1)
        return self.dense_normalization(functional.relu(self.dense(self.pooled_normalization(pooled))))
