"""Comparisons of large releases: made by a job, and kept, because what is frozen never changes."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Release, ReleaseComparison, ReleaseComparisonPart
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.releases.release_changes import Changes, Tell
from labelbuddy_core.services.releases.releases import PUBLISHED, WITHDRAWN, visible_release
from labelbuddy_core.services.transactions import reads, writes

KIND = "compare-releases"
MOST_AT_ONCE = 10_000
"""Tasks and labels in both releases together that are compared while somebody waits; it takes about a second."""
MAX_CHANGES = 100_000
"""Changes between two releases that are listed; all are counted."""
MAX_OFFERED = 500
"""Releases that a page offers to choose from; by the API and the console any two are compared."""
_PART = 500


def comparable(
    session: Session, actor: Actor, release_id: str | int, other_id: str | int
) -> tuple[Release, Release, ReleaseComparison | None]:
    """The other release, this one, and what is kept of their comparison.

    Raises `InvalidState` for one without content, `Invalid` for releases of two projects.
    """
    after, before = visible_release(session, actor, release_id), visible_release(session, actor, other_id)
    for row in (before, after):
        if row.state not in (PUBLISHED, WITHDRAWN):
            raise InvalidState(f"{row.name} {row.version} is not published, or its files were deleted.")
    if before.project_id != after.project_id:
        raise Invalid("Only releases of one project are compared.", field="other")
    kept = select(ReleaseComparison).where(
        ReleaseComparison.before_id == before.id, ReleaseComparison.after_id == after.id
    )
    return before, after, session.scalar(kept)


@reads
def list_comparable(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The newest `MAX_OFFERED` releases of a project that can be compared, newest first: {id, name, version,
    published_at}."""
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    query = (
        select(Release.id, Release.name, Release.version, Release.published_at)
        .where(Release.project_id == access.project.id, Release.state.in_([PUBLISHED, WITHDRAWN]))
        .order_by(Release.id.desc())
        .limit(MAX_OFFERED)
    )
    return [
        {"id": str(number), "name": name, "version": version, "published_at": iso(moment)}
        for number, name, version, moment in session.execute(query)
    ]


def is_small(before: Release, after: Release) -> bool:
    """Whether these two are compared at once."""
    return _size(before) + _size(after) <= MOST_AT_ONCE


@reads
def standing(session: Session, actor: Actor, release_id: str | int, other_id: str | int) -> dict[str, Any]:
    """Whether the changes from the other release to this one can be read now: {ready, job}.

    `job` is that which compares them or last did, None where none was needed or begun.
    """
    before, after, kept = comparable(session, actor, release_id, other_id)
    job = session.get(Job, kept.job_id) if kept is not None and kept.job_id else None
    ready = kept is not None and kept.finished
    return {"ready": ready or is_small(before, after), "job": None if job is None else jobs.job_json(job)}


@writes
def begin(session: Session, actor: Actor, release_id: str | int, other_id: str | int) -> dict[str, Any] | None:
    """Start the job that compares two large releases, and return it; one that is at work already goes on.

    None where none is needed, because they are small or were compared before.
    """
    before, after, kept = comparable(session, actor, release_id, other_id)
    if is_small(before, after) or (kept is not None and kept.finished):
        return None
    kept = _kept_or_new(session, before.id, after.id)
    if kept.finished:
        return None
    job = session.get(Job, kept.job_id) if kept.job_id else None
    if job is not None and JobState(job.state) not in FINAL_JOB_STATES:
        return jobs.job_json(job)
    submitted = jobs.submit(session, actor, KIND, {"comparison": kept.id}, project_id=after.project_id)
    kept.job_id = submitted["id"]
    return submitted


def run(job: JobContext) -> dict[str, Any]:
    """Compare, and keep what was found; a repetition keeps the same."""

    def tell(done: int, total: int) -> None:
        job.check()
        job.progress(done / max(1, total), f"Comparing ({done:,} of {total:,} tasks)")

    return job.step("compare", _compare, int(job.arguments["comparison"]), tell)


def compare_now(actor: Actor, release_id: str | int, other_id: str | int, tell: Tell) -> None:
    """Do at once what the job does, for callers who may wait; nothing where the changes can be read already."""
    number = _unfinished(actor, release_id, other_id)
    if number is not None:
        _compare(number, tell)


def kept_changes(comparison: int, kind: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
    """Some of the kept changes of a kind, by their place in its list."""
    for number in range(start // _PART, -(-stop // _PART)):
        with get_database().read() as session:
            part = session.get(ReleaseComparisonPart, (comparison, kind, number))
        if part is None:
            return
        first = number * _PART
        yield from orjson.loads(zlib.decompress(part.changes))[max(0, start - first) : stop - first]


@writes
def _unfinished(session: Session, actor: Actor, release_id: str | int, other_id: str | int) -> int | None:
    before, after, kept = comparable(session, actor, release_id, other_id)
    if is_small(before, after) or (kept is not None and kept.finished):
        return None
    kept = _kept_or_new(session, before.id, after.id)
    return None if kept.finished else kept.id


def _kept_or_new(session: Session, before: int, after: int) -> ReleaseComparison:
    """What is kept of a comparison, read anew while nobody else begins one with this release."""
    # no lock of the key: a comparison the other way round refers to this release while it holds its own
    session.execute(select(Release.id).where(Release.id == after).with_for_update(key_share=True))
    query = select(ReleaseComparison).where(ReleaseComparison.before_id == before, ReleaseComparison.after_id == after)
    return session.scalar(query.execution_options(populate_existing=True)) or _new(session, before, after)


def _new(session: Session, before: int, after: int) -> ReleaseComparison:
    kept = ReleaseComparison(before_id=before, after_id=after)
    session.add(kept)
    session.flush()
    return kept


def _compare(number: int, tell: Tell) -> dict[str, Any]:
    before, after = _hashes(number)
    counts, listed = Counter[str](), Counter[str]()
    waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with Changes(before, after, tell) as changes:
        for one in changes:
            kind = one["kind"]
            counts[kind] += 1
            if listed.total() < MAX_CHANGES:
                listed[kind] += 1
                waiting[kind].append(one)
                if len(waiting[kind]) == _PART:
                    _keep(number, kind, listed[kind], waiting.pop(kind))
        labels = changes.labels
    for kind, rest in waiting.items():
        _keep(number, kind, listed[kind], rest)
    with get_database().write() as session:
        row = session.get(ReleaseComparison, number)
        if row is None:
            raise NotFound("The files of one of these releases were deleted.")
        row.counts, row.listed, row.labels, row.finished = dict(counts), dict(listed), labels, True
    return {"changes": counts.total()}


def _hashes(number: int) -> tuple[str, str]:
    with get_database().read() as session:
        row = session.get(ReleaseComparison, number)
        if row is None:
            raise NotFound("The files of one of these releases were deleted.")
        before, after = session.get_one(Release, row.before_id), session.get_one(Release, row.after_id)
        return before.manifest_sha256, after.manifest_sha256


def _keep(comparison: int, kind: str, listed: int, changes: list[dict[str, Any]]) -> None:
    """Write a part down, in place of the one that an interrupted run may have left."""
    packed = zlib.compress(orjson.dumps(changes), 6)
    with get_database().write() as session:
        part = ReleaseComparisonPart(comparison_id=comparison, kind=kind, number=(listed - 1) // _PART, changes=packed)
        session.merge(part)


def _size(row: Release) -> int:
    names = ("tasks", "events", "tags", "captions")
    return sum(split[name] for split in row.figures.get("splits", {}).values() for name in names)
