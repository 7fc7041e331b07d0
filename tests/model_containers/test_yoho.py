"""YOHO: the published network to the digit, targets and events as in the paper, and a model that hears and learns."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
import yoho_in_numpy
from asking_apps import AppSession
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from model_containers.serving import Cancelled, Dataset, Options, Run
from model_containers.serving.contract import check
from model_containers.serving.dataset import Stretch, unpack
from model_containers.yoho import (
    convert,
    decode,
    features,
    mixtures,
    surroundings,
    synthesis,
    train_from_scratch,
    weights,
)
from model_containers.yoho.app import YohoModel
from model_containers.yoho.decode import BIN_SECONDS, Smoothing, events
from model_containers.yoho.learning import Course, Windows, teach
from model_containers.yoho.network import Yoho
from model_containers.yoho.targets import encode, loss

LABELS = ("speech", "music")
PLAIN = (Smoothing(0.0, 0.0),) * 2


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of random weights with the names and shapes of the published one, as Keras writes it."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path_factory.mktemp("keras") / "YOHO-music-speech.h5"
    with h5py.File(path, "w") as file:
        for name, values in yoho_in_numpy.random_tensors(0).items():
            file[name] = values
    return path


def test_the_converted_network_answers_as_the_original_does(published: Path, tmp_path: Path) -> None:
    assert convert.main([str(published), "--to", str(tmp_path)]) == 0
    loaded = weights.load(tmp_path / weights.FILE)
    assert (loaded.version, loaded.labels) == ("published", LABELS)
    spectrogram = np.random.default_rng(1).normal(-30.0, 15.0, (801, 64)).astype(np.float32)
    with torch.inference_mode():
        ours = loaded.network(torch.from_numpy(spectrogram[None]))[0].numpy()
    reference = yoho_in_numpy.answers(yoho_in_numpy.random_tensors(0), spectrogram)
    assert 0.1 < reference.std() < 0.4
    assert np.abs(ours - reference).max() < 1e-5


def test_the_network_has_as_many_parameters_as_the_published_one() -> None:
    # Venkatesh et al. 2022, and the summary in the notebook that goes with it
    assert sum(one.numel() for one in Yoho(2).parameters() if one.requires_grad) == 3_903_942


def test_features_are_those_of_librosa() -> None:
    librosa = pytest.importorskip("librosa")
    window = synthesis.music(np.random.default_rng(0), 8.0)
    power = librosa.feature.melspectrogram(
        y=window / np.abs(window).max(),
        sr=16_000,
        n_fft=512,
        hop_length=160,
        win_length=400,
        n_mels=64,
        fmin=125,
        fmax=7500,
    )
    reference = librosa.power_to_db(power, amin=1e-7, top_db=80.0).T
    assert np.abs(features.log_mel(window) - reference).max() < 1e-2


def test_silence_has_features() -> None:
    found = features.log_mel(np.zeros(128_000, np.float32))
    assert (found.shape, np.isfinite(found).all()) == ((801, 64), True)


@pytest.mark.parametrize(
    ("duration", "starts"), [(0.5, [0]), (8.0, [0]), (8.5, [0, 6]), (14.0, [0, 6]), (20.1, [0, 6, 12, 18])]
)
def test_windows_reach_the_end(duration: float, starts: list[int]) -> None:
    assert features.window_starts(duration) == starts


def test_a_target_has_presence_onset_and_offset_within_the_bin() -> None:
    found = encode([Stretch(0.5 * BIN_SECONDS, 2.25 * BIN_SECONDS, "music")], LABELS, 0.0).reshape(26, 2, 3)
    assert found[:4, 1].tolist() == [[1, 0.5, 1], [1, 0, 1], [1, 0, 0.25], [0, 0, 0]]
    assert not found[:, 0].any()


def test_onset_and_offset_cost_nothing_where_nothing_is() -> None:
    target = torch.zeros(1, 26, 6)
    answer = target.clone()
    answer[..., 1::3] = answer[..., 2::3] = 0.7
    assert float(loss(answer, target)) == 0.0


events_of_a_label = st.lists(st.tuples(st.floats(0.0, 29.0), st.floats(0.7, 4.0)), max_size=4)


@given(events_of_a_label, st.floats(8.0, 33.0))
def test_what_is_encoded_is_decoded(found: list[tuple[float, float]], duration: float) -> None:
    """Events at least two bins apart come back exactly: on every border of windows, to the end of the sound."""
    wanted: list[Stretch] = []
    for start, length in sorted(found):
        stop = min(start + length, duration)
        if stop - start > 0.1 and (not wanted or start - wanted[-1].end > 2 * BIN_SECONDS):
            wanted.append(Stretch(start, stop, "music"))
    answers = np.stack([encode(wanted, LABELS, start) for start in features.window_starts(duration)])
    heard = events(answers, LABELS, 0.5, duration, PLAIN)
    assert [(one.start, one.end) for one in heard] == [
        (pytest.approx(one.start, abs=1e-4), pytest.approx(one.end, abs=1e-4)) for one in wanted
    ]


def test_gaps_are_closed_and_short_events_dropped() -> None:
    made = [Stretch(1.0, 2.0, "speech"), Stretch(2.7, 3.5, "speech"), Stretch(6.0, 6.5, "speech")]
    answers = encode(made, LABELS, 0.0)[None]
    (heard,) = events(answers, LABELS, 0.5, 8.0, (Smoothing(0.8, 0.8), Smoothing()))
    assert (round(heard.start, 3), round(heard.end, 3)) == (1.0, 3.5)
    assert decode.MARGIN_SECONDS == 1.0


def test_weights_are_kept_with_their_labels(tmp_path: Path) -> None:
    network = Yoho(3)
    weights.save(tmp_path / "w.safetensors", network, ("a", "b", "c"), "5")
    loaded = weights.load(tmp_path / "w.safetensors")
    assert (loaded.labels, loaded.version, len(loaded.smoothing)) == (("a", "b", "c"), "5", 3)
    assert torch.equal(loaded.network.output.weight, network.output.weight)
    (tmp_path / "w.safetensors").write_bytes(b"{}")
    with pytest.raises(weights.WeightsError):
        weights.load(tmp_path / "w.safetensors")


@pytest.fixture
def model(tmp_path: Path) -> YohoModel:
    """A network that knows nothing yet, with its weights in a folder."""
    torch.manual_seed(0)
    (tmp_path / "weights").mkdir()
    weights.save(tmp_path / "weights" / weights.FILE, Yoho(2), LABELS, "untaught")
    return YohoModel(tmp_path / "weights", tmp_path / "data")


def test_without_weights_it_says_where_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"YOHO-music-speech\.h5"):
        YohoModel(tmp_path, tmp_path).load()


def test_what_is_no_published_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("h5py")
    (tmp_path / "x.h5").write_bytes(b"nothing")
    assert convert.main([str(tmp_path / "x.h5"), "--to", str(tmp_path)]) == 1
    assert "is not a file of YOHO's weights" in capsys.readouterr().err


def test_a_mixture_follows_from_its_seed_and_its_events_lie_in_it() -> None:
    random = np.random.default_rng(7)
    sources = [synthesis.music(random, 10.0)], [surroundings.other(random, 10.0)], [surroundings.other(random, 10.0)]
    first = [mixtures.mixture(np.random.default_rng(seed), *sources) for seed in range(10)]
    again = [mixtures.mixture(np.random.default_rng(seed), *sources) for seed in range(10)]
    assert all(np.array_equal(one[0], other[0]) and one[1] == other[1] for one, other in zip(first, again, strict=True))
    assert all(0.0 <= event.start < event.end <= 8.0 for _, made in first for event in made)
    assert all(np.isfinite(sound).all() and len(sound) == 128_000 for sound, _ in first)


def test_lessons_are_made_of_voices_and_generated_sound(tmp_path: Path) -> None:
    voice = surroundings.other(np.random.default_rng(3), 10.0)
    soundfile.write(tmp_path / "0.wav", voice / np.abs(voice).max(), 16_000, subtype="PCM_16")
    sources = train_from_scratch.Sources(tmp_path, tmp_path, tmp_path)
    made = train_from_scratch.group((1, sources, 6))
    assert (made.features.shape, made.targets.shape) == ((6, 801, 64), (6, 26, 6))
    assert np.isfinite(made.features.astype(np.float32)).all()
    assert set(np.unique(made.targets[..., ::3])) == {0.0, 1.0}
    with pytest.raises(SystemExit, match="has no WAV files"):
        train_from_scratch.recordings(tmp_path / "nothing")


def test_it_keeps_the_contract(model: YohoModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path / "data"))
    findings = check(AppSession(model))
    assert [finding for finding in findings if not finding.kept] == []


def test_teaching_the_output_alone_leaves_the_rest_as_it_is() -> None:
    torch.manual_seed(0)
    network = Yoho(2)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    random = np.random.default_rng(0)
    windows = Windows(random.normal(-30, 10, (4, 801, 64)).astype(np.float32), np.ones((4, 26, 6), np.float32))
    losses: list[float] = []
    course = Course(epochs=5, learning_rate=0.05, head_only=True)
    teach(network, windows, None, course, lambda _, figures: losses.append(figures["loss"]))
    changed = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {"output.weight", "output.bias"}
    assert losses[-1] < losses[0]


def test_it_learns_what_a_lab_has_labeled_and_keeps_it_after_a_restart(model: YohoModel, tmp_path: Path) -> None:
    """From nothing, two recordings are soon known by heart: the error falls to half. (Others are not heard so.)"""
    archive, described = io.BytesIO(), []
    with zipfile.ZipFile(archive, "w") as made:
        for place, (start, stop) in enumerate(((1.0, 5.0), (3.0, 7.0))):
            samples = synthesis.noise(np.random.default_rng(place), 8 * 16_000, 1.0) * np.float32(0.05)
            times = np.arange(round((stop - start) * 16_000)) / 16_000
            samples[round(start * 16_000) :][: len(times)] += 0.3 * np.sin(2 * np.pi * 1500 * times).astype(np.float32)
            sound = io.BytesIO()
            soundfile.write(sound, samples, 16_000, format="WAV", subtype="PCM_16")
            made.writestr(f"{place}.wav", sound.getvalue())
            regions = [{"start": start, "end": stop, "label": "beep"}]
            described.append({"audio": f"{place}.wav", "duration": 8.0, "split": "train", "regions": regions})
        made.writestr("dataset.json", json.dumps({"labels": ["speech", "beep"], "examples": described}))
    dataset = unpack(archive, tmp_path / "dataset")
    model.load()
    (tmp_path / "run").mkdir()
    run = Run(tmp_path / "run", {})
    version = model.train(dataset, {"layers": 1, "epochs": 5, "batch": 2, "learning_rate": 0.001}, run)
    assert [row["epoch"] for row in run.rows] == list(range(1, 6))
    assert run.rows[-1]["loss"] < run.rows[0]["loss"] / 2
    again = YohoModel(tmp_path / "weights", tmp_path / "data")
    again.load()
    assert (again.information.version, again.information.labels) == (version, ("speech", "beep"))
    heard = dataset.examples[0].samples(16_000)
    assert again.predict(heard, Options(threshold=0.0)) == model.predict(heard, Options(threshold=0.0))


def lesson(folder: Path) -> Dataset:
    """A recording of half a second, for training and for validation."""
    wave = io.BytesIO()
    soundfile.write(wave, np.zeros(8_000, np.float32), 16_000, format="WAV", subtype="PCM_16")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("0.wav", wave.getvalue())
        examples = [{"audio": "0.wav", "duration": 0.5, "split": split} for split in ("train", "validation")]
        made.writestr("dataset.json", json.dumps({"labels": ["speech"], "examples": examples}))
    return unpack(archive, folder / "dataset")


class Stopped(Run):
    """A run whose container ends, or that is cancelled, after an epoch."""

    after = 2
    by: Exception = OSError("gone")

    def epoch(self, number: int, of: int, **figures: float) -> None:
        super().epoch(number, of, **figures)
        if number == self.after:
            raise self.by


def test_a_run_that_goes_on_after_a_crash_ends_as_one_that_never_stopped(model: YohoModel, tmp_path: Path) -> None:
    dataset = lesson(tmp_path)
    model.load()
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    whole = Run(tmp_path / "whole", {}, "whole")
    model.train(dataset, {"epochs": 4}, whole)
    model.load()
    (tmp_path / "data" / "yoho.safetensors").unlink()
    model.load()
    with pytest.raises(OSError, match="gone"):
        model.train(dataset, {"epochs": 4}, Stopped(tmp_path / "broken", {}, "broken"))
    again = Run.restored(tmp_path / "broken")
    assert (again.state, len(again.rows)) == ("interrupted", 2)
    model.train(dataset, {"epochs": 4}, again)
    assert again.rows == whole.rows
    kept = [load_file(tmp_path / name / "weights.safetensors") for name in ("whole", "broken")]
    assert all(torch.equal(value, kept[1][name]) for name, value in kept[0].items())


def test_what_another_of_the_model_learns_changes_nothing_for_it(model: YohoModel, tmp_path: Path) -> None:
    dataset = lesson(tmp_path)
    model.load()
    samples = dataset.examples[0].samples(16_000)
    before = model.information, model.predict(samples, Options(threshold=0.0))
    (tmp_path / "run").mkdir()
    other = model.apart()
    other.train(dataset, {"epochs": 1, "learning_rate": 0.1}, Run(tmp_path / "run", {}, "tuned-1"))
    assert (other.information.version, other.information.labels) == ("tuned-1", ("speech",))
    assert (model.information, model.predict(samples, Options(threshold=0.0))) == before
    assert not (tmp_path / "data" / "yoho.safetensors").exists()


def test_a_cancelled_run_keeps_its_best_epoch(model: YohoModel, tmp_path: Path) -> None:
    class Cancelling(Stopped):
        by = Cancelled()

    dataset = lesson(tmp_path)
    model.load()
    (tmp_path / "run").mkdir()
    run = Cancelling(tmp_path / "run", {}, "mine")
    assert model.train(dataset, {"epochs": 50}, run) == "mine"
    assert (len(run.rows), run.best) == (2, 2)
    assert model.information.version == "mine"
    assert run.weights.exists()
