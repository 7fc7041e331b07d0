"""musicnn as a served model: features → network → decode."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from model_containers.musicnn import decode, features, weights
from model_containers.musicnn.labels import LABELS
from model_containers.serving.last_sound import LastSound
from model_containers.serving.model import Answer, Embedding, Information, Options, Samples
from model_containers.serving.processors import available_processors

if TYPE_CHECKING:
    from model_containers.musicnn.network import Musicnn

VERSION = "0.1.0"
_BATCH = 16
_Heard = tuple[decode.Probabilities, npt.NDArray[np.float32]]


class MusicnnModel:
    """Tags of music, for the clip and over time. `variant` is MTT or MSD; weights are read from `folder`."""

    def __init__(self, folder: Path, variant: str = "MTT") -> None:
        if variant not in LABELS:
            raise ValueError(f"There is no musicnn trained on {variant!r}; the variants are {', '.join(LABELS)}.")
        self._path = folder / weights.file_name(variant)
        self._labels = LABELS[variant]
        self._network: Musicnn | None = None
        self._last: LastSound[_Heard] = LastSound()
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
        # PyTorch takes seconds to import: here, so that the server answers /health meanwhile
        import torch
        from safetensors.torch import load_file

        from model_containers.musicnn.network import Musicnn

        torch.set_num_threads(available_processors())
        network = Musicnn(len(self._labels))
        # the number of batches seen is a counter of training that the published weights do not have
        missing, unexpected = network.load_state_dict(load_file(self._path), strict=False)
        if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
            raise ValueError(f"{self._path.name} does not hold the weights of musicnn")
        self._network = network.eval()

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Tags and segments of mono samples at 16 kHz."""
        threshold = decode.THRESHOLD if options.threshold is None else options.threshold
        probabilities, _ = self._heard(samples)
        duration = len(samples) / features.SAMPLE_RATE
        return Answer(
            regions=decode.segments(probabilities, self._labels, threshold, duration),
            tags=decode.clip_tags(probabilities, self._labels, threshold, options.top_k, duration),
        )

    def embed(self, samples: Samples) -> Embedding:
        """The 200 features before the output layer, one vector every 2.992 s."""
        _, vectors = self._heard(samples)
        return Embedding(seconds=features.PATCH_SECONDS, vectors=vectors)

    def answers(self, patches: features.Features) -> _Heard:
        """Probabilities (patches, 50) of feature patches (patches, 187, 96), and the vectors (patches, 200) before."""
        import torch

        network = self._loaded()
        with torch.inference_mode():
            vectors = network.embed(torch.from_numpy(patches))
            return network.tags(vectors).numpy(), vectors.numpy()

    def _heard(self, samples: Samples) -> _Heard:
        """Probabilities and vectors of a whole sound; of the last one they are known already."""

        def compute() -> _Heard:
            probabilities, vectors = zip(*map(self.answers, features.patches(samples, _BATCH)), strict=True)
            return np.concatenate(probabilities), np.concatenate(vectors)

        return self._last.of(samples, compute)

    def _loaded(self) -> Musicnn:
        if self._network is None:
            raise RuntimeError("the weights are not loaded")
        return self._network
