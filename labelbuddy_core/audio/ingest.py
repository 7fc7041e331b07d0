"""Everything a recording needs, from one pass over its samples: true length, peaks pyramid and playback copy.

Run as `python -m labelbuddy_core.audio.ingest` by `sandbox`: uploaded bytes are decoded in a process of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labelbuddy_core.audio import playback, sandbox, sandbox_server
from labelbuddy_core.audio.alignment import Excerpts, is_aligned
from labelbuddy_core.audio.decoding import Block, Decoder, damage_warning
from labelbuddy_core.audio.peaks import PeaksBuilder
from labelbuddy_core.audio.playback import AacCopy, FlacCopy, Way

RECIPE = "2"
"""Version of how derived files are made; part of their key."""

PEAKS_NAME = "peaks.lbpk"

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Derived:
    """What ingest found and made. `playback_name` is None when the original is played; names are in the folder."""

    frames: int
    sample_rate: int
    channels: int
    codec: str
    original_type: str
    playback_name: str | None
    playback_type: str
    warning: str | None
    tags: dict[str, str]
    """What the file says about itself: title, artist, album, date, license."""

    @property
    def duration(self) -> float:
        """Seconds of decoded samples."""
        return self.frames / self.sample_rate


def derive(source: Path, folder: Path, on_progress: Progress, also: Callable[[Block], object] | None = None) -> Derived:
    """Decode `source` once and write peaks and playback copy into `folder`; `also` gets every block of samples.

    Raises `AudioProblem` with the reason when the file is unusable; a file that is usable in part is accepted with a
    warning and its true length.
    """
    with Decoder(source) as decoder:
        found = decoder.format
        way, original_type = playback.choose(source, found)
        peaks = PeaksBuilder(folder / PEAKS_NAME, found.sample_rate, found.channels)
        excerpts = Excerpts(found.sample_rate)
        copy = _writer(way, folder, decoder)
        size = source.stat().st_size
        for block in decoder.blocks():
            peaks.add(block)
            excerpts.add(block)
            if copy is not None:
                copy.add(block)
            if also is not None:
                also(block)
            on_progress(_fraction(decoder, size))
        warning = damage_warning(decoder)
        peaks.finish()
        if copy is not None:
            copy.finish()
    if way is Way.REMUX:
        made = playback.remux(source, folder / _name(way))
        if not made or warning or not is_aligned(folder / _name(way), excerpts):
            way = _transcode(source, folder, way)
    elif way is Way.ORIGINAL and warning:
        way = _transcode(source, folder, None)
    elif way is Way.AAC and not is_aligned(folder / _name(way), excerpts):
        way = _transcode(source, folder, way)
    return Derived(
        frames=decoder.frames,
        sample_rate=found.sample_rate,
        channels=found.channels,
        codec=found.codec,
        original_type=original_type,
        playback_name=None if way is Way.ORIGINAL else _name(way),
        playback_type=original_type if way is Way.ORIGINAL else playback.MEDIA_TYPES[way],
        warning=warning,
        tags=decoder.tags,
    )


def _writer(way: Way, folder: Path, decoder: Decoder) -> FlacCopy | AacCopy | None:
    if way is Way.FLAC:
        return FlacCopy(folder / _name(way), decoder.format)
    if way is Way.AAC:
        return AacCopy(folder / _name(way), decoder.format)
    return None


def _transcode(source: Path, folder: Path, refused: Way | None) -> Way:
    """Make a FLAC copy from the decoded samples: always on the time line, whatever is wrong with the original."""
    if refused is not None:
        (folder / _name(refused)).unlink(missing_ok=True)
    with Decoder(source) as decoder:
        copy = FlacCopy(folder / _name(Way.FLAC), decoder.format)
        for block in decoder.blocks():
            copy.add(block)
        copy.finish()
    return Way.FLAC


def _name(way: Way) -> str:
    return f"playback.{playback.SUFFIXES[way]}"


def _fraction(decoder: Decoder, size: int) -> float:
    """How far decoding is (0 … 1), by samples where the header can be trusted, else by bytes read."""
    if decoder.format.header_frames:
        return min(1.0, decoder.frames / decoder.format.header_frames)
    return min(1.0, decoder.position / size) if size else 1.0


def derive_isolated(source: Path, folder: Path, *, timeout: float, memory_bytes: int, on_progress: Progress) -> Derived:
    """`derive` in a child process with limits on time (seconds) and memory (bytes).

    Raises `AudioProblem` also when the child hangs, is killed or runs out of memory.
    """
    request = {"source": str(source), "folder": str(folder)}
    result = sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes, on_progress=on_progress)
    return Derived(**result)


def main(request: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    """The child's side of `derive_isolated`."""
    return asdict(derive(Path(request["source"]), Path(request["folder"]), on_progress))


if __name__ == "__main__":
    sandbox_server.serve(main)
