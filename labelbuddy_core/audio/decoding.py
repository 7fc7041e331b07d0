"""Decode any accepted file in blocks, counting decoded samples.

The time line of a recording is the sequence of samples this module yields: encoder delay is trimmed by the decoder
where the file declares it; presentation times and headers are ignored. Files are recognized by content, never by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from labelbuddy_core.audio.headers import has_mp3_length, wav_frames
from labelbuddy_core.errors import AudioProblem

Block = npt.NDArray[np.float32]
"""Decoded samples of shape (channels, frames), full scale is ±1."""

FORMATS = frozenset(
    {"wav", "w64", "aiff", "flac", "mp3", "ogg", "aac", "matroska", "webm"}
    | {"mov", "mp4", "m4a", "3gp", "3g2", "mj2", "caf", "au"}
)
"""Containers, by FFmpeg's names."""

_RECOGNIZED = FORMATS | {"asf", "avi", "flv", "mpeg", "mpegts", "wv", "ape", "tta", "dsf", "iff", "amr", "ac3", "dts"}
"""Opened to say what is wrong; nothing else is even tried."""
_SAFE = {"protocol_whitelist": "file", "format_whitelist": ",".join(sorted(_RECOGNIZED))}

_SAFE_RIFF = {**_SAFE, "probesize": str(64 * 1024)}
"""The header of a WAV file says it all; FFmpeg would read 5 MB of it in search of other codecs, which takes 30 ms."""

MIN_RATE, MAX_RATE = 1_000, 768_000
MAX_CHANNELS = 8
BLOCK_SECONDS = 1.0
_EXACT_HEADERS = frozenset({"w64", "aiff", "flac", "au", "mov", "mp3"})
_TAGS = {
    "title": ("title",),
    "artist": ("artist", "album_artist", "author"),
    "album": ("album",),
    "date": ("date", "year"),
    "license": ("license", "copyright"),
}
_MAX_TAG = 300
_NOT_AUDIO = "This is not an audio file, whatever its name says. Upload WAV, FLAC, MP3, Ogg, M4A, AIFF or WebM."
_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff\xe0": "a JPEG picture",
}


@dataclass(frozen=True)
class Format:
    """What the header of a file says; `header_frames` is a claim that decoding checks."""

    container: str
    codec: str
    sample_rate: int
    channels: int
    header_frames: int | None
    bits: int | None


class Decoder:
    """Decodes the first audio stream of a file. After the last block, `frames` and `damaged` are final."""

    def __init__(self, path: Path) -> None:
        _refuse_other_files(path)
        try:
            self._container: Any = open_media(path)
        except MemoryError:  # FFmpeg's own is an FFmpegError too, and says nothing about the file
            raise
        except FFmpegError:
            raise _unreadable(path) from None
        self._path = path
        self.format = self._read_format()
        self.tags = self._read_tags()
        """What the file says about itself, by the names of `_TAGS`; texts are cut at 300 letters."""
        self.frames = 0
        self.damaged = 0
        self.position = 0
        """Bytes of the file read so far."""

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def blocks(self) -> Iterator[Block]:
        """The samples in blocks of about one second; every block but the last has the same number of frames."""
        size = max(1, round(self.format.sample_rate * BLOCK_SECONDS))
        waiting: list[Block] = []
        held = 0
        for samples in self._decoded():
            waiting.append(samples)
            held += samples.shape[1]
            if held >= size:
                joined = np.concatenate(waiting, axis=1)
                cut = held - held % size
                for start in range(0, cut, size):
                    yield joined[:, start : start + size]
                waiting = [joined[:, cut:]]
                held -= cut
        if held:
            yield np.concatenate(waiting, axis=1)

    def _read_tags(self) -> dict[str, str]:
        try:
            told = {**self._container.streams.audio[0].metadata, **self._container.metadata}
        except (FFmpegError, UnicodeError):
            return {}
        lower = {str(name).lower(): str(text).strip() for name, text in told.items()}
        found = {kept: next((lower[name] for name in names if lower.get(name)), "") for kept, names in _TAGS.items()}
        return {kept: text[:_MAX_TAG] for kept, text in found.items() if text}

    def _decoded(self) -> Iterator[Block]:
        stream = self._container.streams.audio[0]
        for packet in self._packets(stream):
            if packet.pos is not None and packet.pos > self.position:
                self.position = packet.pos
            try:
                frames = packet.decode()
            except FFmpegError:
                self.damaged += 1
                continue
            for frame in frames:
                samples = as_float(frame, self.format.channels)
                if samples is None:
                    self.damaged += 1
                    continue
                self.frames += samples.shape[1]
                yield samples

    def _packets(self, stream: Any) -> Iterator[Any]:
        packets = self._container.demux(stream)
        while True:
            try:
                yield next(packets)
            except StopIteration:
                return
            except FFmpegError:  # the container itself ends in the middle of something
                self.damaged += 1
                return

    def _read_format(self) -> Format:
        container = self._container.format.name.split(",")[0]
        if not FORMATS & set(self._container.format.name.split(",")) or not self._container.streams.audio:
            raise AudioProblem("This file holds no sound that LabelBuddy can read. Upload an audio file.")
        stream = self._container.streams.audio[0]
        context = stream.codec_context
        if context is None:
            raise AudioProblem(
                "The sound in this file is coded in a way that LabelBuddy cannot read; it may be protected against "
                "copying, or damaged. Export it as WAV, FLAC or MP3."
            )
        rate, channels = context.sample_rate or 0, context.channels or 0
        if not rate or not channels:
            raise AudioProblem(_NOT_AUDIO)
        if not MIN_RATE <= rate <= MAX_RATE:
            raise AudioProblem(
                f"The file claims a sample rate of {rate} Hz. Accepted are {MIN_RATE} to {MAX_RATE} Hz; "
                "export it again with a usual rate."
            )
        if not 1 <= channels <= MAX_CHANNELS:
            raise AudioProblem(
                f"The file has {channels} channels. At most {MAX_CHANNELS} are accepted; split it first."
            )
        return Format(
            container=container,
            codec=context.name,
            sample_rate=rate,
            channels=channels,
            header_frames=self._announced(container, stream, rate),
            bits=getattr(context.format, "bits", None),
        )

    def _announced(self, container: str, stream: Any, rate: int) -> int | None:
        """Frames the file claims to hold, where such a claim can be believed."""
        if container == "wav":
            return wav_frames(self._path)
        if container == "mp3" and not has_mp3_length(self._path):
            return None
        if container not in _EXACT_HEADERS or stream.duration is None:
            return None
        return max(0, round(float(stream.duration * stream.time_base) * rate)) or None


def open_media(path: Path) -> Any:
    """Open a file for reading, and nothing that it names: playlists lead to other files and servers.

    Raises `FFmpegError`.
    """
    with path.open("rb") as file:
        riff = file.read(4) in (b"RIFF", b"RF64")
    return av.open(str(path), mode="r", metadata_errors="replace", options=_SAFE_RIFF if riff else _SAFE)


def damage_warning(decoder: Decoder) -> str | None:
    """What to tell about a file that decoded only in part, or None. Raises `AudioProblem` when nothing decoded.

    Call it after the last block.
    """
    told, rate = decoder.format.header_frames, decoder.format.sample_rate
    if decoder.frames == 0:
        if told:
            raise AudioProblem(
                f"The header announces {_length(told / rate)} of audio, but no samples follow. "
                "The file was probably cut off while it was copied; copy it again."
            )
        raise AudioProblem("No samples could be decoded. The file is damaged; export or copy it again.")
    if told and decoder.frames < told - max(0.01 * told, 0.1 * rate):
        return (
            f"The file is cut off: its header announces {_length(told / rate)}, "
            f"but it holds {_length(decoder.frames / rate)}. Only that part can be labeled."
        )
    if decoder.damaged:
        return f"The file is damaged in {decoder.damaged} place(s); what could be decoded is kept."
    return None


def _unreadable(path: Path) -> AudioProblem:
    if wav_frames(path):
        return AudioProblem(
            "The header announces audio, but no samples follow. The file was probably cut off while it was copied; "
            "copy it again."
        )
    return AudioProblem(_NOT_AUDIO)


def _length(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{int(hours)} h"] if hours else []
    parts += [f"{int(minutes)} min"] if minutes else []
    return " ".join([*parts, f"{rest:.1f} s"])


def _refuse_other_files(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise AudioProblem("The file is empty (0 bytes). Copy or export it again.")
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise AudioProblem(f"This is {what}, not an audio file.")
    if b"\x00" not in head and _is_text(head):
        raise AudioProblem("This is a text file, not an audio file, whatever its name says.")


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum(character.isprintable() or character.isspace() for character in text) > 0.97 * len(text)


def as_float(frame: Any, channels: int) -> Block | None:
    """Samples of a decoded frame as float32 (channels, frames); None when the frame changes its shape midway."""
    if frame.layout.nb_channels != channels:
        return None
    samples = frame.to_ndarray()
    kind = samples.dtype.kind
    if not frame.format.is_planar:
        samples = samples.reshape(-1, channels).T
    if kind == "f":
        samples = samples.astype(np.float32, copy=False)
        return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0) if not np.isfinite(samples).all() else samples
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128.0) / 128.0
    return samples.astype(np.float32) / np.float32(-float(np.iinfo(samples.dtype).min))
