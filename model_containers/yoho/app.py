"""YOHO as a served model: features → network → decode, and training on what a lab has labeled."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_containers.serving.dataset import Dataset, Example
from model_containers.serving.last_sound import LastSound
from model_containers.serving.model import Answer, Embedding, Information, Options, Samples
from model_containers.serving.processors import available_processors
from model_containers.serving.run import Cancelled, Run
from model_containers.yoho import decode, features
from model_containers.yoho.targets import encode

if TYPE_CHECKING:
    from model_containers.yoho.learning import Windows
    from model_containers.yoho.weights import Loaded

LABELS = ("speech", "music")
THRESHOLD = 0.5
_BATCH = 8


class YohoModel:
    """Speech and music, or whatever it was trained on, with onset and offset.

    Weights are read from `weights`; what is learned here is kept in `data`, and read from there.
    """

    def __init__(self, weights: Path, data: Path) -> None:
        self._weights = weights
        self._data: Path | None = data
        self._loaded: Loaded | None = None
        self._last: LastSound[decode.Answers] = LastSound()
        self.information = Information(
            name="yoho",
            version="0",
            labels=LABELS,
            sample_rate=features.SAMPLE_RATE,
            description="Speech and music with their onsets and offsets (Venkatesh et al., 2022).",
            license="MIT",
        )

    def load(self) -> None:
        """Read the newest weights: what was learned here, else what was put into the folder of weights.

        Raises FileNotFoundError that says where to get them.
        """
        import torch

        from model_containers.yoho import weights

        torch.set_num_threads(available_processors())
        folders = [folder for folder in (self._data, self._weights) if folder is not None]
        found = next((file for folder in folders if (file := folder / weights.FILE).exists()), None)
        if found is None:
            raise FileNotFoundError(f"{weights.FILE} is not in {self._weights}: {weights.HOW}")
        self._use(weights.load(found))

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Events of mono samples at 16 kHz; another threshold for the same costs nothing."""
        loaded = self._ready()
        threshold = THRESHOLD if options.threshold is None else options.threshold
        answers = self._last.of(
            samples, lambda: np.concatenate([self._answers(batch) for batch in features.windows(samples, _BATCH)])
        )
        duration = len(samples) / features.SAMPLE_RATE
        return Answer(regions=decode.events(answers, loaded.labels, threshold, duration, loaded.smoothing))

    def embed(self, samples: Samples) -> Embedding:
        """256 features before the output, one vector a window (every 6 s), the mean over its bins."""
        import torch

        with torch.inference_mode():
            parts = [
                self._ready().network.features(torch.from_numpy(batch)).mean(1).numpy()
                for batch in features.windows(samples, _BATCH)
            ]
        return Embedding(seconds=features.HOP_SECONDS, vectors=np.concatenate(parts))

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        """Fine-tune on labeled recordings: the output only (`layers` is 0, the default) or everything (1).

        A label that the model knows begins with what it knows of it. The new version is used from then on. A cancelled
        run keeps its best epoch, one that goes on after a crash continues after its last.
        """
        from model_containers.yoho import weights
        from model_containers.yoho.learning import Course, teach

        labels = dataset.labels or self._ready().labels
        network = _widened(self._ready(), labels)
        epochs = int(parameters.get("epochs", 20))
        course = Course(
            epochs=epochs,
            learning_rate=float(parameters.get("learning_rate", 1e-3)),
            batch=int(parameters.get("batch", 16)),
            seed=int(parameters.get("seed", 0)),
            head_only=not int(parameters.get("layers", 0)),
            patience=int(parameters.get("patience", 0)),
        )
        held_out = dataset.part("validation")
        validation = _windows(held_out, labels, run) if held_out else None

        def report(epoch: int, figures: Mapping[str, float]) -> None:
            losses = [row.get("validation_loss") for row in [*run.rows[: epoch - 1], figures]]
            known = [value for value in losses if value is not None]
            run.best = 1 + losses.index(min(known)) if known else epoch
            run.epoch(epoch, of=epochs, **figures)

        train = _windows(dataset.part("train"), labels, run)
        # what was learned before a cancellation is worth keeping
        with contextlib.suppress(Cancelled):
            teach(network, train, validation, course, report, labels, run.folder / "checkpoint.pt")
        weights.save(run.weights, network, labels, run.name)
        self.use(run.weights, run.name)
        return run.name

    def use(self, weights: Path, version: str) -> None:
        """Predict with the weights of a file. Raises ValueError when they are not YOHO's."""
        from model_containers.yoho.weights import FILE, load, save

        loaded = replace(load(weights), version=version)
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            save(self._data / FILE, loaded.network, loaded.labels, version)
        self._use(loaded)

    def apart(self) -> YohoModel:
        """Another that shares the network: what it is given or learns changes nothing here, and is kept nowhere."""
        other = copy.copy(self)
        other._data, other._last = None, LastSound()
        return other

    def _answers(self, batch: features.Features) -> decode.Answers:
        import torch

        with torch.inference_mode():
            return self._ready().network(torch.from_numpy(batch)).numpy()

    def _use(self, loaded: Loaded) -> None:
        self._loaded, self._last = loaded, LastSound()
        self.information = replace(self.information, version=loaded.version, labels=loaded.labels)

    def _ready(self) -> Loaded:
        if self._loaded is None:
            raise RuntimeError("the weights are not loaded")
        return self._loaded


def _windows(examples: tuple[Example, ...], labels: tuple[str, ...], run: Run) -> Windows:
    """Every window of every example, with its targets."""
    from model_containers.yoho.learning import Windows

    spectrograms, targets = [], []
    for number, example in enumerate(examples, 1):
        run.tell(f"Hearing example {number} of {len(examples)}")
        samples = example.samples(features.SAMPLE_RATE)
        for start in features.window_starts(len(samples) / features.SAMPLE_RATE):
            spectrograms.append(features.log_mel(features.window_at(samples, start)).astype(np.float16))
            targets.append(encode(example.regions, labels, start))
    return Windows(np.stack(spectrograms), np.stack(targets))


def _widened(loaded: Loaded, labels: tuple[str, ...]) -> Any:
    """A copy of the network for other labels: the body as it is, and the output of each label that it knows."""
    import torch

    from model_containers.yoho.network import Yoho

    network = Yoho(len(labels))
    network.body.load_state_dict(loaded.network.body.state_dict())
    known = {label: place for place, label in enumerate(loaded.labels)}
    with torch.no_grad():
        for place, label in enumerate(labels):
            if label in known:
                ours, theirs = slice(3 * place, 3 * place + 3), slice(3 * known[label], 3 * known[label] + 3)
                network.output.weight[ours] = loaded.network.output.weight[theirs]
                network.output.bias[ours] = loaded.network.output.bias[theirs]
    return network
