"""Releases from the command line: what the job does, in this process and at once, in a manager's name."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import User
from labelbuddy_core.errors import DiskFull, Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import project_called
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.releases import (
    release_comparisons,
    release_differences,
    release_files,
    release_making,
    releases,
)
from labelbuddy_core.services.transactions import reads

Say = Callable[[str], None]
_BLOCK = 1 << 20


def make_at_once(
    username: str, project: str, name: str, version: str, note: str, choices: Mapping[str, Any], say: Say
) -> dict[str, Any]:
    """Make a release; one of this name and version that was interrupted is begun anew. Raises as `releases.begin`."""
    actor, number = _who(username), _project(project)
    begun = releases.begin(actor, number, name=name, version=version, note=note, choices=choices, at_once=True)
    release_making.make(int(begun["id"]), lambda _fraction, message: say(message))
    return releases.get_release(actor, begun["id"])


def list_at_once(username: str, project: str) -> list[dict[str, Any]]:
    """The newest releases of a project."""
    return releases.list_releases(_who(username), _project(project), limit=1000)["items"]


def download_at_once(username: str, release: str, target: Path) -> int:
    """Write the archive of a release into a file; returns its size in bytes. Raises `InvalidState` when it exists."""
    blob = release_files.archive(_who(username), release)
    if target.exists():
        raise InvalidState(f"{target} exists already; choose another name.")
    size = blob.store.size(blob.key)
    try:
        with target.open("wb") as file:
            for at in range(0, size, _BLOCK):
                file.write(blob.store.read_range(blob.key, at, min(size, at + _BLOCK)))
    except OSError as error:
        raise DiskFull(f"{target} could not be written: {error.strerror or error}.") from None
    return size


def differences_at_once(
    username: str, release: str, other: str, kind: str | None, table: Path | None, say: Say
) -> dict[str, Any]:
    """What changed from another release to this one, with the first thousand changes, of one kind or all.

    All listed changes go into a CSV file where one is named. Raises `InvalidState` when it exists.
    """
    actor = _who(username)
    if table is not None and table.exists():
        raise InvalidState(f"{table} exists already; choose another name.")
    release_comparisons.compare_now(
        actor, release, other, lambda done, total: say(f"Comparing ({done:,} of {total:,} tasks)")
    )
    found = release_differences.differences(actor, release, other, kind=kind, limit=1000)
    if table is not None:
        try:
            with table.open("wb") as file:
                file.writelines(release_differences.open_differences(actor, release, other, kind=kind).blocks)
        except OSError as error:
            raise DiskFull(f"{table} could not be written: {error.strerror or error}.") from None
    return found


def withdraw_at_once(username: str, release: str, reason: str) -> dict[str, Any]:
    """Stop giving a release away."""
    return releases.withdraw(_who(username), release, reason)


def verify(path: Path) -> list[str]:
    """What is wrong with a downloaded archive by its own checksums, in words; nothing when it is whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("SHA256SUMS").decode().splitlines()
            expected = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
            names = {name for name in archive.namelist() if name != "SHA256SUMS"}
            found = [f"{name} is missing." for name in sorted(expected.keys() - names)]
            found += [f"{name} is not in SHA256SUMS." for name in sorted(names - expected.keys())]
            return found + [f"{name} has changed." for name in sorted(names & expected.keys())
                            if _sha256(archive, name) != expected[name]]  # fmt: skip
    except FileNotFoundError:
        raise Invalid(f"There is no file {path}.", field="file") from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return [f"{path.name} is damaged, or is no release."]


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except zipfile.BadZipFile:
        return ""
    return digest.hexdigest()


@reads
def _person(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username.strip().lower(), User.active))


def _who(username: str) -> Actor:
    user = _person(username)
    if user is None:
        raise NotFound(f"Nobody with an account is called {username!r}.")
    return actor_of(user)


@reads
def _called(session: Session, project: str) -> int:
    return project_called(session, project)


def _project(project: str) -> int:
    return _called(project)
