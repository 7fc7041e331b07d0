"""A model that starts in a moment: energies of bands, and an output layer that learns as those of musicnn and PANNs do.

Served as a process of its own, as every model; without PyTorch, which takes seconds to import.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from model_containers.musicnn import decode
from model_containers.musicnn.features import PATCH_SECONDS
from model_containers.serving import Answer, Dataset, Information, Options, Run, head_files, serve
from model_containers.serving.dataset import Example
from model_containers.serving.head import Course, Floats, Head, begun, teach
from model_containers.serving.head_lessons import Heard, lessons
from model_containers.serving.targets import of_clips

KIND, VERSION, LABELS = "quick", "0.1.0-mtt", ("guitar", "classical")
FILE = "head.safetensors"
RATE, DIMENSIONS = 16_000, 40
_PATCH = round(PATCH_SECONDS * RATE)


class QuickPupil:
    """Hears which bands are loud; knows nothing before it is taught, unless there is a head in `weights`."""

    def __init__(self, weights: Path, data: Path | None) -> None:
        self._weights, self._data = weights, data
        self._head = Head(np.zeros((len(LABELS), DIMENSIONS), np.float32), np.array([-1.0, -2.0], np.float32))
        self.information = Information(name="pupil", version=VERSION, labels=LABELS, sample_rate=RATE)

    def load(self) -> None:
        for folder in (self._weights, self._data):
            if folder is not None and (kept := folder / FILE).exists():
                self._put(*head_files.load(kept, KIND, DIMENSIONS))

    def predict(self, samples: Any, options: Options) -> Answer:
        threshold = decode.THRESHOLD if options.threshold is None else options.threshold
        probabilities, labels = self._head.probabilities(_vectors(samples)), self.information.labels
        duration = len(samples) / RATE
        return Answer(
            regions=decode.segments(probabilities, labels, threshold, duration),
            tags=decode.clip_tags(probabilities, labels, threshold, options.top_k, duration),
        )

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        labels = dataset.labels
        heard, held_out = lessons(dataset, run, lambda example: _lesson(example, labels))
        head = begun(labels, self.information.labels, self._head)
        head = teach(head, heard, held_out, labels, Course.of(parameters), run)
        head_files.save(run.weights, head, labels, run.name, KIND)
        self.use(run.weights, run.name)
        return run.name

    def use(self, weights: Path, version: str) -> None:
        head, labels, _ = head_files.load(weights, KIND, DIMENSIONS)
        if self._data is not None:
            head_files.save(self._data / FILE, head, labels, version, KIND)
        self._put(head, labels, version)

    def apart(self) -> QuickPupil:
        other = copy(self)
        other._data = None
        return other

    def _put(self, head: Head, labels: tuple[str, ...], version: str) -> None:
        self._head = head
        self.information = replace(self.information, version=version, labels=labels)


def _vectors(samples: Any) -> Floats:
    """How loud bands of equal width on a logarithmic scale are, patch by patch; the last one is filled with silence."""
    count = max(1, -(-len(samples) // _PATCH))
    patches = np.pad(samples, (0, count * _PATCH - len(samples))).reshape(count, _PATCH)
    power = np.square(np.abs(np.fft.rfft(patches)))
    edges = np.geomspace(20, power.shape[1] - 1, DIMENSIONS + 1).astype(int)
    bands = [power[:, low : max(high, low + 1)].mean(axis=1) for low, high in itertools.pairwise(edges)]
    return (np.log1p(np.stack(bands, axis=1)) / 10).astype(np.float32)


def _lesson(example: Example, labels: tuple[str, ...]) -> Iterator[Heard]:
    vectors = _vectors(example.samples(RATE))
    spans = [
        (place * PATCH_SECONDS, min((place + 1) * PATCH_SECONDS, example.duration)) for place in range(len(vectors))
    ]  # fmt: skip
    yield vectors, *of_clips(example, spans, labels)


def main() -> None:
    data = Path(os.environ["LABELBUDDY_DATA"])
    serve(QuickPupil(Path(os.environ.get("LABELBUDDY_WEIGHTS", str(data))), data))
