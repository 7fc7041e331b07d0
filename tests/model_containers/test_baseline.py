"""The baselines: what a listener would mark in sounds made by formula, with nothing learned."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from asking_apps import AppSession
from running_models import ROOT

from labelbuddy_core.inference.specification import parse_specification
from model_containers.baseline import levels, likeness, rhythm
from model_containers.baseline.app import REGIONS, SAMPLE_RATE, BaselineModel
from model_containers.baseline.runs import runs
from model_containers.serving import Answer, Options, Segment
from model_containers.serving.contract import check
from model_containers.yoho import synthesis

Sound = np.ndarray


def clicks(tempo: float, seconds: float) -> Sound:
    """A click track in a little noise."""
    track = np.random.default_rng(0).normal(0.0, 1e-3, round(seconds * SAMPLE_RATE)).astype(np.float32)
    for time in np.arange(0.5, seconds - 0.1, 60.0 / tempo):
        first = round(time * SAMPLE_RATE)
        track[first : first + 400] += (
            0.5 * np.hanning(400)[::-1] * np.sin(2 * np.pi * 1000 * np.arange(400) / SAMPLE_RATE)
        )
    return track


def voice(seconds: float) -> Sound:
    """Syllables, four a second, of gliding pitch, with a pause after every fifth: the rhythm of speech."""
    random = np.random.default_rng(1)
    track = random.normal(0.0, 1e-4, round(seconds * SAMPLE_RATE))
    time = 0.0
    while time < seconds - 0.4:
        length = random.uniform(0.12, 0.25)
        moments = np.arange(round(length * SAMPLE_RATE)) / SAMPLE_RATE
        pitch = random.uniform(90.0, 160.0) * (1.0 + random.uniform(-1.5, 1.5) * moments)
        phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
        tone = sum(np.sin(partial * phase) / partial for partial in range(1, 20))
        first = round(time * SAMPLE_RATE)
        track[first : first + len(moments)] += 0.1 * np.hanning(len(moments)) * tone
        time += length + random.uniform(0.02, 0.1) + (0.3 if random.random() < 0.2 else 0.0)
    return track.astype(np.float32)


def asked(samples: Sound, threshold: float | None = None) -> Answer:
    return BaselineModel().predict(samples.astype(np.float32), Options(threshold=threshold))


def of(answer: Answer, label: str) -> list[Segment]:
    return [one for one in answer.regions if one.label == label]


def test_sound_and_silence_are_found_to_the_frame() -> None:
    samples = np.zeros(10 * SAMPLE_RATE, np.float32)
    samples[2 * SAMPLE_RATE : 5 * SAMPLE_RATE] = np.random.default_rng(0).normal(0.0, 0.1, 3 * SAMPLE_RATE)
    level = levels.levels(samples, SAMPLE_RATE)
    assert [(one.start, one.end) for one in levels.sound(level, 10.0)] == [(2.0, 5.0)]
    assert [(one.start, one.end) for one in levels.silence(level, 10.0)] == [(0.0, 2.0), (5.0, 10.0)]


def test_a_sound_stands_out_from_a_noisy_background() -> None:
    samples = np.random.default_rng(0).normal(0.0, 0.01, 8 * SAMPLE_RATE).astype(np.float32)
    samples[3 * SAMPLE_RATE : 4 * SAMPLE_RATE] += 0.3 * np.sin(np.arange(SAMPLE_RATE) * 0.3)
    level = levels.levels(samples, SAMPLE_RATE)
    (heard,) = levels.sound(level, 8.0)
    assert (heard.start, heard.end) == (pytest.approx(3.0, abs=0.02), pytest.approx(4.0, abs=0.02))
    assert levels.silence(level, 8.0) == []


def test_a_steady_noise_is_one_sound_and_digital_silence_none() -> None:
    noise = levels.levels(np.random.default_rng(0).normal(0.0, 0.1, 4 * SAMPLE_RATE).astype(np.float32), SAMPLE_RATE)
    nothing = levels.levels(np.zeros(4 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
    assert [(one.start, one.end) for one in levels.sound(noise, 4.0)] == [(0.0, 4.0)]
    assert levels.sound(nothing, 4.0) == []
    assert [(one.start, one.end) for one in levels.silence(nothing, 4.0)] == [(0.0, 4.0)]


def test_a_run_begins_at_the_higher_bound_and_stays_above_the_lower() -> None:
    track = np.array([0.4, 0.6, 0.4, 0.1, 0.4, 0.4, 0.1, 0.1, 0.9, 0.0])
    assert runs(track, 0.5, 0.3, 0, 1) == [(0, 3), (8, 9)]
    assert runs(track, 0.5, 0.3, 5, 1) == [(0, 9)]
    assert runs(track, 0.5, 0.3, 0, 2) == [(0, 3)]


@pytest.mark.parametrize(("tempo", "tag"), [(75.0, "slow tempo"), (110.0, "medium tempo"), (150.0, "fast tempo")])
def test_clicks_are_onsets_and_beats_of_their_tempo(tempo: float, tag: str) -> None:
    answer = asked(clicks(tempo, 12.0))
    truth = np.arange(0.5, 11.9, 60.0 / tempo)
    for label in ("onset", "beat"):
        times = np.array([one["time"] for one in answer.points if one["label"] == label])
        nearest = np.abs(truth[:, None] - times[None]).min(axis=1)
        assert nearest[:-1].max() < 0.04  # the last beat has none after it that would hold it in its place
        assert len(times) <= len(truth) + 1
    assert [one.label for one in answer.tags] == [tag]


def test_noise_has_no_pulse_and_hence_no_beats() -> None:
    answer = asked(np.random.default_rng(0).normal(0.0, 0.1, 12 * SAMPLE_RATE))
    assert not [one for one in answer.points if one["label"] == "beat"]
    assert answer.tags == ()


def test_music_and_speech_are_told_apart() -> None:
    random = np.random.default_rng(3)
    answer = asked(np.concatenate([synthesis.music(random, 12.0), voice(12.0)]))
    (music,), (speech,) = of(answer, "music"), of(answer, "speech")
    assert (music.start, speech.end) == (pytest.approx(0.0, abs=1.0), pytest.approx(24.0, abs=1.0))
    assert music.end == pytest.approx(12.0, abs=2.0)
    assert speech.start == pytest.approx(12.0, abs=2.0)


def test_onsets_do_not_depend_on_where_pieces_end(monkeypatch: pytest.MonkeyPatch) -> None:
    track = clicks(97.0, 9.0)
    whole = rhythm.onset_strength(track, SAMPLE_RATE)
    monkeypatch.setattr(rhythm, "_PIECE_SECONDS", 2.0)
    pieces = rhythm.onset_strength(track, SAMPLE_RATE)
    assert len(whole) == len(pieces) == 901
    assert np.abs(whole - pieces).max() < 0.2 * whole.max()
    truth, found = np.arange(0.5, 8.9, 60.0 / 97.0), np.array([time for time, _ in rhythm.onsets(pieces)])
    assert np.abs(truth[:, None] - found[None]).min(axis=1).max() < 0.04


@pytest.mark.parametrize("length", [1, 100, 5_000])
def test_next_to_nothing_is_answered_too(length: int) -> None:
    assert all(one.end <= length / SAMPLE_RATE for one in asked(np.full(length, 0.1), 0.0).regions)


def test_it_keeps_the_contract_and_answers_what_its_file_declares() -> None:
    assert [finding for finding in check(AppSession(BaselineModel())) if not finding.kept] == []
    for name in ("model.yaml", "model.process.yaml"):
        declared = yaml.safe_load((ROOT / "model_containers/baseline" / name).read_text())
        labels = [label for item in declared["output_schema"] for label in item["labels"]]
        assert tuple(labels) == BaselineModel.information.labels
        assert tuple(declared["output_schema"][0]["labels"]) == REGIONS


def alike(one: Sound, other: Sound) -> float:
    """The mean cosine of what two sounds are like, second by second."""
    first, second = (likeness.vectors(sound.astype(np.float32), SAMPLE_RATE) for sound in (one, other))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return float(np.mean(np.sum(first * second, axis=1) / lengths))


def test_the_same_kind_of_sound_is_more_alike_than_another_kind_also_quieter_and_in_noise() -> None:
    random = np.random.default_rng(3)
    knocks = clicks(150.0, 4.0)
    again = 0.3 * np.roll(knocks, 3000) + random.normal(0.0, 1e-3, len(knocks))
    hum = np.sin(2 * np.pi * 120.0 * np.arange(len(knocks)) / SAMPLE_RATE) * 0.2
    assert alike(knocks, knocks) == pytest.approx(1.0, abs=1e-5)
    assert alike(knocks, again) > 0.7
    assert alike(knocks, hum) < 0.3
    assert alike(knocks, voice(4.0)) < 0.3


def test_every_second_has_a_vector_and_the_last_one_is_of_the_last_whole_second() -> None:
    sound = np.concatenate([np.zeros(2 * SAMPLE_RATE), np.random.default_rng(0).normal(0.0, 0.1, SAMPLE_RATE + 4000)])
    vectors = likeness.vectors(sound.astype(np.float32), SAMPLE_RATE)
    assert vectors.shape == (4, likeness.DIMENSIONS)
    assert np.isfinite(vectors).all()
    assert vectors[3] @ vectors[2] / np.linalg.norm(vectors[3]) / np.linalg.norm(vectors[2]) > 0.9
    assert likeness.vectors(sound[:300].astype(np.float32), SAMPLE_RATE).shape == (1, likeness.DIMENSIONS)


def test_pieces_of_a_minute_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = voice(9.0)
    whole = likeness.vectors(sound, SAMPLE_RATE)
    monkeypatch.setattr(likeness, "_PIECE_SECONDS", 4)
    assert np.abs(likeness.vectors(sound, SAMPLE_RATE) - whole).max() < 0.1


def test_the_model_of_likeness_is_asked_for_vectors_alone() -> None:
    file = ROOT / "model_containers" / "baseline" / "model.likeness.process.yaml"
    specification = parse_specification(file.read_text())
    assert (specification.embeds, specification.predicts, specification.process) == (True, False, "baseline")
