"""Random access to a recording: any stretch of samples, on the same time line as decoding from the beginning.

Decoders cannot start anywhere: a frame of MP3, AAC or Opus depends on what came before it. Reading therefore begins a
little earlier, and each frame is placed by its time stamp, which is exact in the files read here: PCM and FLAC (by
libsndfile), and playback copies in MP4 with an index.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from av.error import FFmpegError

from labelbuddy_core.audio.decoding import Block, as_float, open_media
from labelbuddy_core.audio.exact_files import exact_file, read_samples
from labelbuddy_core.errors import AudioProblem

_PREROLL_SECONDS = 0.25
"""Several frames of every codec; Opus asks for 80 ms (RFC 7845, 4.6)."""


def read_window(path: Path, start: int, stop: int) -> Block:
    """Samples `start` up to, not including, `stop`, shape (channels, stop − start); zeros beyond the end.

    Raises `AudioProblem` when the file cannot be read there.
    """
    exact = _by_sndfile(path, start, stop)
    if exact is not None:
        return exact
    try:
        with open_media(path) as container:
            return _by_packets(container, start, stop)
    except FFmpegError as error:
        raise AudioProblem(f"The audio cannot be read at this place: {error.strerror}.") from None


def _by_sndfile(path: Path, start: int, stop: int) -> Block | None:
    """The samples, when libsndfile seeks this kind of file to the sample; else None."""
    try:
        with exact_file(path) as file:
            if file is None:
                return None
            out = np.zeros((file.channels, stop - start), np.float32)
            if start < file.frames:
                file.seek(start)
                samples = read_samples(file, min(stop, file.frames) - start)
                out[:, : samples.shape[1]] = samples
            return out
    except soundfile.SoundFileError:
        return None


def _by_packets(container: Any, start: int, stop: int) -> Block:
    stream = next((one for one in container.streams.audio), None)
    if stream is None or not stream.codec_context.sample_rate:
        raise AudioProblem("The file holds no sound that can be read.")
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    # A beginning before zero is encoder delay, which the decoder trims.
    origin = float(max(0, stream.start_time or 0) * stream.time_base)
    earlier = max(0.0, start / rate - _PREROLL_SECONDS)
    if earlier > 0.0:
        container.seek(int((earlier + origin) / stream.time_base), stream=stream, backward=True)
    out = np.zeros((channels, stop - start), np.float32)
    for frame in container.decode(stream):
        samples = as_float(frame, channels)
        if samples is None or frame.pts is None:
            continue
        at = round((float(frame.pts * frame.time_base) - origin) * rate)
        first, last = max(at, start), min(at + samples.shape[1], stop)
        if first < last:
            out[:, first - start : last - start] = samples[:, first - at : last - at]
        if at >= stop:
            break
    return out
