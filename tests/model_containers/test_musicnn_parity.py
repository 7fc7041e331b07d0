"""Our musicnn against the original TensorFlow graph, and against itself on synthesized music."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from running_models import music
from safetensors.numpy import load_file

from model_containers.musicnn import features, fetch, weights
from model_containers.musicnn.app import MusicnnModel
from model_containers.musicnn.checkpoint import CheckpointError, read_checkpoint
from model_containers.serving.audio import read_mono
from model_containers.serving.model import Options

TOLERANCE = 1e-5
REFERENCE = json.loads((Path(__file__).parent / "musicnn_reference.json").read_text())


def _loaded(folder: Path, variant: str) -> MusicnnModel:
    model = MusicnnModel(folder, variant)
    model.load()
    return model


def _features(samples: np.ndarray) -> np.ndarray:
    return np.concatenate(list(features.patches(samples, 4)))


def test_features_are_those_of_the_original(published: Path) -> None:
    reference = np.load(published / "music30_reference.npz")["features"]
    with (published / "music30.flac").open("rb") as file:
        samples, duration = read_mono(file, features.SAMPLE_RATE, 60.0)
    assert duration == pytest.approx(30.0, abs=1e-6)
    ours = _features(samples)
    assert ours.shape == (11, 187, 96)
    assert np.abs(ours[:10] - reference).max() < TOLERANCE


@pytest.mark.parametrize("variant", weights.VARIANTS)
def test_probabilities_are_those_of_the_original_network(published: Path, weights: Path, variant: str) -> None:
    reference = np.load(published / "music30_reference.npz")
    ours = _loaded(weights, variant).answers(reference["features"])[0]
    assert np.abs(ours - reference[f"{variant}_musicnn"]).max() < TOLERANCE


def test_features_of_synthesized_music_stay_as_they_were() -> None:
    ours = _features(music(7.0))
    assert list(ours.shape) == REFERENCE["shape"]
    assert ours[:, ::31, ::12].ravel() == pytest.approx(np.array(REFERENCE["features"]), abs=TOLERANCE)


@pytest.mark.parametrize("variant", weights.VARIANTS)
def test_probabilities_of_synthesized_music_stay_as_they_were(weights: Path, variant: str) -> None:
    ours = _loaded(weights, variant).answers(_features(music(7.0)))[0]
    assert ours == pytest.approx(np.array(REFERENCE[variant]), abs=TOLERANCE)


def test_answer_and_vectors_of_one_sound_take_the_network_once(weights: Path) -> None:
    model = _loaded(weights, "MTT")
    network, seen = model._loaded()[0], 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1

    network.dense.register_forward_hook(count)
    clip, other = music(7.0), music(4.0)
    answer, embedding = model.predict(clip, Options()), model.embed(clip)
    assert (seen, embedding.vectors.shape) == (1, (3, 200))
    assert (model.predict(clip, Options()), seen) == (answer, 1)
    assert model.embed(other).vectors.shape == (2, 200)
    assert seen == 2
    assert (model.embed(clip).vectors == embedding.vectors).all()


def test_loud_audio_does_not_overflow(weights: Path) -> None:
    samples = np.clip(20.0 * music(3.0), -1.0, 1.0).astype(np.float32)
    square = np.sign(samples)
    spectrogram = _features(square)
    assert np.isfinite(spectrogram).all()
    assert np.isfinite(_loaded(weights, "MTT").answers(spectrogram)[0]).all()


def test_the_downloaded_weights_say_where_they_are_from(weights: Path) -> None:
    facts = json.loads((weights / "musicnn-mtt.json").read_text())
    assert facts["license"].startswith("ISC")
    assert "musicnn 0.1.0" in facts["source"]
    assert len(facts["labels"]) == 50


def test_fetching_again_does_nothing_and_damage_is_noticed(weights: Path, tmp_path: Path) -> None:
    assert fetch.fetch(weights) is False
    for name in ("musicnn-mtt.json", "musicnn-mtt.safetensors"):
        (tmp_path / name).write_bytes((weights / name).read_bytes())
    assert fetch.is_complete(tmp_path, "MTT")
    damaged = bytearray((tmp_path / "musicnn-mtt.safetensors").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "musicnn-mtt.safetensors").write_bytes(damaged)
    assert not fetch.is_complete(tmp_path, "MTT")


@pytest.mark.slow
def test_the_published_wheel_becomes_the_weights_that_are_used(weights: Path, tmp_path: Path) -> None:
    try:
        assert fetch.fetch(tmp_path / "new")
    except RuntimeError as error:
        pytest.skip(f"SKIPPED the wheel of musicnn: {error}")
    for name in ("musicnn-mtt", "musicnn-msd"):
        kept, made = load_file(weights / f"{name}.safetensors"), load_file(tmp_path / "new" / f"{name}.safetensors")
        assert sorted(kept) == sorted(made)
        assert all(np.array_equal(kept[tensor], made[tensor]) for tensor in kept)
        assert fetch.is_complete(tmp_path / "new", name.rpartition("-")[2].upper())


def test_another_wheel_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = tmp_path / "musicnn-0.1.0-py2.py3-none-any.whl"
    wheel.write_bytes(b"PK\x05\x06" + bytes(18))
    assert fetch.main(["--to", str(tmp_path / "to"), "--wheel", str(wheel)]) == 1
    assert "not the published wheel" in capsys.readouterr().err
    assert not list((tmp_path / "to").glob("*"))


@pytest.mark.parametrize("index", [b"", b"\0" * 100, bytes(40) + (0xDB4775248B80FB57).to_bytes(8, "little")])
def test_what_is_no_checkpoint_is_refused(index: bytes) -> None:
    with pytest.raises(CheckpointError):
        read_checkpoint(index, b"")


def test_audio_that_is_written_and_read_keeps_its_features(tmp_path: Path) -> None:
    samples = music(4.0)
    soundfile.write(tmp_path / "music.flac", samples, 16_000, subtype="PCM_24")
    with (tmp_path / "music.flac").open("rb") as file:
        read, _ = read_mono(file, 16_000, 10.0)
    assert np.abs(_features(read) - _features(samples)).max() < 1e-3
