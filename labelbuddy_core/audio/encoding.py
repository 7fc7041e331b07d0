"""Write samples into files of the usual kinds with real encoders; for the demo and for tests."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile

from labelbuddy_core.audio.decoding import Block

_CODECS = {
    ".mp3": ("mp3", "libmp3lame", "s16p"),
    ".m4a": ("mp4", "aac", "fltp"),
    ".aac": ("adts", "aac", "fltp"),
    ".opus": ("ogg", "libopus", "flt"),
    ".webm": ("webm", "libopus", "flt"),
}


def encode(
    blocks: Iterable[Block], sample_rate: int, path: Path, *, bit_rate: int = 128_000, variable: bool = False
) -> None:
    """Encode blocks of shape (channels, frames) by the suffix of `path`: .wav, .flac, .aiff, .ogg, .mp3, .m4a, …

    `bit_rate` (bit/s) is for lossy codecs; `variable` makes an MP3 with variable bit rate.
    """
    if path.suffix in _CODECS:
        _encode_lossy(blocks, sample_rate, path, bit_rate, variable)
        return
    file: soundfile.SoundFile | None = None
    for block in blocks:
        file = file or soundfile.SoundFile(path, "w", sample_rate, block.shape[0])
        file.write(block.T)
    if file is not None:
        file.close()


def _encode_lossy(blocks: Iterable[Block], sample_rate: int, path: Path, bit_rate: int, variable: bool) -> None:
    container, codec, sample_format = _CODECS[path.suffix]
    with av.open(str(path), "w", format=container) as writing:
        stream: Any = None
        resampler = None
        written = 0
        for block in blocks:
            layout = "mono" if block.shape[0] == 1 else "stereo"
            if stream is None:
                stream = writing.add_stream(codec, rate=sample_rate, layout=layout)
                if variable:
                    stream.codec_context.flags |= 1 << 1  # AV_CODEC_FLAG_QSCALE
                    stream.codec_context.global_quality = 4 * 118  # quality 4 × FF_QP2LAMBDA
                else:
                    stream.bit_rate = bit_rate
                resampler = av.AudioResampler(format=sample_format, layout=layout, rate=sample_rate)
            samples = np.ascontiguousarray(block, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = sample_rate, written, Fraction(1, sample_rate)
            written += block.shape[1]
            assert resampler is not None
            for converted in resampler.resample(frame):
                writing.mux(stream.encode(converted))
        if stream is not None:
            writing.mux(stream.encode(None))
