"""The published checkpoints: what each is, where it lies and how it is told from a damaged one.

All are on Zenodo (record 3987831, CC BY 4.0); the paper: Kong et al., "PANNs: Large-Scale Pretrained Audio
Neural Networks for Audio Pattern Recognition", 2020. A file's name has its mean average precision on AudioSet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RECORD = "https://zenodo.org/records/3987831/files/"
LICENSE = "CC BY 4.0, Qiuqiang Kong et al. (weights); MIT (code)"


@dataclass(frozen=True)
class Front:
    """The spectrogram that a network was trained on; sizes in samples, limits in Hz."""

    sample_rate: int
    fft_size: int
    hop: int
    lowest: float
    highest: float


@dataclass(frozen=True)
class Checkpoint:
    """One published file; `digest` is its checksum by `algorithm` (hashlib's name), empty if nobody told it.

    `size` is in bytes, where it is known.
    """

    name: str
    file: str
    algorithm: Literal["sha256", "md5"]
    digest: str
    architecture: Literal["cnn14", "cnn14-segments", "cnn6", "mobilenet-v2"]
    front: Front
    size: int | None = None

    @property
    def url(self) -> str:
        return f"{RECORD}{self.file.replace('=', '%3D')}?download=1"


_FULL = Front(32_000, 1024, 320, 50.0, 14_000.0)
_HALF = Front(16_000, 512, 160, 50.0, 8_000.0)

CHECKPOINTS = (
    Checkpoint(
        "cnn14-events",
        "Cnn14_DecisionLevelMax_mAP=0.385.pth",
        "sha256",
        "dd3b4043a87d4ec13df8082c0fcfee3fb5084151808e47e060987a95eabdd142",
        "cnn14-segments",
        _FULL,
        327_428_481,
    ),
    Checkpoint(
        "cnn14",
        "Cnn14_mAP=0.431.pth",
        "sha256",
        "0dc499e40e9761ef5ea061ffc77697697f277f6a960894903df3ada000e34b31",
        "cnn14",
        _FULL,
        327_428_481,
    ),
    Checkpoint(
        "cnn14-16k",
        "Cnn14_16k_mAP=0.438.pth",
        "sha256",
        "e2ee543a27919542c2ea03eabaa70b24dcd4e6c8e05621de6b67a94e4c5058e6",
        "cnn14",
        _HALF,
    ),
    # of this one only the MD5 is known to us; it tells damage, not malice (weights are read as data, never run)
    Checkpoint("cnn6", "Cnn6_mAP=0.343.pth", "md5", "e25e26b84585b14c7754c91e48efc9be", "cnn6", _FULL),
    Checkpoint("mobilenet-v2", "MobileNetV2_mAP=0.383.pth", "sha256", "", "mobilenet-v2", _FULL),
)
"""In the order in which a folder is searched for them."""


def checkpoint(name: str) -> Checkpoint:
    """A checkpoint by name. Raises ValueError that names all."""
    for one in CHECKPOINTS:
        if one.name == name:
            return one
    raise ValueError(f"There is no PANN called {name!r}; there are {', '.join(one.name for one in CHECKPOINTS)}.")
