"""musicnn as a served model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from model_containers.musicnn import decode, features, weights
from model_containers.musicnn.labels import LABELS
from model_containers.musicnn.network import Musicnn
from model_containers.serving.model import Answer, Information, Options, Samples

VERSION = "0.1.0"
_BATCH = 16


class MusicnnModel:
    """Tags of music, for the clip and over time. `variant` is MTT or MSD; weights are read from `folder`."""

    def __init__(self, folder: Path, variant: str = "MTT") -> None:
        self._path = folder / weights.file_name(variant)
        self._labels = LABELS[variant]
        self._network: Musicnn | None = None
        self.information = Information(
            name="musicnn",
            version=f"{VERSION}-{variant.lower()}",
            labels=self._labels,
            sample_rate=features.SAMPLE_RATE,
            description="Music tags of the clip and over time (3-second resolution).",
            license=weights.LICENSE,
        )

    def load(self) -> None:
        """Read the weights; raises FileNotFoundError saying how to get them."""
        if not self._path.exists():
            raise FileNotFoundError(
                f"{self._path.name} is missing; run `bin/run --fetch-models` with access to the package registry"
            )
        torch.set_num_threads(int(os.environ.get("LABELBUDDY_THREADS", os.cpu_count() or 1)))
        network = Musicnn(len(self._labels))
        network.load_state_dict(_state(self._path), strict=False)
        self._network = network.eval()

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Tags and segments of mono samples at 16 kHz."""
        threshold = decode.THRESHOLD if options.threshold is None else options.threshold
        probabilities = self.probabilities(features.patches(features.log_mel(samples)))
        duration = len(samples) / features.SAMPLE_RATE
        filled = np.clip(duration / features.PATCH_SECONDS - np.arange(len(probabilities)), 0.05, 1.0)
        return Answer(
            regions=decode.segments(probabilities, self._labels, threshold, duration),
            tags=decode.clip_tags(probabilities, self._labels, threshold, options.top_k, filled),
        )

    def probabilities(self, patches: features.Features) -> decode.Probabilities:
        """Probabilities (patches, 50) of feature patches (patches, 187, 96)."""
        assert self._network is not None
        parts = []
        with torch.inference_mode():
            for first in range(0, len(patches), _BATCH):
                parts.append(self._network(torch.from_numpy(patches[first : first + _BATCH])).numpy())
        return np.concatenate(parts)


def _state(path: Path) -> dict[str, Any]:
    return load_file(path)
