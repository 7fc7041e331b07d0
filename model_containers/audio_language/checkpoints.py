"""The checkpoints that were published, and how one is found in a folder.

Music Flamingo (Ghosh et al., 2025), Audio Flamingo 3 (Goel et al., 2025) and Qwen2-Audio (Chu et al., 2024), each in
the form that the library transformers reads. None of them comes with LabelBuddy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NVIDIA = (
    "NVIDIA OneWay Noncommercial License (weights; noncommercial use only), Qwen Research License (language model)"
)


@dataclass(frozen=True)
class Family:
    """An architecture: how many sounds it takes in one conversation (None: any number), and whether it has `think/`."""

    title: str
    sounds: int | None
    thinks_with_adapter: bool = False


FAMILIES = {
    "musicflamingo": Family("Music Flamingo", 1),
    "audioflamingo3": Family("Audio Flamingo 3", 1, thinks_with_adapter=True),
    "qwen2_audio": Family("Qwen2-Audio", None),
}
"""By `model_type` of config.json. The limits are those of the processors of transformers 5.24, which say themselves how
long a sound may be (1200, 600 and 30 s)."""


@dataclass(frozen=True)
class Checkpoint:
    """A published checkpoint: `repository` is its name on Hugging Face."""

    name: str
    repository: str
    license: str


CHECKPOINTS = (
    Checkpoint("music-flamingo", "nvidia/music-flamingo-2601-hf", _NVIDIA),
    Checkpoint("music-flamingo-think", "nvidia/music-flamingo-think-2601-hf", _NVIDIA),
    Checkpoint("audio-flamingo-3", "nvidia/audio-flamingo-3-hf", _NVIDIA),
    Checkpoint("qwen2-audio", "Qwen/Qwen2-Audio-7B-Instruct", "Apache-2.0 (as its model card says)"),
)


FACTS = "labelbuddy.json"
"""In a fetched checkpoint: where it comes from, its commit, license and files."""


class NoCheckpointError(FileNotFoundError):
    """There is no checkpoint to load, or no telling which; the message says what to do."""


def find_checkpoint(folder: Path, name: str) -> Path:
    """The folder of a checkpoint: `folder` itself, or the one in it that `name` says. Raises `NoCheckpointError`."""
    if name:
        if name not in (found := _in(folder)):
            there = ", ".join(found) or "none"
            raise NoCheckpointError(f"There is no checkpoint {name!r} in {folder} (there: {there}). {_HOW}")
        return folder / name
    if (folder / "config.json").exists():
        return folder
    found = _in(folder)
    if len(found) == 1:
        return folder / found[0]
    if found:
        raise NoCheckpointError(
            f"There are several checkpoints in {folder}: set LABELBUDDY_VARIANT to one of {', '.join(found)}."
        )
    raise NoCheckpointError(f"There is no checkpoint in {folder}. {_HOW}")


_HOW = "`labelbuddy model fetch NAME` gets one (docs/audio-language.md)."


def _in(folder: Path) -> list[str]:
    found = (path.parent.name for path in folder.glob("*/config.json"))
    return sorted(name for name in found if not name.startswith("."))  # what is still coming begins with a dot


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json says. Raises `NoCheckpointError` when it is damaged, or is of another kind of model."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoCheckpointError(f"{folder / 'config.json'} cannot be read: {error}") from None
    if not isinstance(config, dict) or config.get("model_type") not in FAMILIES:
        kind = config.get("model_type") if isinstance(config, dict) else None
        known = ", ".join(family.title for family in FAMILIES.values())
        raise NoCheckpointError(f"{folder.name} is a model of type {kind!r}; this container runs {known}.")
    return config


def license_of(folder: Path) -> str:
    """The license of a checkpoint: as it was fetched with, else of the published one of that name."""
    try:
        found = json.loads((folder / FACTS).read_text(encoding="utf-8"))["license"]
    except (OSError, ValueError, KeyError, TypeError):
        found = next((one.license for one in CHECKPOINTS if one.name == folder.name), "")
    return str(found) or "as the checkpoint's model card says"
