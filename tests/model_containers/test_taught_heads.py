"""Output layers taught on features that stay as they are, of musicnn and PANNs: cancelled, continued, exchanged."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import save_file

from model_containers.musicnn.app import MusicnnModel
from model_containers.musicnn.network import Musicnn
from model_containers.panns import network
from model_containers.panns.app import PannsModel
from model_containers.serving import Cancelled, Dataset, Options, Run, Stretch
from model_containers.serving.dataset import Example, unpack
from model_containers.serving.head import Course, Head, Lessons, begun, teach
from model_containers.serving.targets import of_clips, of_moments

LABELS = ("low", "high")


def lessons(seed: int, count: int = 60) -> Lessons:
    """Two labels that a line tells apart."""
    random = np.random.default_rng(seed)
    vectors = random.normal(3.0, 2.0, (count, 4)).astype(np.float32)
    targets = np.stack([vectors[:, 0] > 3.0, vectors[:, 1] > 3.0], axis=1).astype(np.float32)
    return Lessons(vectors, targets, np.ones_like(targets))


def a_run(folder: Path, name: str = "v") -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    return Run(folder, {}, name)


EMPTY = Head(np.zeros((2, 4), np.float32), np.zeros(2, np.float32))
COURSE = Course(epochs=30, learning_rate=0.05, batch=16)


def test_a_head_learns_what_a_line_tells_apart_and_reports_every_figure(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    head = teach(EMPTY, lessons(1), lessons(2), LABELS, COURSE, run)
    assert [row["epoch"] for row in run.rows] == list(range(1, 31))
    last = run.rows[-1]
    assert last["loss"] < run.rows[0]["loss"] / 2
    assert last["validation_f1"] > 0.9
    assert {"accuracy", "f1/low", "f1/high", "validation_accuracy", "validation_f1/low"} <= set(last)
    others = lessons(3)
    said = head.probabilities(others.vectors) >= 0.5
    assert (said == (others.targets > 0.5)).mean() > 0.9


def test_the_same_seed_gives_the_same_head_and_another_another(tmp_path: Path) -> None:
    one, same, other = (
        teach(EMPTY, lessons(1), None, LABELS, Course(epochs=3, seed=seed), a_run(tmp_path / str(place)))
        for place, seed in enumerate((1, 1, 2))
    )
    assert np.array_equal(one.weight, same.weight)
    assert not np.array_equal(one.weight, other.weight)


class Stopping(Run):
    by: type[Exception] = Cancelled

    def epoch(self, number: int, of: int, **figures: float) -> None:
        super().epoch(number, of, **figures)
        if number == 5:
            raise self.by


def test_a_head_that_goes_on_after_a_crash_ends_as_one_that_never_stopped(tmp_path: Path) -> None:
    class Crashing(Stopping):
        by = MemoryError

    whole = teach(EMPTY, lessons(1), lessons(2), LABELS, COURSE, a_run(tmp_path / "whole"))
    (tmp_path / "broken").mkdir()
    with pytest.raises(MemoryError):
        teach(EMPTY, lessons(1), lessons(2), LABELS, COURSE, Crashing(tmp_path / "broken", {}))
    again = Run.restored(tmp_path / "broken")
    assert len(again.rows) == 5
    assert np.array_equal(teach(EMPTY, lessons(1), lessons(2), LABELS, COURSE, again).weight, whole.weight)
    assert len(again.rows) == 30


def test_an_epoch_whose_report_was_lost_in_a_crash_is_reported_again(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    teach(EMPTY, lessons(1), None, LABELS, Course(epochs=3), run)
    last = run.rows.pop()
    teach(EMPTY, lessons(1), None, LABELS, Course(epochs=3), run)
    assert run.rows[-1] == last


def test_a_cancelled_head_keeps_its_best_epoch(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    run = Stopping(tmp_path / "run", {})
    head = teach(EMPTY, lessons(1), lessons(2), LABELS, COURSE, run)
    alone = teach(EMPTY, lessons(1), lessons(2), LABELS, Course(5, 0.05, 16), a_run(tmp_path / "five"))
    assert run.best == 5
    assert np.array_equal(head.weight, alone.weight)


def test_without_progress_the_run_ends_early_with_its_best_epoch(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    # nothing can be learned of targets at random, so that the validation loss soon rises
    wrong = Lessons(lessons(2).vectors, 1.0 - lessons(2).targets, lessons(2).counts)
    teach(EMPTY, lessons(1), wrong, LABELS, Course(epochs=100, learning_rate=0.05, patience=3), run)
    assert len(run.rows) == 4
    assert run.best == 1


def test_a_new_label_begins_rarely_heard_and_a_known_one_with_what_is_known() -> None:
    known = Head(np.arange(8, dtype=np.float32).reshape(2, 4), np.array([1.0, 2.0], np.float32))
    head = begun(("new", "high"), LABELS, known)
    assert head.weight.tolist() == [[0, 0, 0, 0], [4, 5, 6, 7]]
    assert head.bias.tolist() == [-2.0, 2.0]


def test_targets_follow_regions_and_leave_out_what_is_unclear() -> None:
    example = Example(Path("x"), 10.0, "train", (Stretch(2.0, 5.0, "low"), Stretch(8.2, 8.4, "high")), ("calm",))
    labels = ("low", "high", "calm")
    targets, counts = of_clips(example, [(0.0, 4.0), (4.0, 8.0), (8.0, 10.0)], labels)
    assert targets.tolist() == [[1, 0, 1], [0, 0, 1], [0, 1, 1]]
    assert counts.tolist() == [[1, 1, 1], [0, 1, 1], [1, 1, 1]]
    targets, counts = of_moments(example, [(2.0, 2.3), (6.0, 6.3)], labels, frozenset(("low", "high")))
    assert targets.tolist() == [[1, 0, 0], [0, 0, 0]]
    assert counts.tolist() == [[1, 1, 0], [1, 1, 0]]


def dataset(folder: Path, rate: int) -> Dataset:
    """Low and high tones, as tags and marked in time, for training and validation."""
    archive, described = io.BytesIO(), []
    with zipfile.ZipFile(archive, "w") as made:
        for place in range(8):
            label = LABELS[place % 2]
            times = np.arange(3 * rate) / rate
            tone = 0.4 * np.sin(2 * np.pi * (150.0 if label == "low" else 3000.0) * (1 + place / 50) * times)
            sound = io.BytesIO()
            soundfile.write(sound, tone, rate, format="WAV", subtype="PCM_16")
            made.writestr(f"{place}.wav", sound.getvalue())
            entry = {"audio": f"{place}.wav", "duration": 3.0, "split": "train" if place < 6 else "validation"}
            described.append({**entry, "regions": [{"start": 0.0, "end": 3.0, "label": label}], "tags": [label]})
        made.writestr("dataset.json", json.dumps({"labels": LABELS, "examples": described}))
    return unpack(archive, folder / "dataset")


@pytest.fixture(params=["musicnn", "panns"])
def model(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A network at random, whose features still tell low from high."""
    torch.manual_seed(0)
    data = tmp_path / "data"
    if request.param == "musicnn":
        save_file(Musicnn(50).state_dict(), tmp_path / "musicnn-mtt.safetensors")
        made: Any = MusicnnModel(tmp_path, "MTT", data)
    else:
        monkeypatch.setattr("model_containers.panns.network.build", small)
        made = PannsModel(tmp_path, "cnn6", data)
        state = small("cnn6").state_dict()
        state["bn0.running_mean"].fill_(-30.0)
        state["bn0.running_var"].fill_(400.0)
        torch.save({"iteration": 1, "model": state}, tmp_path / made.checkpoint.file)
    made.load()
    return made


_build = network.build


def small(architecture: str) -> network.Pann:
    return _build(architecture, 8)


def test_a_model_learns_new_labels_and_keeps_them_after_a_restart(model: Any, tmp_path: Path) -> None:
    heard = dataset(tmp_path, model.information.sample_rate)
    run = a_run(tmp_path / "run", "tuned-1")
    assert model.train(heard, {"epochs": 60, "learning_rate": 0.05, "batch": 8}, run) == "tuned-1"
    assert (model.information.version, model.information.labels) == ("tuned-1", LABELS)
    assert run.rows[-1]["validation_f1"] > 0.9
    for example in heard.part("validation"):
        tags = model.predict(example.samples(model.information.sample_rate), Options(threshold=0.0)).tags
        assert tags[0].label == example.tags[0]
    model.load()
    assert (model.information.version, model.information.labels) == ("tuned-1", LABELS)


def test_what_another_of_the_model_learns_changes_nothing_for_it(model: Any, tmp_path: Path) -> None:
    heard = dataset(tmp_path, model.information.sample_rate)
    samples, options = heard.examples[0].samples(model.information.sample_rate), Options(threshold=0.0, top_k=5)
    before = model.information, model.predict(samples, options)
    other = model.apart()
    other.train(heard, {"epochs": 3, "learning_rate": 0.05, "batch": 8}, a_run(tmp_path / "run", "tuned-1"))
    assert (other.information.version, other.information.labels) == ("tuned-1", LABELS)
    assert {tag.label for tag in other.predict(samples, options).tags} <= set(LABELS)
    assert (model.information, model.predict(samples, options)) == before
    model.load()
    assert model.information == before[0]


def test_weights_of_another_network_are_refused(model: Any, tmp_path: Path) -> None:
    (tmp_path / "nonsense").write_bytes(b"no weights")
    with pytest.raises(ValueError, match="cannot be read"):
        model.use(tmp_path / "nonsense", "x")
    save_file({"weight": torch.zeros(2, 4)}, tmp_path / "foreign", metadata={"format": "other"})
    with pytest.raises(ValueError, match="no head of ours"):
        model.use(tmp_path / "foreign", "x")
    assert model.information.labels != LABELS
