"""The second look at a recording of an editor without LabelBuddy's server: made in the background, kept beside it."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from labelbuddy_core.audio.analysis import ANALYSIS_NAME, SPECTROGRAM_NAME, analyze_isolated
from labelbuddy_core.audio.standalone import SAMPLES_NAME
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.recordings.standalone_folder import MAKING, OPEN_AT_ONCE, view
from labelbuddy_core.services.recordings.standalone_sounds import Sound
from labelbuddy_core.settings import get_settings

_SECONDS_PER_SECOND = 0.25
"""Time allowed for analyzing a second of audio, beside the usual limit."""


@dataclass(frozen=True)
class SecondLook:
    """What the analysis of a recording has found: JSON and coarse spectrogram, None where there is none (yet)."""

    analysis: memoryview | None
    spectrogram: memoryview | None
    running: bool


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


_analyses_lock = threading.Lock()
_analyses: dict[str, threading.Thread] = {}


def _analyze(sound: Sound) -> None:
    settings = get_settings()
    try:
        with tempfile.TemporaryDirectory(dir=sound.folder.parent, prefix=MAKING) as temporary:
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


@lru_cache(maxsize=OPEN_AT_ONCE)
def _looked(folder: Path, made: int) -> SecondLook:
    coarse = folder / SPECTROGRAM_NAME
    return SecondLook(view(folder / ANALYSIS_NAME), view(coarse) if coarse.exists() else None, running=False)
