"""How two releases of a project differ, change by change, with the place where each is heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Release, ReleaseComparison, Task
from labelbuddy_core.domain.releases.differences import KINDS
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.formats import csv_export, decisions_export
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports.exports import Export
from labelbuddy_core.services.releases.release_changes import Changes
from labelbuddy_core.services.releases.release_comparisons import comparable, is_small, kept_changes
from labelbuddy_core.services.transactions import reads

_COLUMNS = ("change", "what", "recording", "start", "stop", "annotator", "before", "after", "task")
_AT_ONCE = 1000


@dataclass(frozen=True)
class _Found:
    """A comparison that can be read: at once from `changes`, else from what is kept under the number `kept`."""

    counts: dict[str, int]
    listed: dict[str, int]
    labels: list[dict[str, str]]
    changes: dict[str, list[dict[str, Any]]]
    kept: int | None = None

    def take(self, kind: str | None, offset: int, limit: int) -> Iterator[dict[str, Any]]:
        """Some of the changes, kind by kind."""
        for one in KINDS if kind is None else (kind,):
            there = self.listed.get(one, 0)
            start, stop = min(offset, there), min(offset + limit, there)
            if start < stop:
                yield from self._of(one, start, stop)
            offset, limit = offset - start, limit - (stop - start)

    def _of(self, kind: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        if self.kept is None:
            return iter(self.changes[kind][start:stop])
        return kept_changes(self.kept, kind, start, stop)


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
    changes, kind by kind: {kind, what, task, recording, start, stop, annotator, before, after}, with the times where
    it is heard (seconds of the recording); `task` is None where the task is gone. Raises `Invalid` for an unknown kind,
    `InvalidState` for large releases that no job has compared.
    """
    if not (0 < limit <= 1000 and offset >= 0):
        raise Invalid("limit is from 1 to 1000, offset 0 or more.", field="limit")
    before, after, found = _open(actor, release_id, other_id, kind)
    shown = list(found.take(kind, offset, limit))
    present = _present(actor, [int(one["task"]) for one in shown])
    return {
        "before": {"id": str(before.id), "name": before.name, "version": before.version},
        "after": {"id": str(after.id), "name": after.name, "version": after.version},
        "same": before.content_sha256 == after.content_sha256,
        "counts": {one: found.counts[one] for one in KINDS if found.counts.get(one)},
        "labels": found.labels,
        "items": [{**one, "task": one["task"] if int(one["task"]) in present else None} for one in shown],
        "total": found.counts.get(kind, 0) if kind else sum(found.counts.values()),
        "listed": found.listed.get(kind, 0) if kind else sum(found.listed.values()),
    }


def open_differences(actor: Actor, release_id: str | int, other_id: str | int, *, kind: str | None = None) -> Export:
    """All listed changes as CSV, ready to stream. Raises as `differences`."""
    before, after, found = _open(actor, release_id, other_id, kind)
    listed = found.listed.get(kind, 0) if kind else sum(found.listed.values())
    rows = (
        {
            "change": one["kind"],
            "what": one["what"],
            **{name: one[name] for name in ("recording", "start", "stop", "annotator", "task")},
            "before": in_words(one["before"]),
            "after": in_words(one["after"]),
        }
        for offset in range(0, listed, _AT_ONCE)
        for one in found.take(kind, offset, _AT_ONCE)
    )
    name = "-".join([f"labelbuddy-release-{before.id}-to-{after.id}", *(kind or "").split()])
    return Export(f"{name}.csv", csv_export.MEDIA_TYPE, decisions_export.write_csv(rows, _COLUMNS))


def in_words(item: Any) -> str:
    """An item in a cell: its label, text and times in seconds."""
    if item is None or isinstance(item, str):
        return item or ""
    said = " ".join(str(item[name]) for name in ("label", "text", "answer", "kind") if item.get(name))
    times = [f"{item[name]:g}" for name in ("time", "start", "end") if item.get(name) is not None]
    return f"{said} {'–'.join(times)} s".strip() if times else said


def _open(
    actor: Actor, release_id: str | int, other_id: str | int, kind: str | None
) -> tuple[Release, Release, _Found]:
    if kind is not None and kind not in KINDS:
        raise Invalid(f"kind must be one of {', '.join(KINDS)}.", field="kind")
    before, after, kept = _both(actor, release_id, other_id)
    if kept is not None and kept.finished:
        return before, after, _Found(kept.counts, kept.listed, kept.labels, {}, kept.id)
    if not is_small(before, after):
        raise InvalidState("These releases are large. Have a job compare them first (POST to differences).")
    return before, after, _at_once(before.manifest_sha256, after.manifest_sha256)


@reads
def _both(
    session: Session, actor: Actor, release_id: str | int, other_id: str | int
) -> tuple[Release, Release, ReleaseComparison | None]:
    return comparable(session, actor, release_id, other_id)


@reads
def _present(session: Session, _actor: Actor, tasks: list[int]) -> set[int]:
    return set(session.scalars(select(Task.id).where(Task.id.in_(tasks))))


@lru_cache(maxsize=4)  # what is frozen never changes, and a page asks again for every step of the reader
def _at_once(before: str, after: str) -> _Found:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    with Changes(before, after) as changes:
        for one in changes:
            by_kind.setdefault(one["kind"], []).append(one)
        labels = changes.labels
    counts = {kind: len(some) for kind, some in by_kind.items()}
    return _Found(counts, counts, labels, by_kind)
