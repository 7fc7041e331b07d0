"""All of musicnn taught, not its output alone: on generated tones, with a network at random."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from model_containers.musicnn import learning, network, tuned
from model_containers.musicnn.app import TAUGHT_FILE, MusicnnModel
from model_containers.musicnn.network import Musicnn
from model_containers.serving import Cancelled, Dataset, Options, Run
from model_containers.serving.dataset import Example
from model_containers.serving.head import Course, Lessons

RATE = 16_000
LABELS = ("low", "high")
SECONDS = 2.9


class Tone(Example):
    """A low or a high tone; no file, the samples are made when they are asked for."""

    def samples(self, sample_rate: int) -> Any:
        times = np.arange(round(SECONDS * sample_rate)) / sample_rate
        pitch = (200.0 if "low" in self.tags else 3000.0) * (1.0 + int(self.audio.name) / 40)
        return (0.3 * np.sin(2 * np.pi * pitch * times)).astype(np.float32)


def tones(train: int = 2, validation: int = 1) -> Dataset:
    splits = ["train"] * train + ["validation"] * validation
    return Dataset(
        LABELS,
        tuple(
            Tone(Path(str(number)), SECONDS, split, (), (LABELS[number % 2],))  # type: ignore[arg-type]
            for number, split in enumerate(splits)
        ),
    )


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A musicnn with few filters: an epoch takes a moment."""
    monkeypatch.setattr(network, "_TIMBRAL", 12)
    monkeypatch.setattr(network, "_TEMPORAL", 4)


@pytest.fixture
def model(tmp_path: Path) -> MusicnnModel:
    torch.manual_seed(0)
    save_file(Musicnn(50).state_dict(), tmp_path / "musicnn-mtt.safetensors")
    made = MusicnnModel(tmp_path, "MTT", tmp_path / "data")
    made.load()
    return made


def a_run(folder: Path, name: str = "whole") -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    return Run(folder, {}, name)


WHOLE = {"epochs": 2, "learning_rate": 0.02, "batch": 1, "layers": 1}


def dense_of(model: MusicnnModel) -> torch.Tensor:
    return model._loaded()[0].dense.weight


def test_the_whole_network_learns_and_is_kept_as_a_whole(model: MusicnnModel, tmp_path: Path) -> None:
    published = dense_of(model).clone()
    run = a_run(tmp_path / "run")
    assert model.train(tones(), WHOLE, run) == "whole"
    assert [row["epoch"] for row in run.rows] == [1, 2]
    assert run.rows[-1]["loss"] < run.rows[0]["loss"]
    assert {"validation_loss", "accuracy", "f1/low", "validation_accuracy"} <= set(run.rows[-1])
    assert not torch.equal(dense_of(model), published)
    assert tuned.is_whole(run.weights)
    said = model.predict(tones().examples[0].samples(RATE), Options(threshold=0.0))
    again = MusicnnModel(tmp_path, "MTT", tmp_path / "data")
    again.load()
    assert (again.information.version, again.information.labels) == ("whole", LABELS)
    assert again.predict(tones().examples[0].samples(RATE), Options(threshold=0.0)) == said


def test_an_output_taught_on_a_taught_network_takes_the_network_with_it(model: MusicnnModel, tmp_path: Path) -> None:
    model.train(tones(), {**WHOLE, "epochs": 1}, a_run(tmp_path / "first"))
    taught = dense_of(model).clone()
    second = a_run(tmp_path / "second", "second")
    model.train(tones(), {"epochs": 2, "layers": 0}, second)
    assert torch.equal(dense_of(model), taught)
    assert tuned.is_whole(second.weights)


def test_an_output_alone_is_put_on_the_published_network(model: MusicnnModel, tmp_path: Path) -> None:
    published = dense_of(model).clone()
    head = a_run(tmp_path / "head", "head")
    model.train(tones(), {"epochs": 2}, head)
    assert not tuned.is_whole(head.weights)
    model.train(tones(), {**WHOLE, "epochs": 1}, a_run(tmp_path / "whole"))
    model.use(head.weights, "head")
    assert torch.equal(dense_of(model), published)
    assert not tuned.is_whole(tmp_path / "data" / TAUGHT_FILE)


def test_a_network_of_another_variant_is_refused(model: MusicnnModel, tmp_path: Path) -> None:
    tuned.save(tmp_path / "other", Musicnn(2), LABELS, "x", "musicnn-msd")
    with pytest.raises(ValueError, match="of 'musicnn-msd', not of 'musicnn-mtt'"):
        model.use(tmp_path / "other", "x")


def patches(count: int, seed: int) -> Lessons:
    random = np.random.default_rng(seed)
    targets = (random.random((count, 2)) < 0.5).astype(np.float32)
    vectors = random.random((count, 187, 96), np.float32) + targets[:, :1, None]
    return Lessons(vectors, targets, np.ones_like(targets))


def a_network() -> Musicnn:
    torch.manual_seed(1)
    return Musicnn(2).eval()


COURSE = Course(epochs=2, learning_rate=0.01, batch=2)


class Stopping(Run):
    by: type[Exception] = MemoryError

    def epoch(self, number: int, of: int, **figures: float) -> None:
        super().epoch(number, of, **figures)
        if number == 1:
            raise self.by


def test_a_run_that_goes_on_after_a_crash_ends_as_one_that_never_stopped(tmp_path: Path) -> None:
    whole, broken = a_network(), a_network()
    learning.teach(whole, patches(2, 1), patches(1, 2), LABELS, COURSE, a_run(tmp_path / "whole"))
    (tmp_path / "broken").mkdir()
    with pytest.raises(MemoryError):
        learning.teach(broken, patches(2, 1), patches(1, 2), LABELS, COURSE, Stopping(tmp_path / "broken", {}))
    again = Run.restored(tmp_path / "broken")
    learning.teach(broken, patches(2, 1), patches(1, 2), LABELS, COURSE, again)
    assert len(again.rows) == 2
    assert all(torch.equal(one, other) for one, other in zip(whole.parameters(), broken.parameters(), strict=True))


def test_a_cancelled_run_ends_with_its_best_epoch(tmp_path: Path) -> None:
    class Cancelling(Stopping):
        by = Cancelled

    (tmp_path / "run").mkdir()
    run, cancelled = Cancelling(tmp_path / "run", {}), a_network()
    learning.teach(cancelled, patches(2, 1), None, LABELS, COURSE, run)
    one = a_network()
    learning.teach(one, patches(2, 1), None, LABELS, Course(1, 0.01, 2), a_run(tmp_path / "one"))
    assert run.best == 1
    assert all(torch.equal(a, b) for a, b in zip(cancelled.parameters(), one.parameters(), strict=True))
