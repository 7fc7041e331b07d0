"""Backup and restore: what was exported before is exported after; damage is found before anything is touched."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.database import get_database
from labelbuddy_core.database.engine import _database
from labelbuddy_core.database.tables import Model, ModelVersion
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.installation import backups, installation
from labelbuddy_core.services.models.weight_files import find_weights, keep_weights
from labelbuddy_core.services.recordings import ingestion, uploads
from labelbuddy_core.services.tasks import tasks
from labelbuddy_core.settings import get_settings


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def filled(data_folder: Path, tmp_path: Path, make_user: Callable[..., Actor], make_project: Callable[..., str]) -> Any:
    """An installation with one real recording; (manager, project, folder)."""
    manager = make_user()
    project = make_project(managers=(manager,))
    source = tmp_path / "tone.wav"
    encode([np.sin(np.arange(44_100, dtype=np.float32) / 20)[np.newaxis] * 0.3], 44_100, source)
    with uploads.begin_upload(manager, project, "u", name="tone.wav", size=source.stat().st_size) as incoming:
        incoming.write(source.read_bytes())
    added = uploads.finish_upload(manager, project, "u", incoming)
    ingestion.ingest_recording(int(added["recording"]["id"]), lambda _: None)
    return manager, project, data_folder


def exported(manager: Actor, project: str) -> bytes:
    opened = exports.open_export(manager, project, format_name="csv", which="all", audio="none")
    return b"".join(opened.blocks)


def forget(folder: Path) -> None:
    get_database().close()
    _database.cache_clear()
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_after_destruction_and_restore_everything_is_as_before(filled: Any, tmp_path: Path) -> None:
    manager, project, folder = filled
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, quiet)
    before = exported(manager, project), tasks.list_tasks(manager, project)
    forget(folder)
    backups.restore(get_settings(), file, quiet)
    assert (exported(manager, project), tasks.list_tasks(manager, project)) == before
    (task,) = before[1]["items"]
    from labelbuddy_core.services.recordings.recordings import peaks, playback

    for blob in (playback(manager, task["id"]), peaks(manager, task["id"])):
        assert blob.store.size(blob.key) > 0


def test_a_damaged_backup_is_refused_and_nothing_is_touched(filled: Any, tmp_path: Path) -> None:
    manager, project, _ = filled
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, quiet)
    whole = file.read_bytes()
    for damaged, message in (
        (whole[: len(whole) // 2], "damaged|cut off"),
        (whole[:3000] + b"\xff" + whole[3001:], "has changed|damaged"),
        (b"something else", "damaged or is not"),
    ):
        file.write_bytes(damaged)
        with pytest.raises(Invalid, match=message):
            backups.restore(get_settings(), file, quiet, replace=True)
    assert tasks.list_tasks(manager, project)["total"] == 1


def test_a_backup_of_a_newer_version_is_refused_as_that(filled: Any, tmp_path: Path) -> None:
    with sqlite3.connect(filled[2] / "labelbuddy.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, quiet)
    with pytest.raises(Invalid, match="made by a newer version of LabelBuddy; upgrade first"):
        backups.restore(get_settings(), file, quiet, replace=True)


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
def test_a_backup_cannot_write_outside_of_its_folder(filled: Any, tmp_path: Path, kind: bytes) -> None:
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, quiet)
    planted = tarfile.TarInfo("../planted" if kind == tarfile.REGTYPE else "storage/planted")
    planted.type, planted.linkname, planted.size = kind, "../../database.sqlite", 0
    with tarfile.open(file, "a:") as archive:
        archive.addfile(planted)
    with pytest.raises(Invalid, match=r"it holds '.*planted'"):
        backups.restore(get_settings(), file, quiet, replace=True)
    assert not list(tmp_path.rglob("planted"))


def test_an_installation_is_only_replaced_when_asked_and_then_kept_aside(filled: Any, tmp_path: Path) -> None:
    _, _, folder = filled
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, quiet)
    with pytest.raises(InvalidState, match="--yes"):
        backups.restore(get_settings(), file, quiet)
    get_database().close()
    _database.cache_clear()
    backups.restore(get_settings(), file, quiet, replace=True)
    (aside,) = (folder / "before-restore").iterdir()
    assert (aside / "labelbuddy.sqlite").exists()


def test_a_backup_never_overwrites_a_file(filled: Any, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    file.write_text("mine")
    with pytest.raises(InvalidState):
        backups.back_up(get_settings(), file, quiet)
    assert file.read_text() == "mine"


def test_nothing_is_restored_under_a_running_app(filled: Any, tmp_path: Path) -> None:
    _, _, folder = filled
    backups.back_up(get_settings(), tmp_path / "b.tar", quiet)
    with installation.use(get_settings()), pytest.raises(InvalidState, match="is running"):
        backups.restore(get_settings(), tmp_path / "b.tar", quiet, replace=True)
    assert (folder / "labelbuddy.sqlite").exists()


def test_a_file_that_is_missing_in_the_storage_is_named_and_does_not_stop_the_backup(
    filled: Any, tmp_path: Path
) -> None:
    _, _, folder = filled
    (original,) = [path for path in (folder / "storage" / "audio").rglob("*") if path.is_file()]
    original.unlink()
    manifest = backups.back_up(get_settings(), tmp_path / "b.tar", quiet)
    assert manifest["missing"] == [f"audio/{original.parent.name}/{original.name}"]


def test_weights_of_trained_versions_are_in_the_backup(filled: Any, tmp_path: Path) -> None:
    _, project, folder = filled
    (tmp_path / "weights").write_bytes(b"weights")
    key, digest = keep_weights(tmp_path / "weights")
    with get_database().write() as session:
        model = Model(name="musicnn", source="x", specification={"process": "musicnn"})
        session.add(model)
        session.flush()
        session.add(
            ModelVersion(
                model_id=model.id, project_id=int(project), name="tuned-1", base="1", parent="1", labels=["Dog"],
                weights_key=key, sha256=digest, size=7,
            )
        )  # fmt: skip
    backups.back_up(get_settings(), tmp_path / "b.tar", quiet)
    forget(folder)
    backups.restore(get_settings(), tmp_path / "b.tar", quiet)
    assert find_weights(key, tmp_path).read_bytes() == b"weights"
