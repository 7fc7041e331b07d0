"""PANNs as a served model: features → network → decode, and an output layer taught on what a lab has labeled."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from model_containers.panns import decode, features
from model_containers.panns.checkpoints import CHECKPOINTS, LICENSE, Checkpoint, checkpoint
from model_containers.panns.labels import LABELS
from model_containers.serving import head_files
from model_containers.serving.dataset import Dataset, Example
from model_containers.serving.head import Course, Head, begun, teach
from model_containers.serving.head_lessons import Heard, lessons
from model_containers.serving.last_sound import LastSound
from model_containers.serving.model import Answer, Embedding, Information, Options, Samples
from model_containers.serving.processors import available_processors
from model_containers.serving.run import Run
from model_containers.serving.targets import marked, of_clips, of_moments

if TYPE_CHECKING:
    from torch import Tensor

    from model_containers.panns.network import Pann

VERSION = "0.1.0"
HEAD_FILE = "head.safetensors"


class PannsModel:
    """AudioSet's sounds, for the clip and over time. `variant` names a checkpoint; "" takes the first in `folder`.

    An output layer that was taught or given is kept in `data` (none: nowhere), and used from there.
    """

    def __init__(self, folder: Path, variant: str = "", data: Path | None = None) -> None:
        self._folder, self._data = folder, data
        self.checkpoint = checkpoint(variant) if variant else _found(folder)
        self._network: tuple[Pann, tuple[str, ...]] | None = None
        self._vectors: LastSound[npt.NDArray[np.float32]] = LastSound()
        self._probabilities: LastSound[tuple[decode.Probabilities, decode.Probabilities]] = LastSound()
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
        self._network = load(path, build(self.checkpoint.architecture)), LABELS
        if self._data is not None and (kept := self._data / HEAD_FILE).exists():
            self._put(*head_files.load(kept, self._kind, self._dimensions))

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Tags and events of mono samples at the checkpoint's rate; another threshold for the same costs nothing."""
        threshold = decode.THRESHOLD if options.threshold is None else options.threshold
        clips, moments = self._probabilities.of(samples, lambda: self._heard_in(samples))
        labels = self._loaded()[1]
        duration = len(samples) / self.information.sample_rate
        return Answer(
            regions=decode.events(moments, labels, threshold, duration),
            tags=decode.clip_tags(clips, labels, threshold, options.top_k),
        )

    def _heard_in(self, samples: Samples) -> tuple[decode.Probabilities, decode.Probabilities]:
        """Probabilities of labels in windows, and over time."""
        import torch

        network = self._loaded()[0]
        clips, vectors, windows = [], [], []
        with torch.inference_mode():
            for mapped in self._maps(samples):
                clip, vector = network.clip(mapped)
                clips.append(clip[0].numpy())
                vectors.append(vector[0].numpy())
                windows.append(network.segments(mapped)[0].numpy())
        self._vectors.of(samples, lambda: np.stack(vectors))
        return np.stack(clips), decode.joined(windows)

    def embed(self, samples: Samples) -> Embedding:
        """The features before the output layer (2048; of Cnn6 512), one vector every 8.32 s."""
        import torch

        def compute() -> npt.NDArray[np.float32]:
            with torch.inference_mode():
                return np.stack([self._loaded()[0].clip(mapped)[1][0].numpy() for mapped in self._maps(samples)])

        vectors = self._vectors.of(samples, compute)
        return Embedding(seconds=features.HOP_SEGMENTS * features.SEGMENT_SECONDS, vectors=vectors)

    def _maps(self, samples: Samples) -> Iterator[Tensor]:
        """What the convolutions make of every window."""
        import torch

        front = self.checkpoint.front
        for start in features.window_starts(len(samples), front):
            spectrogram = features.log_mel(features.window_at(samples, start, front), front)
            yield self._loaded()[0].map(torch.from_numpy(spectrogram[None]))

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        """Teach an output layer for the labels of the dataset on the features before it, which stay as they are.

        Tags are learned from whole windows, what is marked in time also from its segments of 0.32 s. A label that the
        model knows begins with what it knows of it.
        """
        network, known = self._loaded()
        labels, in_time = dataset.labels or known, marked(dataset)
        output = network.fc_audioset
        present = Head(output.weight.detach().numpy(), output.bias.detach().numpy())
        taught, held_out = lessons(dataset, run, lambda example: self._heard(example, labels, in_time))
        head = teach(begun(labels, known, present), taught, held_out, labels, Course.of(parameters), run)
        head_files.save(run.weights, head, labels, run.name, self._kind)
        self.use(run.weights, run.name)
        return run.name

    def use(self, weights: Path, version: str) -> None:
        """Put in the output layer of a file. Raises ValueError when it is of something else."""
        head, labels, _ = head_files.load(weights, self._kind, self._dimensions)
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            head_files.save(self._data / HEAD_FILE, head, labels, version, self._kind)
        self._put(head, labels, version)

    def apart(self) -> PannsModel:
        """Another that shares the network: what it is given or learns changes nothing here, and is kept nowhere."""
        other = copy.copy(self)
        other._data, other._vectors, other._probabilities = None, LastSound(), LastSound()
        return other

    def _heard(self, example: Example, labels: tuple[str, ...], in_time: frozenset[str]) -> Iterator[Heard]:
        """What the output layer sees of every window, as a clip and segment by segment."""
        import torch

        network = self._loaded()[0]
        samples = example.samples(self.information.sample_rate)
        duration = len(samples) / self.information.sample_rate
        with torch.inference_mode():
            for number, mapped in enumerate(self._maps(samples)):
                start = number * features.HOP_SEGMENTS * features.SEGMENT_SECONDS
                end = min(start + features.WINDOW_SEGMENTS * features.SEGMENT_SECONDS, max(duration, start + 0.1))
                yield network.clip(mapped)[1].numpy(), *of_clips(example, [(start, end)], labels)
                if in_time:
                    segments = network.moments(mapped)[0].numpy()
                    edges = start + features.SEGMENT_SECONDS * np.arange(len(segments) + 1)
                    spans = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
                    yield segments, *of_moments(example, spans, labels, in_time)

    def _put(self, head: Head, labels: tuple[str, ...], version: str) -> None:
        from model_containers.serving.torch_head import with_head

        self._network = with_head(self._loaded()[0], "fc_audioset", head), labels
        self._probabilities = LastSound()
        self.information = replace(self.information, version=version, labels=labels)

    @property
    def _kind(self) -> str:
        return f"panns-{self.checkpoint.name}"

    @property
    def _dimensions(self) -> int:
        return self._loaded()[0].fc_audioset.in_features

    def _loaded(self) -> tuple[Pann, tuple[str, ...]]:
        if self._network is None:
            raise RuntimeError("the weights are not loaded")
        return self._network


def _found(folder: Path) -> Checkpoint:
    """The first checkpoint that lies in a folder; the first of all where none does."""
    return next((one for one in CHECKPOINTS if (folder / one.file).exists()), CHECKPOINTS[0])
