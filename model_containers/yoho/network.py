"""The YOHO network (Venkatesh, Moffat and Miranda 2022): a MobileNet that keeps time, and one output a bin of it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

BLOCKS = (
    *((1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512)),
    *((1, 512), (1, 512), (1, 512), (1, 512), (1, 512)),
    *((2, 1024), (1, 1024), (1, 512), (1, 256), (1, 128)),
)
"""Stride and channels of the depthwise separable blocks."""

BINS = 26
_FIRST = 32
_LAST_BANDS = 2
_EPSILON = 1e-4
_MOMENTUM = 0.1  # Keras' 0.99 (here 0.01) keeps validation at chance for many epochs on small datasets


class Same(nn.Module):
    """A convolution with TensorFlow's "same" padding: for even lengths at stride 2 the odd row comes after."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.size, self.stride = size, stride
        self.convolution = nn.Conv2d(inputs, outputs, size, stride, groups=groups, bias=False)
        self.normalization = nn.BatchNorm2d(outputs, eps=_EPSILON, momentum=_MOMENTUM)
        # Keras' scale=False: what follows is a ReLU and a convolution, which scale by themselves
        self.normalization.weight.requires_grad_(False)

    def forward(self, values: Tensor) -> Tensor:
        """(batch, inputs, time, bands) → (batch, outputs, ⌈time / stride⌉, ⌈bands / stride⌉), normalized, rectified."""
        time, bands = (self._padding(length) for length in values.shape[2:])
        padded = functional.pad(values, (*bands, *time))
        return functional.relu(self.normalization(self.convolution(padded)))

    def _padding(self, length: int) -> tuple[int, int]:
        total = max((-(-length // self.stride) - 1) * self.stride + self.size - length, 0)
        return total // 2, total - total // 2


class Yoho(nn.Module):
    """Presence, onset and offset of `classes` classes in 26 bins of a window; the last two as shares of the bin.

    With `narrower` it has that many times fewer channels than the published one, for trials that must be quick.
    """

    def __init__(self, classes: int, narrower: int = 1) -> None:
        super().__init__()
        self.classes = classes
        channels = _FIRST // narrower
        layers: list[nn.Module] = [Same(1, channels, 3, 2)]
        for stride, published in BLOCKS:
            outputs = published // narrower
            layers += [Same(channels, channels, 3, stride, groups=channels), Same(channels, outputs, 1)]
            channels = outputs
        self.body = nn.Sequential(*layers)
        self.output = nn.Linear(_LAST_BANDS * channels, 3 * classes)

    def features(self, spectrograms: Tensor) -> Tensor:
        """(batch, 801, 64) → (batch, 26, 256): what the output is made of."""
        found = self.body(spectrograms[:, None])
        return found.permute(0, 2, 3, 1).flatten(2)

    def forward(self, spectrograms: Tensor) -> Tensor:
        """(batch, 801, 64) in dB → (batch, 26, 3 · classes), for each class presence, onset, offset from 0 to 1."""
        return torch.sigmoid(self.output(self.features(spectrograms)))
