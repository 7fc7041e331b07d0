"""musicnn as a served model: features → network → decode; its output, or all of it, is taught on what a lab labeled."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
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
from model_containers.serving.run import Run
from model_containers.serving.targets import of_clips

if TYPE_CHECKING:
    from model_containers.musicnn.network import Musicnn

VERSION = "0.1.0"
TAUGHT_FILE = "taught.safetensors"
_BATCH = 16
_Vectors = npt.NDArray[np.float32]


class MusicnnModel:
    """Tags of music, for the clip and over time. `variant` is MTT or MSD; weights are read from `folder`.

    What was taught or given is kept in `data` (none: nowhere), and used from there: an output layer, or all of it.
    """

    def __init__(self, folder: Path, variant: str = "MTT", data: Path | None = None) -> None:
        if variant not in LABELS:
            raise ValueError(f"There is no musicnn trained on {variant!r}; the variants are {', '.join(LABELS)}.")
        self._path = folder / weights.file_name(variant)
        self._data, self._published = data, LABELS[variant]
        self._variant = f"musicnn-{variant.lower()}"
        self._network: tuple[Musicnn, tuple[str, ...]] | None = None
        self._original: Musicnn | None = None
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
        self._network, self._original = (network.eval(), labels), network
        if self._data is not None and (kept := self._data / TAUGHT_FILE).exists():
            self._put(*self._read(kept))

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
        """The features of a whole sound; of the last one they are known already."""
        return self._last.of(
            samples,
            lambda: np.concatenate([self.answers(batch)[1] for batch in features.patches(samples, _BATCH)]),
        )

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        """Teach an output layer for the labels of the dataset on the 200 features before it, which stay as they are
        (`layers` is 0, the default), or the whole network (1).

        A label that the model knows begins with what it knows of it.
        """
        network, known = self._loaded()
        labels = dataset.labels or known
        output = network.output
        head = begun(labels, known, Head(output.weight.detach().numpy(), output.bias.detach().numpy()))
        course = Course.of(parameters)
        if int(parameters.get("layers", 0)):
            taught = self._taught_whole(head, dataset, labels, course, run)
        else:
            heard, held_out = lessons(dataset, run, lambda example: self._lesson(example, labels, self._features))
            head = teach(head, heard, held_out, labels, course, run)
            taught = self._with(network, head)
        self._save(run.weights, taught, labels, run.name)
        self.use(run.weights, run.name)
        return run.name

    def use(self, weights: Path, version: str) -> None:
        """Put in what a file holds, an output layer or a whole network. Raises ValueError when it is something else."""
        network, labels, _ = self._read(weights)
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            self._save(self._data / TAUGHT_FILE, network, labels, version)
        self._put(network, labels, version)

    def apart(self) -> MusicnnModel:
        """Another that shares the network: what it is given or learns changes nothing here, and is kept nowhere."""
        other = copy.copy(self)
        other._data, other._last = None, LastSound()
        return other

    def _taught_whole(
        self, head: Head, dataset: Dataset, labels: tuple[str, ...], course: Course, run: Run
    ) -> Musicnn:  # fmt: skip
        from model_containers.musicnn import learning

        def all_patches(samples: Samples) -> features.Features:
            return np.concatenate(list(features.patches(samples, _BATCH)))

        heard, held_out = lessons(dataset, run, lambda example: self._lesson(example, labels, all_patches))
        network = copy.deepcopy(self._with(self._loaded()[0], head))
        learning.teach(network, heard, held_out, labels, course, run)
        return network

    def _features(self, samples: Samples) -> _Vectors:
        return self.embed(samples).vectors

    def _lesson(
        self, example: Example, labels: tuple[str, ...], hear: Callable[[Samples], features.Features]
    ) -> Iterator[Heard]:
        """What is heard of each patch of an example, and what is true of it."""
        samples = example.samples(features.SAMPLE_RATE)
        heard = hear(samples)
        duration, seconds = len(samples) / features.SAMPLE_RATE, features.PATCH_SECONDS
        # the last patch ends with the sound
        ends = [min((place + 1) * seconds, max(duration, seconds)) for place in range(len(heard))]
        yield heard, *of_clips(example, [(max(0.0, end - seconds), end) for end in ends], labels)

    def _save(self, path: Path, network: Musicnn, labels: tuple[str, ...], version: str) -> None:
        """The output layer alone where the rest is as it was published, else everything."""
        from model_containers.musicnn import tuned

        if network.dense is self._published_network().dense:
            output = network.output
            head = Head(output.weight.detach().numpy(), output.bias.detach().numpy())
            head_files.save(path, head, labels, version, self._variant)
        else:
            tuned.save(path, network, labels, version, self._variant)

    def _read(self, path: Path) -> tuple[Musicnn, tuple[str, ...], str]:
        """The network that a file makes. Raises ValueError."""
        from model_containers.musicnn import tuned

        if tuned.is_whole(path):
            return tuned.load(path, self._variant)
        original = self._published_network()
        head, labels, version = head_files.load(path, self._variant, original.output.in_features)
        return self._with(original, head), labels, version

    def _with(self, network: Musicnn, head: Head) -> Musicnn:
        from model_containers.serving.torch_head import with_head

        return with_head(network, "output", head)

    def _put(self, network: Musicnn, labels: tuple[str, ...], version: str) -> None:
        self._network, self._last = (network, labels), LastSound()
        self.information = replace(self.information, version=version, labels=labels)

    def _published_network(self) -> Musicnn:
        if self._original is None:
            raise RuntimeError("the weights are not loaded")
        return self._original

    def _loaded(self) -> tuple[Musicnn, tuple[str, ...]]:
        if self._network is None:
            raise RuntimeError("the weights are not loaded")
        return self._network
