"""Stretches of a task's recording for the editor: samples, spectrogram tiles and snap points."""

from __future__ import annotations

import bisect
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from labelbuddy_core.audio import spectrogram
from labelbuddy_core.audio.analysis import RECIPE as ANALYSIS_RECIPE
from labelbuddy_core.audio.coarse_spectrogram import read_tile
from labelbuddy_core.audio.decoder_pool import DecoderPool
from labelbuddy_core.audio.file_cache import FileCache
from labelbuddy_core.audio.spectrogram import COARSE_LEVEL, Scale
from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.transactions import reads
from labelbuddy_core.settings import get_settings

MAX_FRAMES = 1 << 18
MAX_ZERO_SECONDS = 10.0
_EXACT_ORIGINALS = ("pcm_", "flac")
_TIMEOUT = 20.0


@dataclass(frozen=True)
class Sound:
    """What must be known about a recording to read a stretch of it."""

    sha256: str
    read_key: str
    sample_rate: int
    channels: int
    frames: int
    analysis_key: str | None
    spectrogram_key: str | None


@dataclass(frozen=True)
class Tile:
    """A spectrogram tile, or a stretch of samples: bytes, and a tag that changes when they do."""

    data: bytes
    tag: str


@reads
def _sound(session: Session, actor: Actor, task_id: str | int) -> Sound:
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    return _sound_of(access.recording)


def _sound_of(recording: Recording) -> Sound:
    if recording.state != RecordingState.READY.value or recording.frames is None:
        raise InvalidState(f"{recording.name} is not ready: {recording.problem or 'still being read'}.")
    exact = (recording.codec or "").startswith(_EXACT_ORIGINALS)
    return Sound(
        sha256=recording.sha256,
        # Samples of a lossless original are better than those of a copy; a lossy one is exact only in its copy.
        read_key=original_key(recording.sha256) if exact or recording.playback_key is None else recording.playback_key,
        sample_rate=recording.sample_rate or 1,
        channels=recording.channels or 1,
        frames=recording.frames,
        analysis_key=recording.analysis_key,
        spectrogram_key=recording.spectrogram_key,
    )


def pcm(actor: Actor, task_id: str | int, start: int, stop: int) -> bytes:
    """Samples `start` up to, not including, `stop` of all channels, as interleaved int16 (little-endian).

    Raises `Invalid` for more than 262,144 frames.
    """
    sound = _sound(actor, task_id)
    if not 0 <= start < stop:
        raise Invalid("start and stop are numbers of samples, with 0 ≤ start < stop.", field="start")
    stop = min(stop, sound.frames)
    if start >= stop:
        raise Invalid(f"The recording has {sound.frames} samples.", field="start")
    if stop - start > MAX_FRAMES:
        raise Invalid(f"At most {MAX_FRAMES} samples at once.", field="stop")
    return _pool().ask("pcm", _readable(sound), start=start, stop=stop)


def describe_spectrogram(actor: Actor, task_id: str | int) -> dict[str, Any]:
    """What a client must know to draw the tiles of a recording's spectrogram."""
    sound = _sound(actor, task_id)
    found = spectrogram.describe(sound.sample_rate, sound.frames)
    return {**found, "channels": sound.channels, "complete": sound.spectrogram_key is not None}


def tile_tag(actor: Actor, task_id: str | int, level: int, tile: int, scale: str, channel: int | None) -> str:
    """The tag of a tile, without making it. Raises `NotFound` and `Invalid` as `tile` does."""
    return _tile_name(_sound(actor, task_id), level, tile, scale, channel)


def tile(actor: Actor, task_id: str | int, level: int, tile: int, scale: str, channel: int | None) -> Tile:
    """A spectrogram tile as WebP: from the cache, from the analysis, or made now.

    Raises `NotFound` for a tile outside the recording, or of a coarse level that is not analyzed yet.
    """
    sound = _sound(actor, task_id)
    name = _tile_name(sound, level, tile, scale, channel)
    if level >= COARSE_LEVEL:
        return Tile(_coarse(sound, Scale(scale), level, tile), name)
    cache = _cache()
    data = cache.get(f"spectrograms/{sound.sha256[:2]}/{sound.sha256}/{name}")
    if data is None:
        data = _pool().ask(
            "tile",
            _readable(sound),
            sample_rate=sound.sample_rate,
            scale=scale,
            level=level,
            tile=tile,
            channel=channel,
        )
        cache.put(f"spectrograms/{sound.sha256[:2]}/{sound.sha256}/{name}", data)
    return Tile(data, name)


def _tile_name(sound: Sound, level: int, tile: int, scale: str, channel: int | None) -> str:
    if scale not in list(Scale):
        raise Invalid(f"scale must be one of {', '.join(Scale)}.", field="scale")
    if channel is not None and not 0 <= channel < sound.channels:
        raise Invalid(f"The recording has {sound.channels} channel(s), counted from 0.", field="channel")
    if not 0 <= level <= spectrogram.highest_level(sound.frames):
        raise NotFound(f"There is no level {level}.")
    if not 0 <= tile < spectrogram.tile_count(sound.frames, level):
        raise NotFound(f"There is no tile {tile} on level {level}.")
    if channel is not None and level >= COARSE_LEVEL:
        raise Invalid("Zoomed out this far, there is only the mean of all channels.", field="channel")
    heard = "all" if channel is None else str(channel)
    return f"{ANALYSIS_RECIPE}-{sound.sha256[:16]}-{scale}-{level}-{tile}-{heard}.webp"


def _coarse(sound: Sound, scale: Scale, level: int, tile: int) -> bytes:
    if sound.spectrogram_key is None:
        raise NotFound("This recording is still being analyzed; zoom in, or look again in a while.")
    store, key = open_store(get_settings()), sound.spectrogram_key
    found = read_tile(lambda start, stop: store.read_range(key, start, min(stop, store.size(key))), scale, level, tile)
    if found is None:
        raise NotFound(f"There is no tile {tile} on level {level}.")
    return found


def snap_points(
    actor: Actor, task_id: str | int, start: float, stop: float, kinds: frozenset[str]
) -> dict[str, list[Any]]:
    """Instants between `start` and `stop` (seconds) that an edge may snap to, by kind, ascending.

    `onset` and `zero` are times in seconds; `beat` are {time, position}, where position 1 is a guessed downbeat. Zero
    crossings are given for at most 10 s.
    """
    sound = _sound(actor, task_id)
    unknown = kinds - {"onset", "beat", "zero"}
    if unknown:
        raise Invalid(f"{sorted(unknown)[0]!r} is no kind of snap point: onset, beat, zero.", field="kinds")
    if not 0.0 <= start <= stop:
        raise Invalid("start and stop are seconds, with 0 ≤ start ≤ stop.", field="start")
    found: dict[str, list[Any]] = {}
    if kinds & {"onset", "beat"}:
        analysis = analysis_of(sound.analysis_key) if sound.analysis_key else {"onsets": [], "beats": None}
        if "onset" in kinds:
            found["onset"] = _between(analysis["onsets"], start, stop)
        if "beat" in kinds:
            found["beat"] = _beats_between(analysis["beats"], start, stop)
    if "zero" in kinds:
        found["zero"] = _zero_crossings(sound, start, stop)
    return found


def _between(times: list[float], start: float, stop: float) -> list[float]:
    return times[bisect.bisect_left(times, start) : bisect.bisect_right(times, stop)]


def _beats_between(beats: dict[str, Any] | None, start: float, stop: float) -> list[dict[str, Any]]:
    if beats is None:
        return []
    first, last = bisect.bisect_left(beats["times"], start), bisect.bisect_right(beats["times"], stop)
    pairs = zip(beats["times"][first:last], beats["positions"][first:last], strict=True)
    return [{"time": time, "position": position} for time, position in pairs]


def _zero_crossings(sound: Sound, start: float, stop: float) -> list[float]:
    if stop - start > MAX_ZERO_SECONDS:
        raise Invalid(f"Zero crossings are given for at most {MAX_ZERO_SECONDS:g} s.", field="stop")
    first = int(start * sound.sample_rate)
    last = min(sound.frames, int(stop * sound.sample_rate) + 2)
    if first >= last:
        return []
    data = _pool().ask("zero_crossings", _readable(sound), start=first, stop=last, sample_rate=sound.sample_rate)
    return _between(orjson.loads(data), start, stop)


@lru_cache(maxsize=32)
def analysis_of(key: str) -> dict[str, Any]:
    """What an analysis found; its key names its content, so it never changes."""
    store = open_store(get_settings())
    return orjson.loads(store.read_range(key, 0, store.size(key)))


def _readable(sound: Sound) -> Path:
    """A local file to read: the blob itself, or a copy in the cache."""
    store = open_store(get_settings())
    local = store.local_path(sound.read_key)
    if local is None:
        name = f"audio/{sound.read_key.replace('/', '-')}"
        return _cache().file(name, lambda path: store.fetch_to(sound.read_key, path))
    if not local.exists():
        raise NotFound("The audio is missing from the storage; ask a manager to upload it again.")
    return local


def forget(sha256: str) -> None:
    """Remove what is cached of a recording whose bytes are deleted."""
    folder = get_settings().cache_folder
    shutil.rmtree(folder / "spectrograms" / sha256[:2] / sha256, ignore_errors=True)
    for path in (folder / "audio").glob(f"*{sha256}*"):
        path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _pool() -> DecoderPool:
    settings = get_settings()
    return DecoderPool(settings.window_readers, memory_bytes=settings.decode_memory_bytes, timeout=_TIMEOUT)


@lru_cache(maxsize=1)
def _cache() -> FileCache:
    settings = get_settings()
    return FileCache(settings.cache_folder, settings.cache_bytes)


def close() -> None:
    """End the processes that read audio; what asks next starts new ones, with the settings of then."""
    if _pool.cache_info().currsize:
        _pool().close()
    _pool.cache_clear()
    _cache.cache_clear()
    analysis_of.cache_clear()
