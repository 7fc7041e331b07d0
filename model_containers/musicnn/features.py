"""Features of musicnn: log-compressed mel spectrogram patches.

16 kHz mono, STFT of 512 samples with hop 256 (Hann, centered), 96 Slaney mel bands of power, log10(10000·x + 1), cut
into patches of 187 frames (2.992 s) that do not overlap. The original drops what is left after the last whole patch;
here the last patch is moved back so that it ends with the audio (its tags are then those of music, not of music and
silence). Audio shorter than a patch is followed by silence.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from model_containers.serving.mel import hann, mel_filters

SAMPLE_RATE = 16_000
FFT_SIZE = 512
HOP = 256
MELS = 96
PATCH_FRAMES = 187
PATCH_SECONDS = PATCH_FRAMES * HOP / SAMPLE_RATE

Features = npt.NDArray[np.float32]


def patches(samples: npt.NDArray[np.float32], size: int) -> Iterator[Features]:
    """Patches of mono samples at 16 kHz in batches of at most `size`, each of shape (patches, 187, 96).

    Patch p begins at p · 2.992 s; the last may begin earlier. Memory does not grow with the length.
    """
    starts = _starts(len(samples))
    for first in range(0, len(starts), size):
        yield np.stack([log_mel(samples, start, PATCH_FRAMES) for start in starts[first : first + size]])


def log_mel(samples: npt.NDArray[np.float32], first: int, count: int) -> Features:
    """`count` frames of the log-mel spectrogram from frame `first` on, shape (count, 96).

    Frame n is centered on sample 256·n; around the samples is silence.
    """
    begin, length = first * HOP - FFT_SIZE // 2, (count - 1) * HOP + FFT_SIZE
    heard = samples[max(begin, 0) : max(begin + length, 0)]
    before = max(-begin, 0)
    stretch = np.pad(heard, (before, length - before - len(heard)))
    frames = np.lib.stride_tricks.sliding_window_view(stretch, FFT_SIZE)[::HOP]
    spectrum = np.fft.rfft(frames * _WINDOW, axis=1)  # float32 stays float32 (NumPy 2)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    # float16, as in the original, overflows for loud audio under NumPy 2 and makes every tag the same
    return np.log10(np.float32(10_000.0) * (power @ _FILTERS.T) + np.float32(1.0))


def _starts(length: int) -> list[int]:
    """First frame of each patch."""
    frames = 1 + length // HOP
    whole = list(range(0, frames - PATCH_FRAMES + 1, PATCH_FRAMES))
    if not whole:
        return [0]
    return whole if frames % PATCH_FRAMES == 0 else [*whole, frames - PATCH_FRAMES]


_FILTERS = mel_filters(SAMPLE_RATE, FFT_SIZE, MELS)
_WINDOW = hann(FFT_SIZE)
