"""Imported annotations on their way into the database: a batch a transaction, nothing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Assignment,
    ImportedAnnotation,
    OutsideAuthor,
    Revision,
)
from labelbuddy_core.domain.documents import key_of
from labelbuddy_core.domain.states import EDITABLE, HANDED_IN, AnnotationState
from labelbuddy_core.services.imports.appended_items import AppendedItems
from labelbuddy_core.services.imports.planned_annotations import Piece
from labelbuddy_core.services.tasks.places import ASSIGNED
from labelbuddy_core.services.tasks.task_states import refresh_task_states

Pair = tuple[int, int]
"""(task, user)."""


def client_of(import_id: int) -> str:
    """What the revisions of an import are known by."""
    return f"{_IMPORT}{import_id}"


_IMPORT = "import-"
_COLLECTIONS = ("regions", "points", "tags", "caption", "answers", "tiers")
"""Named so that the database finds items by their whole key."""


@dataclass(frozen=True)
class Authored:
    """A piece with its author's id, None for somebody who is not known yet."""

    piece: Piece
    user: int | None


@dataclass(frozen=True)
class Writing:
    """What holds for a whole import: its number, its project, who imports, and what annotations count as."""

    import_id: int
    project_id: int
    actor_id: int
    state: AnnotationState
    keeps_states: bool = False
    """Whether annotations count as what the files say, where they say it."""

    def state_of(self, piece: Piece) -> AnnotationState:
        """What the annotation that a piece begins counts as."""
        if self.keeps_states and piece.state in set(AnnotationState):
            return AnnotationState(piece.state)
        return self.state


@dataclass
class Written:
    """How many items a batch added, how many were there already, how many annotations it began, and refused pieces."""

    added: int = 0
    present: int = 0
    begun: int = 0
    refused: int = 0


def compare(session: Session, batch: Sequence[Authored]) -> Written:
    """What writing a batch would do."""
    annotations = _annotations(session, [(one.piece.task, one.user) for one in batch if one.user is not None])
    touched = _touched_by_people(session, annotations.values())
    present = _present(session, batch, annotations)
    done = Written()
    for one in batch:
        annotation = annotations.get((one.piece.task, one.user)) if one.user is not None else None
        there = present.get(annotation.id, set()) if annotation else set()
        fresh = [item for item in one.piece.items if _key(item) not in there]
        done.present += len(one.piece.items) - len(fresh)
        if annotation is not None and fresh and _is_closed(annotation, touched):
            done.refused += 1
        else:
            done.added += len(fresh)
            done.begun += annotation is None
    return done


def write(session: Session, writing: Writing, batch: Sequence[Authored]) -> tuple[Written, list[Piece]]:
    """Add what is not there; also returns the pieces whose annotations were handed in by their authors before."""
    pairs = list(dict.fromkeys((one.piece.task, one.user) for one in batch if one.user is not None))
    annotations = _annotations(session, pairs)
    states = {(one.piece.task, one.user): writing.state_of(one.piece) for one in batch if one.user is not None}
    begun = _begin(session, writing, {pair: states[pair] for pair in pairs if pair not in annotations})
    touched = _touched_by_people(session, annotations.values())
    present = _present(session, batch, annotations)
    annotations |= begun
    fresh_ids = {annotation.id for annotation in begun.values()}
    done, refused = Written(begun=len(begun)), []
    known = set(
        session.scalars(
            select(ImportedAnnotation.annotation_id).where(
                ImportedAnnotation.import_id == writing.import_id,
                ImportedAnnotation.annotation_id.in_([one.id for one in annotations.values()]),
            )
        )
    )
    appended = AppendedItems(session, writing.import_id, writing.actor_id, client_of(writing.import_id))
    for one in batch:
        assert one.user is not None
        annotation = annotations[one.piece.task, one.user]
        there = present.setdefault(annotation.id, set())
        fresh = [item for item in one.piece.items if _key(item) not in there]
        done.present += len(one.piece.items) - len(fresh)
        if fresh and _is_closed(annotation, touched):
            done.refused += 1
            refused.append(one.piece)
            continue
        if not fresh and appended.revision(annotation) > 0:
            continue
        appended.append(annotation, fresh)
        there |= {_key(item) for item in fresh}
        done.added += len(fresh)
        if annotation.id not in known:
            known.add(annotation.id)
            appended.belongs(annotation, created=annotation.id in fresh_ids)
    appended.write()
    refresh_task_states(session, {task for task, _ in pairs})
    return done, refused


def _annotations(session: Session, pairs: Sequence[Pair]) -> dict[Pair, Annotation]:
    if not pairs:
        return {}
    rows = session.scalars(
        select(Annotation).where(
            Annotation.task_id.in_({task for task, _ in pairs}), Annotation.user_id.in_({user for _, user in pairs})
        )
    )
    return {(one.task_id, one.user_id): one for one in rows}


def _begin(session: Session, writing: Writing, pairs: Mapping[Pair, AnnotationState]) -> dict[Pair, Annotation]:
    """New annotations in these states; their authors hold places of the tasks.

    Whoever has no account cannot go on with a draft.
    """
    if not pairs:
        return {}
    outside = set(
        session.scalars(select(OutsideAuthor.user_id).where(OutsideAuthor.user_id.in_({user for _, user in pairs})))
    )
    begun: dict[Pair, Annotation] = {}
    for (task, user), wanted in pairs.items():
        draft = wanted is AnnotationState.DRAFT
        state = AnnotationState.SUBMITTED if draft and user in outside else wanted
        begun[task, user] = Annotation(
            project_id=writing.project_id, task_id=task, user_id=user, revision=0, state=state.value,
            submitted_at=None if state is AnnotationState.DRAFT else now(),
        )  # fmt: skip
    session.add_all(begun.values())
    session.flush()
    held = set(
        session.execute(
            select(Assignment.task_id, Assignment.user_id).where(
                Assignment.task_id.in_({task for task, _ in pairs}), Assignment.user_id.in_({user for _, user in pairs})
            )
        ).tuples()
    )
    missing = [
        {"task_id": task, "user_id": user, "project_id": writing.project_id, "kind": ASSIGNED}
        for task, user in pairs
        if (task, user) not in held
    ]
    if missing:
        session.execute(insert(Assignment), missing)
    return begun


def _touched_by_people(session: Session, annotations: Any) -> set[int]:
    """Those that somebody saved, beside imports."""
    ids = [annotation.id for annotation in annotations]
    if not ids:
        return set()
    query = select(Revision.annotation_id).where(
        Revision.annotation_id.in_(ids), Revision.client.not_like(f"{_IMPORT}%")
    )
    return set(session.scalars(query.distinct()))


def _is_closed(annotation: Annotation, touched: set[int]) -> bool:
    """Whether its author handed it in, so that nothing is added to it."""
    state = AnnotationState(annotation.state)
    return state in HANDED_IN and state not in EDITABLE and annotation.id in touched


def _present(
    session: Session, batch: Sequence[Authored], annotations: Mapping[Pair, Annotation]
) -> dict[int, set[tuple[str, str]]]:
    """Which of a batch's items there are, by annotation."""
    wanted: dict[int, set[str]] = {}
    for one in batch:
        annotation = annotations.get((one.piece.task, one.user)) if one.user is not None else None
        if annotation is not None:
            wanted.setdefault(annotation.id, set()).update(_key(item)[1] for item in one.piece.items)
    wanted = {annotation: keys for annotation, keys in wanted.items() if keys}
    if not wanted:
        return {}
    every = set().union(*wanted.values())
    found: dict[int, set[tuple[str, str]]] = {}
    query = select(AnnotationItem.annotation_id, AnnotationItem.collection, AnnotationItem.key).where(
        AnnotationItem.annotation_id.in_(wanted),
        AnnotationItem.collection.in_(_COLLECTIONS),
        AnnotationItem.key.in_(every),
    )
    for annotation, collection, key in session.execute(query):
        found.setdefault(annotation, set()).add((collection, key))
    return found


def _key(item: tuple[Any, Any]) -> tuple[str, str]:
    return item[0].value, key_of(item[1])
