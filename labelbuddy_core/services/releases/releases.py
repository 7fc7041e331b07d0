"""Releases as managers see them: begun, listed, withdrawn, put back, and deleted when somebody confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store, release_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Job, Release, ReleaseComparison, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.plain_names import readable
from labelbuddy_core.domain.releases.choices import checked_name, checked_version, parse_choices
from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.services.pages_of_results import Results, one_page
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.recordings.shared_attributes import check_groups_of
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

KIND = "release"
MAKING, PUBLISHED, WITHDRAWN, DELETED = "making", "published", "withdrawn", "deleted"
_MAX_NOTE = 5_000


@writes
def begin(
    session: Session,
    actor: Actor,
    project_id: str | int,
    *,
    name: str,
    version: str,
    note: str = "",
    choices: Mapping[str, Any] | None = None,
    at_once: bool = False,
) -> dict[str, Any]:
    """Start the job that makes a release; returns the release. `at_once` leaves the making to the caller.

    Without a name it has the project's.

    Raises `Forbidden` for others than managers, `Invalid` for a wrong choice, `InvalidState` when there is that version
    already: a version never stands for two things.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    chosen = parse_choices(choices or {}, FORMATS)
    check_groups_of(session, access.project.id, chosen.group_by)
    name, version = checked_name(name.strip() or access.project.name[:80]), checked_version(version)
    readable(note, "note")
    if len(note) > _MAX_NOTE:
        raise Invalid(f"The note has at most {_MAX_NOTE:,} letters.", field="note")
    number = access.project.id
    same = select(Release).where(Release.project_id == number, Release.name == name, Release.version == version)
    before = session.scalar(same)
    if before is not None:
        if before.state != MAKING or _is_at_work(session, before):
            raise InvalidState(f"There is a release {name} {version} already; choose another version.")
        _give_up(session, before)
    row = Release(
        project_id=number, name=name, version=version, note=note.strip(), choices=chosen.as_json(), created_by=actor.id
    )
    session.add(row)
    session.flush()
    if not at_once:
        row.job_id = jobs.submit(session, actor, KIND, {"release": row.id}, project_id=number)["id"]
    record(
        session, actor, "release.begun", f"release:{row.id}", project_id=number, name=name, version=version,
        choices=row.choices,
    )  # fmt: skip
    session.flush()
    return _json(session, row)


@writes
def resume(session: Session, actor: Actor, release_id: str | int) -> dict[str, Any]:
    """Go on making a release whose job failed or was cancelled, with the content that was frozen then."""
    row = visible_release(session, actor, release_id)
    if row.state != MAKING or _is_at_work(session, row):
        raise InvalidState("This release is being made, or is made already.")
    row.job_id = jobs.submit(session, actor, KIND, {"release": row.id}, project_id=row.project_id)["id"]
    session.flush()
    return _json(session, row)


@reads
def list_releases(
    session: Session, actor: Actor, project_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The releases of a project, newest first, a page at a time."""
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    query = select(Release).where(Release.project_id == access.project.id)
    rows, following = one_page(session, query, Release.id, limit=limit, cursor=cursor)
    return Results(_all_json(session, rows), following).as_json()


@reads
def get_release(session: Session, actor: Actor, release_id: str | int) -> dict[str, Any]:
    """One release with its job, hashes, files and figures."""
    return _json(session, visible_release(session, actor, release_id))


@writes
def withdraw(session: Session, actor: Actor, release_id: str | int, reason: str) -> dict[str, Any]:
    """Stop giving a release away, and say why; nothing of it is deleted."""
    row = visible_release(session, actor, release_id)
    if row.state != PUBLISHED:
        raise InvalidState("Only a published release can be withdrawn.")
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 500:
        raise Invalid("Say in 1 to 500 letters why the release is withdrawn.", field="reason")
    row.state, row.withdrawn_at, row.withdrawn_reason = WITHDRAWN, now(), reason
    record(session, actor, "release.withdrawn", f"release:{row.id}", project_id=row.project_id, reason=reason)
    return _json(session, row)


@writes
def put_back(session: Session, actor: Actor, release_id: str | int) -> dict[str, Any]:
    """Give a withdrawn release away again."""
    row = visible_release(session, actor, release_id)
    if row.state != WITHDRAWN:
        raise InvalidState("This release is not withdrawn.")
    row.state, row.withdrawn_at, row.withdrawn_reason = PUBLISHED, None, ""
    record(session, actor, "release.put-back", f"release:{row.id}", project_id=row.project_id)
    return _json(session, row)


def remove(actor: Actor, release_id: str | int, confirm: str = "") -> None:
    """Give up a release that was never published, or delete the files of a withdrawn one.

    Of the latter the row stays, with its hashes. Raises `Invalid` unless `confirm` is its version, `InvalidState` for
    one that is published, or being made.
    """
    keys = _mark_removed(actor, release_id, confirm)
    forget_blobs(keys)


def forget_blobs(hashes: list[str]) -> None:
    """Delete blobs of releases that no release names any more."""
    for digest in hashes:
        with changing_blobs():
            with get_database().read() as session:
                named = (Release.sha256 == digest) | (Release.manifest_sha256 == digest)
                used = session.scalar(select(exists().where(named, Release.state != DELETED)))
            if not used:
                open_store(get_settings()).delete(release_key(digest))


def hashes_of(session: Session, project_id: int) -> list[str]:
    """The blobs of all releases of a project."""
    rows = session.execute(select(Release.sha256, Release.manifest_sha256).where(Release.project_id == project_id))
    return [digest for row in rows for digest in row if digest]


@writes
def _mark_removed(session: Session, actor: Actor, release_id: str | int, confirm: str) -> list[str]:
    row = visible_release(session, actor, release_id)
    blobs = [digest for digest in (row.sha256, row.manifest_sha256) if digest]
    if row.state == MAKING:
        if _is_at_work(session, row):
            raise InvalidState("This release is being made; cancel its job first.")
        _give_up(session, row)
        record(session, actor, "release.given-up", f"release:{row.id}", project_id=row.project_id)
        return blobs
    if row.state != WITHDRAWN:
        raise InvalidState("Withdraw the release first; its files can be deleted after that.")
    if confirm != row.version:
        raise Invalid("Confirm with the version of the release that its files are to be deleted.", field="confirm")
    row.state = DELETED
    either = or_(ReleaseComparison.before_id == row.id, ReleaseComparison.after_id == row.id)
    session.execute(delete(ReleaseComparison).where(either))  # they tell what was in it
    record(session, actor, "release.deleted", f"release:{row.id}", project_id=row.project_id, sha256=row.sha256)
    return blobs


def _give_up(session: Session, row: Release) -> None:
    session.execute(delete(Release).where(Release.id == row.id))
    session.flush()


def visible_release(session: Session, actor: Actor, release_id: str | int) -> Release:
    """The release, for managers of its project; for others it does not exist. Raises `NotFound`."""
    row = session.get(Release, parse_id(release_id, "release"))
    if row is not None:
        try:
            if project_access(session, actor, row.project_id).allows(Permission.RELEASE):
                return row
        except NotFound:
            pass
    raise NotFound(f"There is no release {release_id!r}.")


def _is_at_work(session: Session, row: Release) -> bool:
    job = session.get(Job, row.job_id) if row.job_id else None
    return job is not None and JobState(job.state) not in FINAL_JOB_STATES


def _json(session: Session, row: Release) -> dict[str, Any]:
    return _all_json(session, [row])[0]


def _all_json(session: Session, rows: list[Release]) -> list[dict[str, Any]]:
    of_jobs = select(Job).where(Job.id.in_([row.job_id for row in rows if row.job_id]))
    of_people = select(User.id, User.username).where(User.id.in_([row.created_by for row in rows if row.created_by]))
    known, people = {job.id: job for job in session.scalars(of_jobs)}, dict(session.execute(of_people).tuples().all())
    return [_row_json(row, known.get(row.job_id or ""), people.get(row.created_by or 0)) for row in rows]


def _row_json(row: Release, job: Job | None, person: str | None) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "project": str(row.project_id),
        "name": row.name,
        "version": row.version,
        "note": row.note,
        "state": row.state,
        "choices": row.choices,
        "job": None if job is None else jobs.job_json(job),
        "sha256": row.sha256 or None,
        "content_sha256": row.content_sha256 or None,
        "size": row.size or None,
        "files": row.files,
        "figures": row.figures or None,
        "withdrawn": None
        if row.withdrawn_at is None
        else {"at": iso(row.withdrawn_at), "reason": row.withdrawn_reason},
        "by": person,
        "created_at": iso(row.created_at),
        "published_at": iso(row.published_at),
    }
