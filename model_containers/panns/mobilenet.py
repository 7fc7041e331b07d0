"""MobileNetV2 (Sandler et al. 2018) as PANNs have it: strides are means over time and bands instead of steps."""

from __future__ import annotations

from torch import Tensor, nn

BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 2), (6, 160, 3, 1), (6, 320, 1, 1))
"""Times that a block widens its input, channels that it ends with, how many of its kind, stride of the first."""

_FIRST, _LAST, _DENSE = 32, 1280, 1024


class Inverted(nn.Module):
    """Widens, filters each channel by itself, narrows; what keeps its shape is added to what came in."""

    def __init__(self, inputs: int, outputs: int, stride: int, wider: int) -> None:
        super().__init__()
        hidden = inputs * wider
        widened = [nn.Conv2d(inputs, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6()] if wider > 1 else []
        self.conv = nn.Sequential(
            *widened,
            nn.Conv2d(hidden, hidden, 3, padding=1, groups=hidden, bias=False),
            nn.AvgPool2d(stride),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.added = stride == 1 and inputs == outputs

    def forward(self, values: Tensor) -> Tensor:
        found = self.conv(values)
        return values + found if self.added else found


def layers(scale: float) -> tuple[nn.Sequential, int, int]:
    """The convolutions, the channels that they end with, and the size of the dense layer; `scale` is 1 as published."""

    def scaled(channels: int) -> int:
        return max(1, round(channels * scale))

    channels, last = scaled(_FIRST), scaled(_LAST)
    first = [nn.Conv2d(1, channels, 3, padding=1, bias=False), nn.AvgPool2d(2), nn.BatchNorm2d(channels), nn.ReLU6()]
    made: list[nn.Module] = [nn.Sequential(*first)]
    for wider, outputs, count, stride in BLOCKS:
        for number in range(count):
            made.append(Inverted(channels, scaled(outputs), stride if number == 0 else 1, wider))
            channels = scaled(outputs)
    made.append(nn.Sequential(nn.Conv2d(channels, last, 1, bias=False), nn.BatchNorm2d(last), nn.ReLU6()))
    return nn.Sequential(*made), last, scaled(_DENSE)
