"""Changes of a label set that is in use: looked at before, done, listed, and taken back as one.

A small change is one transaction. One that touches more than `AT_ONCE` items is a job: from its first moment on saves
go to the new labels, and the items that are there follow batch by batch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Job, LabelChange, Project, ProjectLabel, User
from labelbuddy_core.domain.label_changes import Labels, Planned, plan
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.services.access import ProjectAccess, parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.labels.label_change_conflicts import MAX_TOLD, Undo, undo_of
from labelbuddy_core.services.labels.label_change_effects import count_relabeled, effects
from labelbuddy_core.services.labels.label_change_links import links_of, relabeled_links, write_links
from labelbuddy_core.services.labels.label_change_parts import ALL, PARTS, conclude, take_back
from labelbuddy_core.services.labels.project_labels import labels_of, write_labels
from labelbuddy_core.services.pages_of_results import Results, one_page
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes

KIND: Final = "change-labels"
AT_ONCE: Final = 2000
"""Items that are relabeled while the page waits."""


@reads
def preview(session: Session, actor: Actor, project_id: str | int, change: Mapping[str, Any]) -> dict[str, Any]:
    """What a change would do, without doing it: {told, labels, notes, created, large, and the counts of `effects`}.

    Raises `Invalid` naming the member that is wrong.
    """
    access = _manager(session, actor, project_id)
    planned = plan(change, labels_of(session, access.project.id))
    found = effects(session, access.project.id, _concerned(change), planned.relabeling)
    return {
        "told": planned.told,
        "labels": planned.labels,
        "notes": list(planned.notes),
        "created": list(planned.created),
        "large": found["relabeled"] > AT_ONCE,
        **found,
    }


@writes
def apply(session: Session, actor: Actor, project_id: str | int, change: Mapping[str, Any]) -> dict[str, Any]:
    """Change the label set and what is labeled with it; answers the change, with its `job` when it is a large one.

    Raises `Invalid` naming the member that is wrong, `InvalidState` while another change is at work.
    """
    access = _manager(session, actor, project_id)
    number = access.project.id
    session.execute(select(Project.id).where(Project.id == number).with_for_update())
    _require_idle(session, number)
    labels = labels_of(session, number)
    planned = plan(change, labels)
    count = count_relabeled(session, number, planned.relabeling)
    row = _written_down(session, actor, number, str(change["kind"]), labels, planned)
    if count > AT_ONCE:
        job = jobs.submit(session, actor, KIND, {"change": row.id, "action": "apply"}, project_id=number)
        row.job_id = job["id"]
    else:
        for part in PARTS:
            part(session, row, 0, ALL, actor.id)
        conclude(session, row)
    session.flush()
    record(session, actor, "labels.changed", f"label-change:{row.id}", project_id=number, told=row.told)
    return _json(session, row)


def undo(actor: Actor, change_id: str | int) -> dict[str, Any]:
    """Take a change back: labels, links to models, and every item as it was before.

    Raises `InvalidState` with `conflicts` when something was changed since that would be lost; then nothing changes.
    """
    looked_at = _look_at_large(actor, change_id)
    return _undo(actor, change_id, looked_at=looked_at)


@reads
def _look_at_large(session: Session, actor: Actor, change_id: str | int) -> bool:
    """Look at all items of a large change, without holding up those who save; whether it is one."""
    row = _visible(session, actor, change_id)
    large = _is_large(row)
    if large:
        _require_free(undo_of(session, row))
    return large


@writes
def _undo(session: Session, actor: Actor, change_id: str | int, *, looked_at: bool) -> dict[str, Any]:
    row = _visible(session, actor, change_id)
    session.execute(select(Project.id).where(Project.id == row.project_id).with_for_update())
    _require_idle(session, row.project_id, besides=row.id)
    if _state(session, row) not in ("applied", "stopped") or row.state == "undoing":
        raise InvalidState("This change is at work, or was taken back already.")
    found = undo_of(session, row, items=not looked_at)
    _require_free(found)
    row.state = "undoing"
    _put_back(session, row, found)
    if _is_large(row):
        job = jobs.submit(session, actor, KIND, {"change": row.id, "action": "undo"}, project_id=row.project_id)
        row.job_id = job["id"]
    else:
        take_back(session, row, limit=ALL, actor_id=actor.id)
        conclude(session, row)
    session.flush()
    record(session, actor, "labels.change-undone", f"label-change:{row.id}", project_id=row.project_id, told=row.told)
    return _json(session, row)


@writes
def resume(session: Session, actor: Actor, change_id: str | int) -> dict[str, Any]:
    """Go on with a change, or with taking one back, whose job was cancelled or failed."""
    row = _visible(session, actor, change_id)
    if _state(session, row) != "stopped":
        raise InvalidState("This change was not stopped.")
    action = "apply" if row.state == "applying" else "undo"
    job = jobs.submit(session, actor, KIND, {"change": row.id, "action": action}, project_id=row.project_id)
    row.job_id = job["id"]
    session.flush()
    return _json(session, row)


@reads
def list_changes(
    session: Session, actor: Actor, project_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The changes of a project's label set, newest first, a page at a time."""
    access = _manager(session, actor, project_id)
    query = select(LabelChange).where(LabelChange.project_id == access.project.id)
    rows, following = one_page(session, query, LabelChange.id, limit=limit, cursor=cursor)
    return Results([_json(session, row) for row in rows], following).as_json()


@reads
def get_change(session: Session, actor: Actor, change_id: str | int) -> dict[str, Any]:
    """One change; while it is applied, `conflicts` says what would stand in the way of taking it back."""
    row = _visible(session, actor, change_id)
    conflicts = undo_of(session, row).conflicts[:MAX_TOLD] if row.state == "applied" else []
    return {**_json(session, row), "conflicts": conflicts}


def _is_large(row: LabelChange) -> bool:
    return row.counts.get("items", 0) + row.counts.get("by_hand", 0) > AT_ONCE


def _require_free(found: Undo) -> None:
    """Raises `InvalidState` with what stands in the way."""
    if not found.conflicts:
        return
    more = f" (and {len(found.conflicts) - MAX_TOLD} more)" if len(found.conflicts) > MAX_TOLD else ""
    told = " ".join(found.conflicts[:MAX_TOLD])
    raise InvalidState(f"This change cannot be taken back: {told}{more}", conflicts=found.conflicts[:MAX_TOLD])


def visible_change(session: Session, actor: Actor, change_id: str | int) -> LabelChange:
    """A change of a project that the person manages; raises `NotFound` otherwise."""
    return _visible(session, actor, change_id)


def _manager(session: Session, actor: Actor, project_id: str | int) -> ProjectAccess:
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    return access


def _visible(session: Session, actor: Actor, change_id: str | int) -> LabelChange:
    row = session.get(LabelChange, parse_id(change_id, "label change"))
    if row is not None:
        try:
            if project_access(session, actor, row.project_id).allows(Permission.EDIT_PROJECT):
                return row
        except NotFound:
            pass
    raise NotFound(f"There is no label change {change_id!r}.")


def _require_idle(session: Session, project_id: int, *, besides: int = 0) -> None:
    busy = select(LabelChange.told).where(
        LabelChange.project_id == project_id,
        LabelChange.state.in_(["applying", "undoing"]),
        LabelChange.id != besides,
    )
    told = session.scalar(busy.limit(1))
    if told is not None:
        raise InvalidState(f"A change of the labels has not ended: {told} Wait for it, go on with it, or take it back.")


def _state(session: Session, row: LabelChange) -> str:
    """The state of a change; `stopped` when its job ended before it was through."""
    job = session.get(Job, row.job_id) if row.job_id else None
    at_work = row.state in ("applying", "undoing")
    return "stopped" if at_work and job is not None and JobState(job.state) in FINAL_JOB_STATES else row.state


def _concerned(change: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels that a change is about."""
    given = change.get("labels") if change["kind"] == "merge" else [change.get("label")]
    return tuple(str(one) for one in given or ())


def _written_down(
    session: Session, actor: Actor, project_id: int, kind: str, labels: Labels, planned: Planned
) -> LabelChange:
    """Write the new label set and links, and the change with what was before."""
    links = links_of(session, project_id)
    changed = relabeled_links(links, planned.relabeling)
    _replace(session, project_id, planned.labels, created=planned.created)
    write_links(session, project_id, changed)
    row = LabelChange(
        project_id=project_id,
        kind=kind,
        told=planned.told,
        relabeling=planned.relabeling.as_json(),
        before={"labels": labels, "links": links},
        after={"labels": labels_of(session, project_id), "links": changed},
        created=list(planned.created),
        state="applying",
        counts={},
        created_by=actor.id,
    )
    session.add(row)
    session.flush()
    return row


def _put_back(session: Session, row: LabelChange, found: Undo) -> None:
    _replace(session, row.project_id, found.labels)
    write_links(session, row.project_id, found.links)


def _replace(session: Session, project_id: int, labels: Labels, *, created: Collection[str] = ()) -> None:
    session.execute(delete(ProjectLabel).where(ProjectLabel.project_id == project_id))
    write_labels(session, project_id, labels, standing={label["id"] for label in labels} - set(created))


def _json(session: Session, row: LabelChange) -> dict[str, Any]:
    job = session.get(Job, row.job_id) if row.job_id else None
    by = session.scalar(select(User.username).where(User.id == row.created_by))
    return {
        "id": str(row.id),
        "project": str(row.project_id),
        "kind": row.kind,
        "told": row.told,
        "state": _state(session, row),
        "counts": row.counts,
        "by": by,
        "split": row.relabeling.get("split"),
        "job": None if job is None else jobs.job_json(job),
        "created_at": iso(row.created_at),
        "undone_at": iso(row.undone_at),
    }
