"""The sounds of the headphones check are what the check says of them."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from labelbuddy_core.audio import headphone_sounds as sounds
from labelbuddy_core.audio.loudness import LoudnessMeter
from labelbuddy_core.domain.headphone_check import Side, Tone

LEAD, TONE, GAP = 0.15, 1.0, 0.5
PLAIN_FIRST = (Tone.PLAIN, Tone.ANTIPHASE, Tone.SOFTER)


def part(sound: np.ndarray, start: float, seconds: float) -> np.ndarray:
    first = round(start * sounds.RATE)
    return sound[:, first : first + round(seconds * sounds.RATE)]


def level(samples: np.ndarray) -> float:
    """Root mean square in dBFS."""
    return float(10.0 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def lufs(sound: np.ndarray) -> float:
    meter = LoudnessMeter(sounds.RATE, 2)
    meter.add(sound)
    measured = meter.integrated()
    assert measured is not None
    return measured


@pytest.mark.parametrize("loudness", [-40.0, -23.0, -16.0])
def test_the_noise_to_set_the_volume_by_is_as_loud_as_leveled_recordings(loudness: float) -> None:
    noise = sounds.volume_noise(loudness)
    assert lufs(noise) == pytest.approx(loudness, abs=0.1)
    assert np.array_equal(noise[0], noise[1])


def test_the_noise_to_set_the_volume_by_never_passes_full_scale() -> None:
    assert np.abs(sounds.volume_noise(-1.0)).max() < 1.0


def test_noise_begins_in_the_ear_that_was_drawn_and_goes_on_in_the_other() -> None:
    for first, other, side in ((0, 1, Side.LEFT), (1, 0, Side.RIGHT)):
        sound = sounds.side_bursts(side, 4)
        begins, goes_on = part(sound, LEAD, 0.9), part(sound, LEAD + 0.9 + GAP, 0.9)
        assert level(begins[first]) > -30
        assert not begins[other].any()
        assert level(goes_on[other]) > -30
        assert not goes_on[first].any()


@pytest.mark.parametrize("in_phase", [1, 2])
def test_one_noise_is_the_same_in_both_ears_and_the_other_is_inverted_in_one(in_phase: int) -> None:
    sound = sounds.phase_bursts(in_phase, 4)
    bursts = [part(sound, LEAD, 0.9), part(sound, LEAD + 0.9 + GAP, 0.9)]
    same, inverted = bursts[in_phase - 1], bursts[2 - in_phase]
    np.testing.assert_array_equal(same[0], same[1])
    np.testing.assert_array_equal(inverted[0], -inverted[1])
    assert level(same) == pytest.approx(level(inverted), abs=0.01)


def test_the_tones_are_200_hz_one_second_long_and_half_a_second_apart() -> None:
    sound = sounds.tones(PLAIN_FIRST)
    assert sound.shape[1] == round((LEAD + 3 * TONE + 2 * GAP) * sounds.RATE)
    heard = np.abs(np.fft.rfft(part(sound, LEAD, TONE)[0]))
    assert int(heard.argmax()) == 200
    assert not part(sound, LEAD + TONE, GAP).any()


def test_one_tone_is_6_db_softer_and_one_has_its_channels_in_antiphase() -> None:
    plain, antiphase, softer = (
        part(sounds.tones(PLAIN_FIRST), LEAD + place * (TONE + GAP), TONE) for place in range(3)
    )
    assert level(softer) == pytest.approx(level(plain) - 6.0, abs=0.01)
    assert level(antiphase) == pytest.approx(level(plain), abs=0.01)
    np.testing.assert_array_equal(antiphase[0], -antiphase[1])
    np.testing.assert_array_equal(softer[0], softer[1])


def test_where_both_channels_meet_the_tone_in_antiphase_is_gone() -> None:
    """What loudspeakers in a room do, at its strongest."""
    antiphase = part(sounds.tones(PLAIN_FIRST), LEAD + TONE + GAP, TONE)
    assert not (antiphase[0] + antiphase[1]).any()


def test_the_file_of_a_sound_that_is_asked_for_again_is_another_one_with_the_same_samples() -> None:
    sound = sounds.tones(PLAIN_FIRST)
    first, again = sounds.wav(sound), sounds.wav(sound, again=1)
    assert first != again
    samples, rate = soundfile.read(io.BytesIO(again), dtype="float32")
    assert rate == sounds.RATE
    np.testing.assert_allclose(samples[: sound.shape[1]].T, sound, atol=1e-4)


def test_the_same_seed_gives_the_same_samples() -> None:
    np.testing.assert_array_equal(sounds.phase_bursts(1, 9), sounds.phase_bursts(1, 9))
    assert not np.array_equal(sounds.phase_bursts(1, 9), sounds.phase_bursts(1, 10))
