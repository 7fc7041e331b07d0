"""A hint of music and speech: do tones last, is there a pulse, how does the level move. It learned from no examples.

Median filters part a spectrogram into what lasts in time (tones) and what is wide in frequency (strokes, consonants)
(Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010). Tones of music stand still for
300 ms and more, those of speech glide; speech has many moments far below its mean level, between syllables and words
(Saunders, ICASSP 1996; Scheirer and Slaney, ICASSP 1997), and no steady pulse. The weights were set by hand on
generated music and noises and on voices of espeak-ng.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model_containers.baseline import rhythm
from model_containers.baseline.levels import QUIET_DBFS, Levels
from model_containers.baseline.rhythm import Strength
from model_containers.baseline.runs import runs
from model_containers.serving.model import Samples, Segment

HOP_SECONDS = 0.02
_FFT_SIZE = 1024
_TOP_HZ = 4_000.0
_LASTING_FRAMES = 31
"""0.6 s: a tone that fills more than half of it counts as lasting."""
_WIDE_BINS = 31
_PIECE_SECONDS = 60.0
_CONTEXT_FRAMES = _LASTING_FRAMES
_WINDOW_SECONDS = 3.0
_PULSE_SECONDS = 6.0
_STEP_SECONDS = 0.5

Shares = npt.NDArray[np.float64]


def lasting_shares(samples: Samples, sample_rate: int) -> Shares:
    """Power of lasting tones and of all sound up to 4 kHz, every 20 ms: shape (frames, 2)."""
    hop = round(HOP_SECONDS * sample_rate)
    count = max(1, len(samples) // hop)
    piece = round(_PIECE_SECONDS / HOP_SECONDS)
    parts = [_piece(samples, sample_rate, first, min(first + piece, count), hop) for first in range(0, count, piece)]
    return np.concatenate(parts)


def music_and_speech(level: Levels, shares: Shares, strength: Strength, duration: float) -> list[Segment]:
    """Stretches of 1.5 s and more that sound like music, or like speech."""
    found = []
    for label, track in zip(("music", "speech"), likeness(level, shares, strength), strict=True):
        for first, stop in runs(track, 0.5, 0.4, 2, 3):
            start, end = first * _STEP_SECONDS, min(stop * _STEP_SECONDS, duration)
            if end > start:
                score = round(float(track[first:stop].mean()), 3)
                found.append(Segment(start, duration if stop == len(track) else end, label, score))
    return found


def likeness(level: Levels, shares: Shares, strength: Strength) -> tuple[Shares, Shares]:
    """How much each half second is like music and like speech, 0 … 1.

    Judged by the three seconds around it, the pulse by six; `strength` is the onset strength every 10 ms.
    """
    step, half = round(_STEP_SECONDS / HOP_SECONDS), round(_WINDOW_SECONDS / HOP_SECONDS / 2)
    music, speech = [], []
    for first in range(0, len(level), step):
        around = slice(max(0, first + step // 2 - half), first + step // 2 + half)
        here = level[first : first + step]
        if here.max() < QUIET_DBFS:
            music.append(0.0)
            speech.append(0.0)
            continue
        power = 10.0 ** (level[around] / 10.0)
        lasting, everything = shares[around].sum(axis=0)
        tones = lasting / max(everything, 1e-20)
        amplitude = np.sqrt(power)
        low = float(np.mean(amplitude < 0.5 * amplitude.mean()))
        pulse = _pulse(strength, (first + step / 2) * HOP_SECONDS)
        music.append(_sigmoid(12.0 * (tones - 0.38) + 5.0 * (pulse - 0.4)))
        speech.append(_sigmoid(12.0 * (0.3 - tones) + 20.0 * (low - 0.2) - 12.0 * (pulse - 0.2)))
    return np.array(music), np.array(speech)


def _pulse(strength: Strength, time: float) -> float:
    """How clear the pulse is around a time; the window lies within the sound."""
    length = round(_PULSE_SECONDS / rhythm.HOP_SECONDS)
    first = max(0, min(round(time / rhythm.HOP_SECONDS) - length // 2, len(strength) - length))
    around = strength[first : first + length]
    return rhythm.clarity(around) if len(around) * rhythm.HOP_SECONDS >= _WINDOW_SECONDS else 0.2


def _piece(samples: Samples, sample_rate: int, first: int, stop: int, hop: int) -> Shares:
    from scipy.ndimage import median_filter

    begin, end = max(0, first - _CONTEXT_FRAMES), stop + _CONTEXT_FRAMES
    heard = samples[begin * hop : end * hop + _FFT_SIZE]
    wanted = (end - begin - 1) * hop + _FFT_SIZE
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(heard, (0, max(0, wanted - len(heard)))), _FFT_SIZE)[::hop]
    bins = round(_TOP_HZ / sample_rate * _FFT_SIZE)
    window = np.hanning(_FFT_SIZE).astype(np.float32)
    magnitude = np.abs(np.fft.rfft(frames[: end - begin] * window, axis=1)[:, 1 : bins + 1])
    tones = median_filter(magnitude, size=(_LASTING_FRAMES, 1), mode="nearest")
    strokes = median_filter(magnitude, size=(1, _WIDE_BINS), mode="nearest")
    power = np.square(magnitude.astype(np.float64))
    mask = np.square(tones) / np.maximum(np.square(tones) + np.square(strokes), 1e-20)
    # of a bin counts only what lasts: a tone that comes and goes is louder than its median
    lasting = np.minimum(power, np.square(tones, dtype=np.float64)) * mask
    return np.stack([lasting.sum(axis=1), power.sum(axis=1)], axis=1)[first - begin : stop - begin]


def _sigmoid(value: float) -> float:
    return float(1.0 / (1.0 + np.exp(-value)))
