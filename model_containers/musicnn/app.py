"""musicnn as a served model: features → network → decode, and an output layer taught on what a lab has labeled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from model_containers.musicnn import decode, features, weights
from model_containers.musicnn.labels import LABELS
from model_containers.serving import head_files
from model_containers.serving.dataset import Dataset, Example
from model_containers.serving.head import Course, Head, begun, teach
from model_containers.serving.head_lessons import Heard, lessons
from model_containers.serving.last_sound import LastSound
from model_containers.serving.model import Answer, Embedding, Information, Options, Samples
from model_containers.serving.processors import available_processors
from model_containers.serving.targets import of_clips
from model_containers.serving.training import Run

if TYPE_CHECKING:
    from model_containers.musicnn.network import Musicnn

VERSION = "0.1.0"
HEAD_FILE = "head.safetensors"
_BATCH = 16
_Vectors = npt.NDArray[np.float32]


class MusicnnModel:
    """Tags of music, for the clip and over time. `variant` is MTT or MSD; weights are read from `folder`.

    An output layer that was taught or given is kept in `data` (none: nowhere), and used from there.
    """

    def __init__(self, folder: Path, variant: str = "MTT", data: Path | None = None) -> None:
        if variant not in LABELS:
            raise ValueError(f"There is no musicnn trained on {variant!r}; the variants are {', '.join(LABELS)}.")
        self._path = folder / weights.file_name(variant)
        self._data, self._published = data, LABELS[variant]
        self._variant = f"musicnn-{variant.lower()}"
        self._network: tuple[Musicnn, tuple[str, ...]] | None = None
        self._last: LastSound[_Vectors] = LastSound()
        self.information = Information(
            name="musicnn",
            version=f"{VERSION}-{variant.lower()}",
            labels=self._published,
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
        labels = self._published
        network = Musicnn(len(labels))
        # the number of batches seen is a counter of training that the published weights do not have
        missing, unexpected = network.load_state_dict(load_file(self._path), strict=False)
        if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
            raise ValueError(f"{self._path.name} does not hold the weights of musicnn")
        self._network = network.eval(), labels
        if self._data is not None and (kept := self._data / HEAD_FILE).exists():
            self._put(*head_files.load(kept, self._variant, network.output.in_features))

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Tags and segments of mono samples at 16 kHz."""
        import torch

        threshold = decode.THRESHOLD if options.threshold is None else options.threshold
        network, labels = self._loaded()
        vectors = self._vectors(samples)
        with torch.inference_mode():
            probabilities = network.tags(torch.from_numpy(vectors)).numpy()
        duration = len(samples) / features.SAMPLE_RATE
        return Answer(
            regions=decode.segments(probabilities, labels, threshold, duration),
            tags=decode.clip_tags(probabilities, labels, threshold, options.top_k, duration),
        )

    def embed(self, samples: Samples) -> Embedding:
        """The 200 features before the output layer, one vector every 2.992 s."""
        return Embedding(seconds=features.PATCH_SECONDS, vectors=self._vectors(samples))

    def answers(self, patches: features.Features) -> tuple[decode.Probabilities, _Vectors]:
        """Probabilities (patches, 50) of feature patches (patches, 187, 96), and the vectors (patches, 200) before."""
        import torch

        network = self._loaded()[0]
        with torch.inference_mode():
            vectors = network.embed(torch.from_numpy(patches))
            return network.tags(vectors).numpy(), vectors.numpy()

    def _vectors(self, samples: Samples) -> _Vectors:
        """The features of a whole sound; of the last one they are known already, also when the output layer is new."""
        return self._last.of(
            samples,
            lambda: np.concatenate([self.answers(batch)[1] for batch in features.patches(samples, _BATCH)]),
        )

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        """Teach an output layer for the labels of the dataset on the 200 features before it, which stay as they are.

        A label that the model knows begins with what it knows of it.
        """
        network, known = self._loaded()
        labels = dataset.labels or known
        output = network.output
        present = Head(output.weight.detach().numpy(), output.bias.detach().numpy())

        def hear(example: Example) -> Iterator[Heard]:
            samples = example.samples(features.SAMPLE_RATE)
            vectors = self.embed(samples).vectors
            duration, seconds = len(samples) / features.SAMPLE_RATE, features.PATCH_SECONDS
            # the last patch ends with the sound
            ends = [min((place + 1) * seconds, max(duration, seconds)) for place in range(len(vectors))]
            yield vectors, *of_clips(example, [(max(0.0, end - seconds), end) for end in ends], labels)

        taught, held_out = lessons(dataset, run, hear)
        head = teach(begun(labels, known, present), taught, held_out, labels, Course.of(parameters), run)
        head_files.save(run.weights, head, labels, run.name, self._variant)
        self.use(run.weights, run.name)
        return run.name

    def use(self, weights: Path, version: str) -> None:
        """Put in the output layer of a file. Raises ValueError when it is of something else."""
        head, labels, _ = head_files.load(weights, self._variant, self._loaded()[0].output.in_features)
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            head_files.save(self._data / HEAD_FILE, head, labels, version, self._variant)
        self._put(head, labels, version)

    def _put(self, head: Head, labels: tuple[str, ...], version: str) -> None:
        from model_containers.serving.torch_head import with_head

        self._network = with_head(self._loaded()[0], "output", head), labels
        self.information = replace(self.information, version=version, labels=labels)

    def _loaded(self) -> tuple[Musicnn, tuple[str, ...]]:
        if self._network is None:
            raise RuntimeError("the weights are not loaded")
        return self._network
