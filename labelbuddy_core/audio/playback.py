"""The copy that browsers play: exact seeking on the time line of decoded samples, made as cheaply as possible.

MP3 and AAC packets are copied losslessly into MP4 with the index in front (browsers seek an uploaded VBR MP3 seconds or
minutes off, the same packets in MP4 within a millisecond: docs/audio.md). What browsers play and seek exactly is served
as it is; the rest becomes FLAC, or AAC when it is long.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from av.error import FFmpegError

from labelbuddy_core.audio.decoding import Block, Format, open_media
from labelbuddy_core.audio.headers import is_riff

WAV_LIMIT = 30 * 1024**2
FLAC_LIMIT = 100 * 1024**2
LOSSLESS_SECONDS = 20 * 60.0
_BROWSER_PCM = frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"})
_FLAC_MAX_RATE = 655_350
_AAC_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000})


class Way(StrEnum):
    """How the playback copy is made."""

    ORIGINAL = "original"
    REMUX = "remux"
    FLAC = "flac"
    AAC = "aac"


MEDIA_TYPES = {Way.REMUX: "audio/mp4", Way.FLAC: "audio/flac", Way.AAC: "audio/mp4"}
SUFFIXES = {Way.REMUX: "m4a", Way.FLAC: "flac", Way.AAC: "m4a"}


def choose(path: Path, found: Format) -> tuple[Way, str]:
    """How to make a file playable, and the media type of the original."""
    size = path.stat().st_size
    match found.container, found.codec:
        case "wav", codec if codec in _BROWSER_PCM and size <= WAV_LIMIT and is_riff(path):  # Firefox refuses RF64
            return Way.ORIGINAL, "audio/wav"
        case "flac", "flac" if size <= FLAC_LIMIT and found.channels <= 2:
            return Way.ORIGINAL, "audio/flac"
        case "mp3", _ if found.sample_rate >= 16_000:  # the MP4 muxer refuses MPEG-2.5
            return Way.REMUX, "audio/mpeg"
        case ("aac" | "mov", "aac"):
            return Way.REMUX, "audio/aac" if found.container == "aac" else "audio/mp4"
    return transcoding(path, found), _ORIGINAL_TYPES.get(found.container, "application/octet-stream")


_ORIGINAL_TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "aiff": "audio/aiff",
    "mov": "audio/mp4",
    "aac": "audio/aac",
    "matroska": "audio/webm",
}


def transcoding(path: Path, found: Format) -> Way:
    """FLAC, or AAC for what would become very large."""
    long = found.header_frames is None or found.header_frames > LOSSLESS_SECONDS * found.sample_rate
    large = path.stat().st_size > FLAC_LIMIT
    fits_aac = found.sample_rate in _AAC_RATES and found.channels <= 2
    return Way.AAC if (large or (long and path.stat().st_size > FLAC_LIMIT // 10)) and fits_aac else Way.FLAC


def remux(source: Path, target: Path) -> bool:
    """Copy the packets of the first audio stream into MP4 with the index in front; False when the muxer refuses."""
    try:
        with (
            open_media(source) as reading,
            av.open(str(target), "w", format="mp4", options=_FASTSTART) as writing,
        ):
            stream = reading.streams.audio[0]
            copy = writing.add_stream_from_template(stream)
            # The encoder delay that the source declares becomes the MP4's edit list, so players skip it as well.
            delay = stream.start_time or 0
            lead_in = bool(delay) and stream.codec_context.name.startswith("mp3")
            for packet in _sound_packets(reading, stream):
                packet.pts, packet.dts = packet.pts - delay, packet.dts - delay
                if lead_in:
                    # Chromium skips the delay of the very first MP3 packet twice; here that is one nobody hears.
                    writing.mux(_earlier(packet, copy))
                    lead_in = False
                packet.stream = copy
                writing.mux(packet)
    except FFmpegError:
        target.unlink(missing_ok=True)
        return False
    return True


def _earlier(packet: Any, stream: Any) -> Any:
    """A copy of a packet, one packet before it."""
    copy: Any = av.Packet(bytes(packet))
    copy.pts = copy.dts = packet.pts - packet.duration
    copy.duration, copy.time_base = packet.duration, packet.time_base
    copy.stream, copy.is_keyframe = stream, True
    return copy


_FASTSTART = {"movflags": "+faststart"}


def _sound_packets(reading: Any, stream: Any) -> Any:
    packets = reading.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            return
        if packet.dts is not None and packet.size:
            yield packet


class FlacCopy:
    """Writes decoded blocks as FLAC; 16 bits unless the source has more."""

    def __init__(self, target: Path, found: Format) -> None:
        deep = (found.bits or 16) > 16 and found.codec.startswith(("pcm_s", "pcm_f", "flac", "alac"))
        rate = min(found.sample_rate, _FLAC_MAX_RATE)
        self._file = soundfile.SoundFile(
            target, "w", rate, found.channels, subtype="PCM_24" if deep else "PCM_16", format="FLAC"
        )

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        self._file.write(np.clip(block, -1.0, 1.0).T)

    def finish(self) -> None:
        """Complete the file."""
        self._file.close()


class AacCopy:
    """Writes decoded blocks as AAC in MP4 (about 64 kbit/s a channel) with the index in front."""

    def __init__(self, target: Path, found: Format) -> None:
        self._writing: Any = av.open(str(target), "w", format="mp4", options=_FASTSTART)
        layout = "mono" if found.channels == 1 else "stereo"
        self._stream = self._writing.add_stream("aac", rate=found.sample_rate, layout=layout)
        self._stream.bit_rate = 64_000 * found.channels
        self._layout = layout
        self._rate = found.sample_rate
        self._written = 0

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = self._written
        frame.time_base = Fraction(1, self._rate)
        self._written += block.shape[1]
        self._writing.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Complete the file."""
        self._writing.mux(self._stream.encode(None))
        self._writing.close()
