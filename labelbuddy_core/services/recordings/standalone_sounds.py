"""Recordings for an editor without LabelBuddy's server and database: read once, kept in a folder of temporary files.

Files are named by the content that they are made of, so that many sessions and restarts share them. They are handed out
as views on mapped files: what nobody reads takes no memory.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from labelbuddy_core.audio import spectrogram
from labelbuddy_core.audio.ingest import PEAKS_NAME, Derived
from labelbuddy_core.audio.standalone import SAMPLES_NAME, SAMPLES_OFFSET, prepare_isolated
from labelbuddy_core.services.recordings.standalone_audio import Given
from labelbuddy_core.services.recordings.standalone_folder import MAKING, OPEN_AT_ONCE, folder_of, make_room, view
from labelbuddy_core.settings import get_settings

_ABOUT_NAME = "about.json"
_ORIGINAL_NAME = "playback.original"


@dataclass(frozen=True)
class Sound:
    """A recording that is ready for the editor."""

    sha256: str
    sample_rate: int
    channels: int
    frames: int
    warning: str | None
    media_type: str
    audio: memoryview
    """What is played."""
    peaks: memoryview
    samples: memoryview
    """A WAV file of 16 bits; the first sample is at byte `samples_offset`."""
    folder: Path
    samples_offset: int = SAMPLES_OFFSET

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.sample_rate

    def spectrogram(self) -> dict[str, object]:
        """Geometry and frequencies of the spectrogram's tiles."""
        return spectrogram.describe(self.sample_rate, self.frames)


def is_open(sha256: str) -> bool:
    """Whether a recording can be opened without reading its audio."""
    return (folder_of(sha256) / _ABOUT_NAME).exists()


def open_sound(audio: Given) -> Sound:
    """A recording ready for the editor; audio that was never opened here is decoded, which takes seconds an hour.

    Raises `AudioProblem` with the reason when it is unusable.
    """
    with _lock_of(audio.sha256):
        return _opened(audio)


_locks_lock = threading.Lock()
_locks: dict[str, threading.Lock] = {}


def _lock_of(sha256: str) -> threading.Lock:
    with _locks_lock:
        return _locks.setdefault(sha256, threading.Lock())


def _opened(audio: Given) -> Sound:
    folder = folder_of(audio.sha256)
    if not (folder / _ABOUT_NAME).exists():
        _make(audio, folder)
        _mapped.cache_clear()
    os.utime(folder)
    return _mapped(folder, audio.sha256)


@lru_cache(maxsize=OPEN_AT_ONCE)
def _mapped(folder: Path, sha256: str) -> Sound:
    about = orjson.loads((folder / _ABOUT_NAME).read_bytes())
    return Sound(
        sha256=sha256,
        sample_rate=about["sample_rate"],
        channels=about["channels"],
        frames=about["frames"],
        warning=about["warning"],
        media_type=about["playback_type"],
        audio=view(folder / (about["playback_name"] or _ORIGINAL_NAME)),
        peaks=view(folder / PEAKS_NAME),
        samples=view(folder / SAMPLES_NAME),
        folder=folder,
    )


def _make(audio: Given, folder: Path) -> None:
    settings = get_settings()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=MAKING) as temporary:
        work = Path(temporary)
        made = work / "made"
        made.mkdir()
        source = audio.write(work / "source")
        found = prepare_isolated(
            source, made, timeout=settings.decode_timeout, memory_bytes=settings.decode_memory_bytes
        )
        _complete(made, source, found)
        try:
            made.rename(folder)
        except OSError:  # another process was quicker
            if not (folder / _ABOUT_NAME).exists():
                raise
    make_room(keep=folder)


def _complete(made: Path, source: Path, found: Derived) -> None:
    if found.playback_name is None:
        shutil.copyfile(source, made / _ORIGINAL_NAME)
    (made / _ABOUT_NAME).write_bytes(orjson.dumps(asdict(found)))
