"""Releases on a real PostgreSQL server: made, compared, withdrawn; and the same bytes where a backup is restored."""

from __future__ import annotations

from pathlib import Path

import pytest
from studio import Studio

from labelbuddy_core.database import get_database
from labelbuddy_core.database.engine import _database
from labelbuddy_core.database.tables import Release, Task
from labelbuddy_core.services.installation import backups
from labelbuddy_core.services.releases import release_comparisons, release_differences, releases
from labelbuddy_core.settings import get_settings


@pytest.fixture
def data_folder(postgresql_folder: Path) -> Path:
    """An empty installation whose database is on a PostgreSQL server."""
    return postgresql_folder


def test_a_release_is_the_same_on_postgresql_and_on_sqlite(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not get_database().is_sqlite
    made = studio.make(audio="clips", group_by=["artist"])
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, lambda _: None)
    studio.annotate("1", ("r1", 0.5, 1.0, "speech"))
    second = studio.make("2.0", audio="clips", group_by=["artist"])
    found = release_differences.differences(studio.manager, second["id"], made["id"])
    assert found["counts"] == {"removed": 1, "moved": 1}
    monkeypatch.setattr(release_comparisons, "MOST_AT_ONCE", 1)
    release_comparisons.compare_now(studio.manager, second["id"], made["id"], lambda _done, _total: None)
    assert release_differences.differences(studio.manager, second["id"], made["id"]) == found
    releases.withdraw(studio.manager, second["id"], "A try")
    releases.remove(studio.manager, second["id"], "2.0")

    get_database().close()
    _database.cache_clear()
    monkeypatch.delenv("LABELBUDDY_DATABASE_URL")
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path / "elsewhere"))
    get_settings.cache_clear()
    backups.restore(get_settings(), file, lambda _: None)
    assert get_database().is_sqlite
    with get_database().write() as session:
        session.query(Release).delete()
    assert studio.make(audio="clips", group_by=["artist"])["sha256"] == made["sha256"]


def test_ids_that_postgresql_has_given_are_not_given_again_where_its_backup_is_restored(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone,) = studio.record("gone.wav")
    with get_database().write() as session:
        session.query(Task).filter_by(id=int(gone)).delete()
    file = tmp_path / "backup.tar"
    backups.back_up(get_settings(), file, lambda _: None)
    get_database().close()
    _database.cache_clear()
    monkeypatch.delenv("LABELBUDDY_DATABASE_URL")
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path / "elsewhere"))
    get_settings.cache_clear()
    backups.restore(get_settings(), file, lambda _: None)
    (new,) = studio.record("new.wav")
    assert int(new) == int(gone) + 1
