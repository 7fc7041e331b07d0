"""Backup and restore: database, audio and weights in one file, consistent while the app runs, checked both ways.

The database is copied under one snapshot first; blobs never change, so whatever the snapshot names is copied after.
A backup is a tar file with `manifest.json` (the SHA-256 of every member) at its end.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from labelbuddy_core import __version__
from labelbuddy_core.audio.storage import BlobStore, open_store, original_key, release_key
from labelbuddy_core.database import Database, get_database, migrate
from labelbuddy_core.database.base import Base, now
from labelbuddy_core.database.tables import Embedding, ModelVersion, Recording, Release
from labelbuddy_core.errors import DatabaseNewer, DatabaseProblem, DiskFull, Invalid, InvalidState, NotFound
from labelbuddy_core.services.installation.installation import alone
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.settings import Settings

FORMAT = 1
_DATABASE = "database.sqlite"
_MANIFEST = "manifest.json"
_BLOCK = 1 << 20
_INSTALLATION = ("labelbuddy.sqlite", "labelbuddy.sqlite-wal", "labelbuddy.sqlite-shm", "storage", "jobs.sqlite")

Say = Callable[[str], None]


def back_up(settings: Settings, target: Path, say: Say, *, secrets: bool = False) -> dict[str, Any]:
    """Write a backup; returns its manifest. The file appears only when it is complete and has been read back.

    The secrets of models are left out unless `secrets` asks for them; the file is then for its owner alone.

    Raises `InvalidState` when the target exists, `DiskFull` when it does not fit.
    """
    if target.exists():
        raise InvalidState(f"{target} exists already; choose another name.")
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=settings.data) as temporary:
            copy = Path(temporary) / _DATABASE
            say("Copying the database")
            _copy_database(settings, get_database(), copy)
            manifest = _write(part, copy, settings, say, secrets=secrets)
        say("Checking the backup")
        _verify(part)
        part.replace(target)
    except OSError as error:
        raise DiskFull(f"The backup could not be written: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


def restore(settings: Settings, source: Path, say: Say, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup into the data folder. Everything is checked before anything there is touched.

    Raises `Invalid` for a file that is no backup, is damaged or newer than this version, `InvalidState` when the folder
    holds an installation and `replace` is false; with `replace` that is moved aside into `before-restore`.
    """
    if settings.database_url or settings.storage_url:
        raise InvalidState("Restore works on the default data folder; unset the database and storage URLs first.")
    say("Checking the backup")
    manifest = _verify(source)
    with alone(settings):
        if any((settings.data / name).exists() for name in _INSTALLATION) and not replace:
            raise InvalidState(f"{settings.data} holds an installation; add --yes to move it aside and restore.")
        fresh = Path(tempfile.mkdtemp(dir=settings.data, prefix="restore-"))
        try:
            say("Unpacking")
            _unpack(source, fresh)
            _upgrade(settings, fresh / _DATABASE)
            (fresh / "storage").mkdir(exist_ok=True)
            _move_aside(settings)
            (fresh / "storage").replace(settings.data / "storage")
            (fresh / _DATABASE).replace(settings.data / "labelbuddy.sqlite")
            if (fresh / "models").exists():
                shutil.copytree(fresh / "models", settings.models_folder, dirs_exist_ok=True)
            if (fresh / "secrets").exists():
                _put_secrets(fresh / "secrets", settings.data / "secrets")
        except OSError as error:
            raise DiskFull(f"The backup could not be unpacked: {error.strerror or error}.") from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _unpack(source: Path, folder: Path) -> None:
    """Write the files of a verified backup below `folder`."""
    with tarfile.open(source, "r:") as archive:
        for member in archive:
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with _opened(archive, member) as content, target.open("wb") as file:
                shutil.copyfileobj(content, file, _BLOCK)


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """A file in a backup. Raises `Invalid` for what a backup does not hold: links, folders, files elsewhere."""
    content = archive.extractfile(member) if member.isreg() else None
    parts = PurePosixPath(member.name).parts
    if content is None or ".." in parts or member.name.startswith("/"):
        raise Invalid(f"This is not a backup of LabelBuddy: it holds {member.name!r}.")
    return content


def _upgrade(settings: Settings, database: Path) -> None:
    """Bring the unpacked database to this version's schema before anything of the present one is touched."""
    try:
        migrate(settings.model_copy(update={"database_url": f"sqlite:///{database}"}))
    except DatabaseNewer:
        raise Invalid("This backup was made by a newer version of LabelBuddy; upgrade first.") from None
    except DatabaseProblem:
        raise Invalid("The database in this backup is damaged; take another backup.") from None
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _put_secrets(fresh: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in fresh.iterdir():
        path.chmod(0o600)
        path.replace(folder / path.name)


def _move_aside(settings: Settings) -> None:
    present = [name for name in _INSTALLATION if (settings.data / name).exists()]
    if not present:
        return
    aside = settings.data / "before-restore" / f"{now():%Y%m%dT%H%M%S}"
    aside.mkdir(parents=True)
    for name in present:
        (settings.data / name).replace(aside / name)


def _copy_database(settings: Settings, database: Database, target: Path) -> None:
    """A consistent SQLite copy of the database, whatever kind it is."""
    if database.is_sqlite:
        with sqlite3.connect(str(database.engine.url.database)) as old, sqlite3.connect(target) as new:
            old.backup(new, pages=2000)
        return
    migrate(settings.model_copy(update={"database_url": f"sqlite:///{target}"}))  # so that it knows its version
    copy = Database(f"sqlite:///{target}")
    with (
        database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as reading,
        copy.write() as writing,
    ):
        for table in Base.metadata.sorted_tables:
            rows = reading.execution_options(yield_per=2000).execute(select(table))
            for batch in rows.mappings().partitions():
                writing.execute(insert(table), [dict(row) for row in batch])
        _keep_sequences(reading, writing)
    copy.close()


def _keep_sequences(reading: Connection, writing: Session) -> None:
    """Ids that were given stay given, those of rows that were deleted as well."""
    tables = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    for (table,) in writing.execute(tables).tuples().all():
        last = reading.execute(
            text("SELECT last_value FROM pg_sequences WHERE sequencename = :name"), {"name": f"{table}_id_seq"}
        ).scalar()
        if last is None:
            continue
        writing.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        writing.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), {"name": table, "last": last})


def _write(part: Path, copy: Path, settings: Settings, say: Say, *, secrets: bool) -> dict[str, Any]:
    part.touch(mode=0o600 if secrets else 0o666)
    store = open_store(settings)
    members: dict[str, str] = {}
    missing: list[str] = []
    with tarfile.open(part, "w:") as archive:
        members[_DATABASE] = _add_file(archive, _DATABASE, copy)
        keys = list(_blob_keys(copy))
        for number, key in enumerate(keys):
            say(f"Copying audio {number + 1} of {len(keys)}")
            try:
                members[f"storage/{key}"] = _add_blob(archive, store, key)
            except NotFound:  # deleted meanwhile, or lost before
                missing.append(key)
                say(f"Missing in the storage: {key}")
        for path in sorted(settings.models_folder.rglob("*.safetensors")):
            name = f"models/{path.relative_to(settings.models_folder)}"
            members[name] = _add_file(archive, name, path)
        for path in sorted((settings.data / "secrets").glob("[!.]*")) if secrets else ():
            members[f"secrets/{path.name}"] = _add_file(archive, f"secrets/{path.name}", path)
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made_at": iso(now()),
            "members": members,
            "missing": missing,
        }
        _add_bytes(archive, _MANIFEST, orjson.dumps(manifest))
    return manifest


def _blob_keys(copy: Path) -> Iterator[str]:
    """The blobs that the copied database names."""
    database = Database(f"sqlite:///{copy}")
    with Session(database.engine) as session:
        seen: set[str] = set()
        for sha256, playback, peaks in session.execute(
            select(Recording.sha256, Recording.playback_key, Recording.peaks_key)
        ):
            for key in (original_key(sha256), playback, peaks):
                if key and key not in seen:
                    seen.add(key)
                    yield key
        yield from session.scalars(select(Embedding.blob_key).distinct())
        yield from session.scalars(select(ModelVersion.weights_key).distinct())
        named = session.execute(select(Release.sha256, Release.manifest_sha256).where(Release.state != "deleted"))
        yield from sorted({release_key(digest) for row in named for digest in row if digest})
    database.close()


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_BLOCK):
            digest.update(chunk)
    archive.add(path, name, recursive=False)
    return digest.hexdigest()


def _add_blob(archive: tarfile.TarFile, store: BlobStore, key: str) -> str:
    local = store.local_path(key)
    if local is not None and local.exists():
        return _add_file(archive, f"storage/{key}", local)
    with tempfile.NamedTemporaryFile() as file:
        store.fetch_to(key, Path(file.name))
        return _add_file(archive, f"storage/{key}", Path(file.name))


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(data)
    archive.addfile(about, io.BytesIO(data))


def _verify(path: Path) -> dict[str, Any]:
    """The manifest of a backup whose every member is whole. Raises `Invalid` naming what is wrong."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                file = _opened(archive, member)
                if member.name == _MANIFEST:
                    manifest = orjson.loads(file.read())
                    continue
                digest = hashlib.sha256()
                while chunk := file.read(_BLOCK):
                    digest.update(chunk)
                found[member.name] = digest.hexdigest()
    except (tarfile.TarError, EOFError, orjson.JSONDecodeError):
        raise Invalid(f"{path.name} is damaged or is not a backup of LabelBuddy.") from None
    except FileNotFoundError:
        raise Invalid(f"There is no file {path}.") from None
    if manifest is None:
        raise Invalid(f"{path.name} is cut off: its list of contents is missing.")
    if manifest.get("format", 0) > FORMAT:
        raise Invalid(f"{path.name} was made by a newer LabelBuddy ({manifest.get('version')}); upgrade first.")
    for name, expected in manifest["members"].items():
        if found.get(name) != expected:
            raise Invalid(f"{path.name} is damaged: {name} {'is missing' if name not in found else 'has changed'}.")
    return manifest
