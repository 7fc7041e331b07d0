"""The audio of a release: originals as they are, or the stretch of each task cut out of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path, PurePosixPath

from labelbuddy_core.audio.excerpt import Stretch, write_excerpts_isolated
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.domain.releases.choices import ReleaseChoices
from labelbuddy_core.errors import AudioProblem
from labelbuddy_core.formats.release_card import folder_of
from labelbuddy_core.formats.release_manifest import Entry, Manifest
from labelbuddy_core.services.exports.export_archives import read_original
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.settings import get_settings

Tell = Callable[[int, int], None]
"""Is told how many clips of how many are there; what it raises ends the work."""
_AT_ONCE = 200
"""Clips of a recording that one process cuts."""
_BLOCK = 1 << 20


def audio_path(entry: Entry, recording_id: str, choices: ReleaseChoices) -> str:
    """Where the audio of a task lies in a release, or how the API is asked for it; "" without audio."""
    name = PurePosixPath(entry.recording.replace("\\", "/")).name
    if choices.audio == "paths":
        return f"/api/v1/tasks/{entry.task}/original"
    if choices.audio == "original":
        return f"{folder_of(entry.split)}/{recording_id}_{name}"
    if choices.audio == "clips":
        return f"{folder_of(entry.split)}/{entry.task}_{PurePosixPath(name).stem}.flac"
    return ""


def cut_clips(manifest: Manifest, folder: Path, tell: Tell) -> int:
    """Cut what is not in `folder` yet, a recording at a time; returns how many clips there are.

    Raises `AudioProblem` naming a recording that cannot be decoded.
    """
    settings, choices, done = get_settings(), manifest.choices, 0
    store, total = open_store(settings), len(manifest.entries)
    folder.mkdir(parents=True, exist_ok=True)
    for sha256, entries in groupby(
        sorted(manifest.entries, key=lambda one: (*one.key, one.at)), lambda one: one.sha256
    ):
        tell(done, total)
        of_recording = list(entries)
        wanted = [one for one in of_recording if not clip_file(folder, one).exists()]
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
                original = local_original(store, sha256, Path(temporary))
                cuts = [Stretch(Path(temporary) / f"{one.task}.flac", one.start, one.stop) for one in some]
                try:
                    write_excerpts_isolated(
                        original,
                        cuts,
                        sample_rate=choices.sample_rate,
                        channels=choices.channels,
                        timeout=settings.decode_timeout,
                        memory_bytes=settings.decode_memory_bytes,
                    )
                except AudioProblem as problem:
                    raise AudioProblem(f"{some[0].recording}: {problem.detail}") from None
                for one, cut in zip(some, cuts, strict=True):
                    cut.target.replace(clip_file(folder, one))
            tell(done + first + len(some), total)
        done += len(of_recording)
    return done


def clip_file(folder: Path, entry: Entry) -> Path:
    """Where the clip of a task waits for the archive."""
    return folder / f"{entry.task}.flac"


def audio_blocks(entry: Entry, choices: ReleaseChoices, clips: Path) -> Iterator[bytes]:
    """The bytes of a task's audio."""
    if choices.audio == "original":
        yield from read_original(entry.sha256)
        return
    with clip_file(clips, entry).open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
