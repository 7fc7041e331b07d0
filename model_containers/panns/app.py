"""PANNs as a served model: features → network → decode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_containers.panns import decode, features
from model_containers.panns.checkpoints import CHECKPOINTS, LICENSE, Checkpoint, checkpoint
from model_containers.panns.labels import LABELS
from model_containers.serving.model import Answer, Embedding, Information, Options, Samples
from model_containers.serving.processors import available_processors

if TYPE_CHECKING:
    from torch import Tensor

    from model_containers.panns.network import Pann

VERSION = "0.1.0"


class PannsModel:
    """AudioSet's sounds, for the clip and over time. `variant` names a checkpoint; "" takes the first in `folder`."""

    def __init__(self, folder: Path, variant: str = "") -> None:
        self._folder = folder
        self.checkpoint = checkpoint(variant) if variant else _found(folder)
        self._network: Pann | None = None
        self.information = Information(
            name="panns",
            version=f"{VERSION}-{self.checkpoint.name}",
            labels=LABELS,
            sample_rate=self.checkpoint.front.sample_rate,
            description="527 kinds of sound of the clip and over time (Kong et al., 2020; trained on AudioSet).",
            license=LICENSE,
        )

    def load(self) -> None:
        """Read the weights; raises FileNotFoundError saying how to get them."""
        path = self._folder / self.checkpoint.file
        if not path.exists():
            raise FileNotFoundError(
                f"{path.name} is missing; get it with `python -m model_containers.panns.fetch {self.checkpoint.name} "
                f"--to {self._folder}` (docs/panns.md)"
            )
        # PyTorch takes seconds to import: here, so that the server answers /health meanwhile
        import torch

        from model_containers.panns.network import build
        from model_containers.panns.weights import load

        torch.set_num_threads(available_processors())
        self._network = load(path, build(self.checkpoint.architecture))

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Tags and events of mono samples at the checkpoint's rate."""
        import torch

        threshold = decode.THRESHOLD if options.threshold is None else options.threshold
        network = self._loaded()
        clips, windows = [], []
        with torch.inference_mode():
            for mapped in self._maps(samples):
                clips.append(network.clip(mapped)[0][0].numpy())
                windows.append(network.segments(mapped)[0].numpy())
        duration = len(samples) / self.information.sample_rate
        return Answer(
            regions=decode.events(decode.joined(windows), LABELS, threshold, duration),
            tags=decode.clip_tags(np.stack(clips), LABELS, threshold, options.top_k),
        )

    def embed(self, samples: Samples) -> Embedding:
        """The features before the output layer (2048; of Cnn6 512), one vector every 8.32 s."""
        import torch

        with torch.inference_mode():
            parts = [self._loaded().clip(mapped)[1][0].numpy() for mapped in self._maps(samples)]
        return Embedding(seconds=features.HOP_SEGMENTS * features.SEGMENT_SECONDS, vectors=np.stack(parts))

    def _maps(self, samples: Samples) -> Iterator[Tensor]:
        """What the convolutions make of every window."""
        import torch

        front = self.checkpoint.front
        for start in features.window_starts(len(samples), front):
            spectrogram = features.log_mel(features.window_at(samples, start, front), front)
            yield self._loaded().map(torch.from_numpy(spectrogram[None]))

    def _loaded(self) -> Pann:
        if self._network is None:
            raise RuntimeError("the weights are not loaded")
        return self._network


def _found(folder: Path) -> Checkpoint:
    """The first checkpoint that lies in a folder; the first of all where none does."""
    return next((one for one in CHECKPOINTS if (folder / one.file).exists()), CHECKPOINTS[0])
