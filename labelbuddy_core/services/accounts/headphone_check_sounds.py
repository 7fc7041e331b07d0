"""The sounds of a headphones check as WAV files; `again` makes another file of the same sound, which is played anew."""

from __future__ import annotations

from functools import lru_cache

from labelbuddy_core.audio import headphone_sounds
from labelbuddy_core.domain.headphone_check import course


@lru_cache(maxsize=4)
def volume_sound(loudness: float) -> bytes:
    """Noise as loud as recordings that are leveled to `loudness` (LUFS)."""
    return headphone_sounds.wav(headphone_sounds.volume_noise(loudness))


def sides_sound(seed: int, again: int = 0) -> bytes:
    """The bursts in one ear and in the other."""
    return headphone_sounds.wav(headphone_sounds.side_bursts(course(seed).first_side, seed), again)


def polarity_sound(seed: int, again: int = 0) -> bytes:
    """The noises in phase and in antiphase."""
    return headphone_sounds.wav(headphone_sounds.phase_bursts(course(seed).in_phase, seed), again)


def tones_sound(seed: int, trial: int, again: int = 0) -> bytes:
    """The three tones of a trial, from 0 on."""
    return headphone_sounds.wav(headphone_sounds.tones(course(seed).trials[trial]), again)
