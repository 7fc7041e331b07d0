"""How much room the data folder's disk has, and what to do before `check_space` refuses more audio."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.settings import Settings, get_settings


@dataclass(frozen=True)
class DiskSpace:
    """Sizes in bytes; `warning` is None while there is room."""

    free: int
    total: int
    warning: str | None


def disk_space() -> DiskSpace:
    """The disk of the data folder. Recordings in an S3 bucket take their room there, which nobody can ask for."""
    settings = get_settings()
    usage = shutil.disk_usage(_existing(settings.data))
    return DiskSpace(usage.free, usage.total, _warning(usage.free, settings))


def _warning(free: int, settings: Settings) -> str | None:
    """What is wrong, what is refused, and the remedy."""
    remedy = (
        "Delete recordings or projects that nobody needs and run `bin/labelbuddy storage gc --yes`, move backups to "
        "another disk, or move the data folder to a larger one (docs/storage.md)."
    )
    if free < settings.min_free_bytes:
        return (
            f"The disk is full: {readable_size(free)} free, {readable_size(settings.min_free_bytes)} must stay free. "
            f"Uploads and imports are refused; annotations are still saved, until nothing is left. {remedy}"
        )
    if free < settings.warn_free_bytes:
        return (
            f"The disk has only {readable_size(free)} free. Below {readable_size(settings.min_free_bytes)} uploads and "
            f"imports are refused. {remedy}"
        )
    return None


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)
