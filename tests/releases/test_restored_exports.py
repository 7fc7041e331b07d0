"""Backup, destruction, restore: every export and every release is the same to the byte, and so is one made after."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from studio import Studio

from labelbuddy_core.database import get_database
from labelbuddy_core.database.engine import _database
from labelbuddy_core.database.tables import Release
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.installation import backups
from labelbuddy_core.settings import get_settings

CHOICES: dict[str, Any] = {"formats": ["jsonl", "csv", "audiofolder"], "audio": "clips", "group_by": ["artist"]}


def exported(studio: Studio) -> dict[str, bytes]:
    """Every format, as files alone and with the audio."""
    found = {}
    for name in FORMATS:
        for which, audio in (("all", "none"), ("consensus", "included")):
            opened = exports.open_export(studio.manager, studio.project, format_name=name, which=which, audio=audio)
            found[f"{name} {which}"] = b"".join(opened.blocks)
    return found


def test_all_exports_and_releases_are_identical_after_a_restore(studio: Studio, tmp_path: Path) -> None:
    made = studio.make(**CHOICES)
    before, archive = exported(studio), studio.archive_bytes(made["id"])
    assert len(before) == 2 * len(FORMATS)
    file, folder = tmp_path / "backup.tar", get_settings().data
    backups.back_up(get_settings(), file, lambda _: None)
    get_database().close()
    _database.cache_clear()
    shutil.rmtree(folder)
    folder.mkdir()
    backups.restore(get_settings(), file, lambda _: None)
    after = exported(studio)
    assert [name for name in before if after[name] != before[name]] == []
    assert studio.archive_bytes(made["id"]) == archive
    with get_database().write() as session:
        session.query(Release).delete()
    assert studio.make(**CHOICES)["sha256"] == made["sha256"]
