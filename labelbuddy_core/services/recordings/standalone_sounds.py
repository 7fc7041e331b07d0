"""Recordings for an editor without LabelBuddy's server and database: read once, kept in a folder of temporary files.

Files are named by the content that they are made of, so that many sessions and restarts share them. They are handed out
as views on mapped files: what nobody reads takes no memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import soundfile

from labelbuddy_core.audio import spectrogram
from labelbuddy_core.audio.analysis import ANALYSIS_NAME, SPECTROGRAM_NAME, analyze_isolated
from labelbuddy_core.audio.analysis import RECIPE as ANALYSIS_RECIPE
from labelbuddy_core.audio.decoding import MAX_CHANNELS, MAX_RATE, MIN_RATE
from labelbuddy_core.audio.ingest import PEAKS_NAME, Derived
from labelbuddy_core.audio.ingest import RECIPE as INGEST_RECIPE
from labelbuddy_core.audio.standalone import SAMPLES_NAME, SAMPLES_OFFSET, prepare_isolated
from labelbuddy_core.errors import Invalid, LabelBuddyError
from labelbuddy_core.settings import get_settings

Samples = npt.NDArray[np.floating[Any]]
Audio = str | os.PathLike[str] | bytes | tuple[Samples, int]
"""A path, the bytes of an audio file, or samples with their rate in Hz."""

_ABOUT_NAME = "about.json"
_ORIGINAL_NAME = "playback.original"
_MAKING = "making-"
_ABANDONED_SECONDS = 24 * 3600.0
_OPEN_AT_ONCE = 16
_SECONDS_PER_SECOND = 0.25
"""Time allowed for analyzing a second of audio, beside the usual limit."""


@dataclass(frozen=True)
class Given:
    """Audio as somebody gave it: its hash, a name to show, and how to make a file of it."""

    sha256: str
    name: str
    write: Callable[[Path], Path]
    """Gets a path that it may write; returns the path of the audio."""


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


@dataclass(frozen=True)
class SecondLook:
    """What the analysis of a recording has found: JSON and coarse spectrogram, None where there is none (yet)."""

    analysis: memoryview | None
    spectrogram: memoryview | None
    running: bool


def given(audio: Audio) -> Given:
    """What somebody gave, named by its content. Raises `Invalid` naming what is wrong with it."""
    if isinstance(audio, tuple):
        return _given_samples(*audio)
    if isinstance(audio, bytes | bytearray | memoryview):
        data = bytes(audio)

        def write(path: Path) -> Path:
            path.write_bytes(data)
            return path

        return Given(hashlib.sha256(data).hexdigest(), "audio", write)
    path = Path(audio).absolute()
    try:
        status = path.stat()
        if not path.is_file():
            raise Invalid(f"{path} is not a file.", field="audio")
        return Given(_hash_of(path, status.st_size, status.st_mtime_ns), path.name, lambda _: path)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", field="audio") from None


def is_open(sha256: str) -> bool:
    """Whether a recording can be opened without reading its audio."""
    return (_folder() / _key(sha256) / _ABOUT_NAME).exists()


def open_sound(audio: Given) -> Sound:
    """A recording ready for the editor; audio that was never opened here is decoded, which takes seconds an hour.

    Raises `AudioProblem` with the reason when it is unusable.
    """
    with _lock_of(audio.sha256):
        return _opened(audio)


def second_look(sound: Sound) -> SecondLook:
    """Onsets, beats and the coarse spectrogram; what is missing is made in the background from the first call on."""
    analysis = sound.folder / ANALYSIS_NAME
    if analysis.exists():
        return _looked(sound.folder, analysis.stat().st_mtime_ns)
    with _analyses_lock:
        thread = _analyses.get(sound.sha256)
        if thread is None:
            thread = threading.Thread(target=_analyze, args=(sound,), name="labelbuddy-analysis", daemon=True)
            _analyses[sound.sha256] = thread
            thread.start()
    return SecondLook(None, None, running=thread.is_alive())


_locks_lock = threading.Lock()
_locks: dict[str, threading.Lock] = {}
_analyses_lock = threading.Lock()
_analyses: dict[str, threading.Thread] = {}


def _lock_of(sha256: str) -> threading.Lock:
    with _locks_lock:
        return _locks.setdefault(sha256, threading.Lock())


def _opened(audio: Given) -> Sound:
    folder = _folder() / _key(audio.sha256)
    if not (folder / _ABOUT_NAME).exists():
        _make(audio, folder)
        _mapped.cache_clear()
    os.utime(folder)
    return _mapped(folder, audio.sha256)


@lru_cache(maxsize=_OPEN_AT_ONCE)
def _mapped(folder: Path, sha256: str) -> Sound:
    about = orjson.loads((folder / _ABOUT_NAME).read_bytes())
    return Sound(
        sha256=sha256,
        sample_rate=about["sample_rate"],
        channels=about["channels"],
        frames=about["frames"],
        warning=about["warning"],
        media_type=about["playback_type"],
        audio=_view(folder / (about["playback_name"] or _ORIGINAL_NAME)),
        peaks=_view(folder / PEAKS_NAME),
        samples=_view(folder / SAMPLES_NAME),
        folder=folder,
    )


def _make(audio: Given, folder: Path) -> None:
    settings = get_settings()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=_MAKING) as temporary:
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
    _make_room(keep=folder)


def _complete(made: Path, source: Path, found: Derived) -> None:
    if found.playback_name is None:
        shutil.copyfile(source, made / _ORIGINAL_NAME)
    (made / _ABOUT_NAME).write_bytes(orjson.dumps(asdict(found)))


def _make_room(keep: Path) -> None:
    """Remove the recordings that were opened longest ago until the others fit into the cache's size."""
    with contextlib.suppress(FileNotFoundError):  # another process makes room too
        folders = sorted((one for one in keep.parent.iterdir() if one.is_dir() and one != keep), key=_used)
        sizes = {one: sum(file.stat().st_size for file in one.iterdir() if file.is_file()) for one in [*folders, keep]}
        total = sum(sizes.values())
        for one in folders:
            abandoned = one.name.startswith(_MAKING) and time.time() - _used(one) > _ABANDONED_SECONDS
            too_much = total > get_settings().cache_bytes and not one.name.startswith(_MAKING)
            if abandoned or too_much:
                shutil.rmtree(one, ignore_errors=True)
                total -= sizes[one]


def _used(folder: Path) -> float:
    return folder.stat().st_mtime


def _analyze(sound: Sound) -> None:
    settings = get_settings()
    try:
        with tempfile.TemporaryDirectory(dir=sound.folder.parent, prefix=_MAKING) as temporary:
            work = Path(temporary)
            analyze_isolated(
                sound.folder / SAMPLES_NAME,
                work,
                sound.frames,
                timeout=settings.decode_timeout + _SECONDS_PER_SECOND * sound.duration,
                memory_bytes=settings.decode_memory_bytes,
                on_progress=lambda _: None,
            )
            for name in (SPECTROGRAM_NAME, ANALYSIS_NAME):  # the second tells that both are there
                if (work / name).exists():
                    (work / name).replace(sound.folder / name)
    except (LabelBuddyError, OSError):
        return  # the editor works without; a new process tries again


@lru_cache(maxsize=_OPEN_AT_ONCE)
def _looked(folder: Path, made: int) -> SecondLook:
    coarse = folder / SPECTROGRAM_NAME
    return SecondLook(_view(folder / ANALYSIS_NAME), _view(coarse) if coarse.exists() else None, running=False)


def _view(path: Path) -> memoryview:
    """The bytes of a file as it is now; they stay when the file is deleted."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _key(sha256: str) -> str:
    return f"{INGEST_RECIPE}-{ANALYSIS_RECIPE}-{sha256}"


@lru_cache(maxsize=1)
def _folder() -> Path:
    """A folder of this account alone: temporary folders are shared by all accounts of a machine."""
    folder = Path(tempfile.gettempdir()) / f"labelbuddy-editor-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise LabelBuddyError(f"{folder} belongs to somebody else, or others may write there. Remove it or set TMPDIR.")
    return folder


@lru_cache(maxsize=1024)
def _hash_of(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file, hashed again when its size or time of change is another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _given_samples(samples: Samples, rate: int) -> Given:
    block = np.asarray(samples)
    if block.ndim == 1:
        block = block[np.newaxis]
    if block.ndim != 2 or block.dtype.kind != "f" or not block.size:
        raise Invalid(
            "Samples are a float array of shape (frames,) or (channels, frames), with full scale at ±1.", field="audio"
        )
    if block.shape[0] > MAX_CHANNELS:
        raise Invalid(f"{block.shape[0]} channels are too many: the shape is (channels, frames).", field="audio")
    if int(rate) != rate or not MIN_RATE <= rate <= MAX_RATE:
        raise Invalid(f"The sample rate is a whole number from {MIN_RATE} to {MAX_RATE} Hz.", field="audio")
    digest = hashlib.sha256(f"{block.dtype.str} {block.shape} {int(rate)} ".encode())
    digest.update(np.ascontiguousarray(block).view(np.uint8).data)

    def write(path: Path) -> Path:
        soundfile.write(path, block.T, int(rate), subtype="FLOAT", format="WAV")
        return path

    return Given(digest.hexdigest(), "samples", write)
