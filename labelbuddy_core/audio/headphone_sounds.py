"""The sounds of the headphones check, made by formula: nothing is downloaded, and the same seed gives the same samples.

Functions return float32 arrays of shape (2, frames) at `RATE`. Tones and noises are as loud as leveled recordings are
by default, so that a volume which suits them suits those.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import soundfile

from labelbuddy_core.audio.loudness import LoudnessMeter
from labelbuddy_core.domain.headphone_check import Side, Tone
from labelbuddy_core.domain.preferences import USUAL_LOUDNESS

RATE = 44_100
"""Hz."""

Stereo = npt.NDArray[np.float32]

_TONE_HERTZ, _TONE_SECONDS, _TONE_RAMP, _TONE_GAP = 200.0, 1.0, 0.1, 0.5
"""Woods et al. (2017): tones of 200 Hz and 1 s with ramps of 100 ms, 500 ms apart."""
_SOFTER = 10.0 ** (-6.0 / 20.0)
_TONE_PEAK = 0.1
"""Of full scale: about as loud as the noises."""
_NOISE_SECONDS, _NOISE_RAMP, _NOISE_GAP = 0.9, 0.05, 0.5
_LEAD = 0.15
"""Seconds of silence before, for some wireless headphones wake up late."""
_HEADROOM = 10.0 ** (-1.0 / 20.0)


def volume_noise(loudness: float = USUAL_LOUDNESS, seconds: float = 8.0) -> Stereo:
    """Pink noise, the same in both channels, as loud as a recording that is leveled to `loudness` (LUFS)."""
    noise = _pink(np.random.default_rng(0), seconds, 50.0, 16_000.0)
    return _with_lead(_leveled(np.stack([noise, noise]), loudness))


def side_bursts(first: Side, seed: int) -> Stereo:
    """A burst of noise in one ear, then one in the other."""
    burst = _pink(np.random.default_rng(seed), _NOISE_SECONDS, 200.0, 4_000.0)
    quiet = np.zeros_like(burst)
    left, right = _leveled(np.stack([burst, quiet])), _leveled(np.stack([quiet, burst]))
    return _joined([left, right] if first is Side.LEFT else [right, left], _NOISE_GAP)


def phase_bursts(in_phase: int, seed: int) -> Stereo:
    """A low noise twice: once the same in both channels (first when `in_phase` is 1), once inverted in one of them."""
    burst = _pink(np.random.default_rng(seed), _NOISE_SECONDS, 100.0, 1_000.0)
    same, inverted = _leveled(np.stack([burst, burst])), _leveled(np.stack([burst, -burst]))
    return _joined([same, inverted] if in_phase == 1 else [inverted, same], _NOISE_GAP)


def tones(trial: tuple[Tone, Tone, Tone]) -> Stereo:
    """The three tones of a trial."""
    time = np.arange(round(_TONE_SECONDS * RATE)) / RATE
    tone = _ramped(_TONE_PEAK * np.sin(2.0 * np.pi * _TONE_HERTZ * time), _TONE_RAMP)
    heard = {Tone.PLAIN: (tone, tone), Tone.ANTIPHASE: (tone, -tone), Tone.SOFTER: (_SOFTER * tone, _SOFTER * tone)}
    return _joined([np.stack(heard[one]) for one in trial], _TONE_GAP)


def wav(sound: Stereo, again: int = 0) -> bytes:
    """A WAV file of 16 bits; `again` makes another file of the same sound, with so many more ms of silence."""
    file = io.BytesIO()
    tail = np.zeros((2, again * RATE // 1000), np.float32)
    soundfile.write(file, np.concatenate([sound, tail], axis=1).T, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _pink(random: np.random.Generator, seconds: float, low: float, high: float) -> npt.NDArray[np.float64]:
    """Noise of equal power in every octave between two frequencies (Hz), with ramps."""
    frames = round(seconds * RATE)
    frequencies = np.fft.rfftfreq(frames, 1.0 / RATE)
    inside = (frequencies >= low) & (frequencies <= high)
    spectrum = np.zeros(len(frequencies), np.complex128)
    spectrum[inside] = np.exp(2j * np.pi * random.random(int(inside.sum()))) / np.sqrt(frequencies[inside])
    return _ramped(np.fft.irfft(spectrum, frames), _NOISE_RAMP)


def _ramped(samples: npt.NDArray[np.float64], seconds: float) -> npt.NDArray[np.float64]:
    ramp = np.sin(0.5 * np.pi * np.linspace(0.0, 1.0, round(seconds * RATE))) ** 2
    shaped = samples.copy()
    shaped[: len(ramp)] *= ramp
    shaped[-len(ramp) :] *= ramp[::-1]
    return shaped


def _leveled(samples: npt.NDArray[np.float64], loudness: float = USUAL_LOUDNESS) -> npt.NDArray[np.float64]:
    """At a loudness (LUFS), or a little below full scale where that would pass it."""
    scaled = samples / np.abs(samples).max()
    meter = LoudnessMeter(RATE, 2)
    meter.add(scaled.astype(np.float32))
    measured = meter.integrated()
    gain = 1.0 if measured is None else 10.0 ** ((loudness - measured) / 20.0)
    return scaled * min(gain, _HEADROOM)


def _joined(parts: list[npt.NDArray[np.float64]], gap: float) -> Stereo:
    silence = np.zeros((2, round(gap * RATE)))
    pieces = [parts[0], *(piece for part in parts[1:] for piece in (silence, part))]
    return _with_lead(np.concatenate(pieces, axis=1))


def _with_lead(samples: npt.NDArray[np.float64]) -> Stereo:
    return np.concatenate([np.zeros((2, round(_LEAD * RATE))), samples], axis=1).astype(np.float32)
