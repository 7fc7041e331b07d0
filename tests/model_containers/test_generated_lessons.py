"""What YOHO learns from: pieces of music as notes, surroundings, recordings, and how what it hears is scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from model_containers.serving.dataset import Stretch
from model_containers.serving.model import Segment
from model_containers.yoho import coloring, composing, evaluate, play, surroundings, synthesis, weights
from model_containers.yoho.network import Yoho


def test_a_piece_follows_from_its_seed_and_is_played_by_the_instruments_that_were_given() -> None:
    def made(seed: int) -> tuple[list[composing.Note], list[tuple[int, bool]]]:
        return composing.piece(np.random.default_rng(seed), [3, 7], [16], 20.0)

    for seed in range(20):
        notes, parts = made(seed)
        assert (notes, parts) == made(seed)
        assert notes
        assert {instrument for instrument, drums in parts if not drums} <= {3, 7}
        assert {instrument for instrument, drums in parts if drums} <= {16}
        assert all(0.0 <= note.start < note.end and note.channel < len(parts) for note in notes)
        assert all(21 <= note.key <= 105 and 1 <= note.velocity <= 127 for note in notes)


def test_no_instrument_plays_in_the_lessons_and_in_what_is_held_out() -> None:
    random = np.random.default_rng(0)
    lessons, held_out = play.instruments(random, False), play.instruments(random, True)
    assert not set(lessons) & set(held_out)
    assert sorted(lessons + held_out) == list(range(119))


def test_every_surrounding_is_finite_and_as_loud_as_the_others() -> None:
    random = np.random.default_rng(1)
    for _ in range(40):
        sound = surroundings.other(random, 4.0)
        assert len(sound) == 4 * synthesis.RATE
        assert np.sqrt(np.mean(np.square(sound))) == pytest.approx(0.1, rel=0.01)


def test_a_recording_of_a_sound_is_as_long_and_as_loud_as_the_others() -> None:
    random = np.random.default_rng(2)
    sound = synthesis.music(random, 1.0)
    for _ in range(20):
        heard = coloring.colored(random, sound)
        assert heard.shape == sound.shape
        assert np.sqrt(np.mean(np.square(heard))) == pytest.approx(0.1, rel=0.01)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder with one recording of three seconds, stereo at 22.05 kHz."""
    sound = synthesis.music(np.random.default_rng(3), 3.0)
    soundfile.write(tmp_path / "0.flac", np.stack([sound, sound], axis=1) / np.abs(sound).max(), 22_050)
    return tmp_path


def saying(presence: float) -> weights.Loaded:
    """A network that answers the same for every bin: this presence, from its beginning to its end."""
    network = Yoho(2).eval()
    torch.nn.init.zeros_(network.output.weight)
    bias = [torch.logit(torch.tensor(value)) for value in (presence, 1e-6, 1.0 - 1e-6)]
    network.output.bias.data = torch.stack([*bias, *bias])
    return weights.Loaded(network, ("speech", "music"), "1", weights.smoothing_of(("speech", "music")))


def test_the_share_of_a_recording_that_is_called_something_is_told(recordings: Path) -> None:
    sounds = evaluate.read(recordings)
    assert [round(len(sound) / synthesis.RATE, 1) for sound in sounds] == [2.2]
    long = [np.tile(sounds[0], 4)]
    assert evaluate.shares(saying(0.9), long) == pytest.approx({"speech": 1.0, "music": 1.0}, abs=0.01)
    assert evaluate.shares(saying(0.1), long) == {"speech": 0.0, "music": 0.0}


def test_what_is_marked_in_mixtures_is_scored_by_frames_and_by_onsets(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [Stretch(0.0, 10.0, "speech"), Stretch(20.0, 30.0, "music")]
    found = (Segment(0.4, 5.4, "speech", 0.9), Segment(25.0, 35.0, "music", 0.9))
    monkeypatch.setattr(evaluate, "mixture", lambda *_, **__: (np.zeros(10, np.float32), events))
    monkeypatch.setattr(evaluate, "heard", lambda *_: found)
    figures = evaluate.in_mixtures(saying(0.5), evaluate.Recordings([], []), 2)
    assert figures["speech"] == pytest.approx({"precision": 1.0, "recall": 0.5, "f1": 2 / 3, "onset_f1": 1.0})
    assert figures["music"] == pytest.approx({"precision": 0.5, "recall": 0.5, "f1": 0.5, "onset_f1": 0.0})
