"""How two releases of a project differ, change by change, with the place where each is heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Release, Task
from labelbuddy_core.domain.releases.differences import KINDS, SPLIT, TASK_ADDED, TASK_REMOVED, Change, task_changes
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.formats.release_manifest import Entry, Manifest, task_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.releases.release_files import frozen
from labelbuddy_core.services.releases.releases import PUBLISHED, WITHDRAWN, visible_release
from labelbuddy_core.services.transactions import reads

MAX_CHANGES = 10_000
"""Changes between two releases that are listed; all are counted."""


def differences(
    actor: Actor,
    release_id: str | int,
    other_id: str | int,
    *,
    kind: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> dict[str, Any]:
    """What changed from another release to this one: {before, after, counts, labels, items, total, listed}.

    `counts` are by kind, `labels` those that are called differently: {label, before, after}. `items` are some of the
    changes: {kind, what, task, recording, start, stop, annotator, before, after}, with the times where it is heard
    (seconds of the recording); `task` is None where the task is gone. Raises `Invalid` for an unknown kind.
    """
    if kind is not None and kind not in KINDS:
        raise Invalid(f"kind must be one of {', '.join(KINDS)}.", field="kind")
    if not (0 < limit <= 1000 and offset >= 0):
        raise Invalid("limit is from 1 to 1000, offset 0 or more.", field="limit")
    before, after = _both(actor, release_id, other_id)
    counts, labels, changes = _differ(before.manifest_sha256, after.manifest_sha256)
    chosen = [one for one in changes if kind is None or one["kind"] == kind]
    shown = chosen[offset : offset + limit]
    present = _present(actor, [int(one["task"]) for one in shown])
    return {
        "before": {"id": str(before.id), "name": before.name, "version": before.version},
        "after": {"id": str(after.id), "name": after.name, "version": after.version},
        "same": before.content_sha256 == after.content_sha256,
        "counts": {one: counts[one] for one in KINDS if counts[one]},
        "labels": labels,
        "items": [{**one, "task": one["task"] if int(one["task"]) in present else None} for one in shown],
        "total": counts[kind] if kind else sum(counts.values()),
        "listed": len(chosen),
    }


@reads
def _both(session: Session, actor: Actor, release_id: str | int, other_id: str | int) -> tuple[Release, Release]:
    after, before = visible_release(session, actor, release_id), visible_release(session, actor, other_id)
    for row in (before, after):
        if row.state not in (PUBLISHED, WITHDRAWN):
            raise InvalidState(f"{row.name} {row.version} is not published, or its files were deleted.")
    if before.project_id != after.project_id:
        raise Invalid("Only releases of one project are compared.", field="other")
    return before, after


@reads
def _present(session: Session, _actor: Actor, tasks: list[int]) -> set[int]:
    return set(session.scalars(select(Task.id).where(Task.id.in_(tasks))))


@lru_cache(maxsize=4)  # what is frozen never changes, and a page asks again for every step of the reader
def _differ(before: str, after: str) -> tuple[Counter[str], list[dict[str, str]], list[dict[str, Any]]]:
    counts: Counter[str] = Counter()
    listed: list[dict[str, Any]] = []
    with frozen(before) as old, frozen(after) as new:
        names = (old.header["label_names"], new.header["label_names"])
        for entry, change in _changes(old, new):
            counts[change.kind] += 1
            if len(listed) < MAX_CHANGES:
                listed.append(_change_json(entry, change, *names))
        renamed = [
            {"label": label, "before": names[0][label], "after": names[1][label]}
            for label in sorted({*names[0]} & {*names[1]})
            if names[0][label] != names[1][label]
        ]
    return counts, renamed, listed


def _changes(old: Manifest, new: Manifest) -> Iterator[tuple[Entry, Change]]:
    """Task by task, in the order of recordings and of time."""
    before = {one.key: one for one in old.entries}
    after = {one.key: one for one in new.entries}
    both = sorted(before.keys() & after.keys())
    for key in sorted(before.keys() - after.keys()):
        yield before[key], Change(TASK_REMOVED, "task", before=before[key].split)
    for key in sorted(after.keys() - before.keys()):
        yield after[key], Change(TASK_ADDED, "task", after=after[key].split)
    pairs = zip(old.lines([before[key] for key in both]), new.lines([after[key] for key in both]), strict=True)
    for (was, one), (entry, other) in pairs:
        if was.split != entry.split:
            yield entry, Change(SPLIT, "task", before=was.split, after=entry.split)
        if one != other:  # most tasks are as they were, and need not be read
            yield from ((entry, change) for change in task_changes(_answers(one), _answers(other)))


def _answers(line: bytes) -> dict[str, Mapping[str, Any]]:
    return {one.annotator: one.document for one in task_of(line).annotations}


def _change_json(entry: Entry, change: Change, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Any]:
    start, stop = change.span or (entry.start, entry.stop)
    return {
        "kind": change.kind,
        "what": change.what,
        "task": entry.task,
        "recording": entry.recording,
        "start": start,
        "stop": stop,
        "annotator": change.annotator,
        "before": _named(change.before, old),
        "after": _named(change.after, new),
    }


def _named(item: Any, names: Mapping[str, str]) -> Any:
    """An item with its label by name, as it was called in its release."""
    if not isinstance(item, Mapping):
        return item
    label = item.get("label")
    kept = {name: value for name, value in item.items() if name != "origin"}
    return {**kept, "label": names.get(label, label)} if label else kept
