"""Imported annotations on their way into the database: a batch a transaction, nothing twice."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, ImportedAnnotation
from labelbuddy_core.domain.documents import Caption, Collection, Item, key_of
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.services.imports.already_there import AlreadyThere, same_words
from labelbuddy_core.services.imports.appended_items import AppendedItems
from labelbuddy_core.services.imports.begun_annotations import (
    Pair,
    annotations_of,
    begin,
    client_of,
    is_closed,
    touched_by_people,
)
from labelbuddy_core.services.imports.planned_annotations import Piece
from labelbuddy_core.services.tasks.task_states import refresh_task_states

_COLLECTIONS = ("regions", "points", "tags", "caption", "answers", "tiers")
"""Named so that the database finds items by their whole key."""
Items = Sequence[tuple[Collection, Item]]
Planned = dict[tuple[int, int | str], set[int]]
"""What a dry run would have added so far, by task and person (the name of somebody new): hashes of keys, for there may
be a million."""


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
    goes_on: bool = False
    """Whether this import was stopped before: what it added then is spoken of as if it was added now."""

    def state_of(self, piece: Piece) -> AnnotationState:
        """What the annotation that a piece begins counts as."""
        if self.keeps_states and piece.state in set(AnnotationState):
            return AnnotationState(piece.state)
        return self.state


@dataclass(frozen=True)
class Outcome:
    """What became of a piece: how many items were added, how many were there already, whether its annotation is new,
    whether its author had handed it in, whether another caption than its own stays, and in which state an annotation
    is to which it is added, where that was there and is in another one than the import asks for. `ours`: the import was
    stopped, and had added to this annotation before."""

    piece: Piece
    added: int = 0
    present: int = 0
    begun: bool = False
    closed: bool = False
    other_caption: bool = False
    stays: str = ""
    ours: bool = False


@dataclass(frozen=True)
class _Sorted:
    """The items of a piece: new ones, and how many others."""

    fresh: Items
    present: int
    other_caption: bool


def compare(
    session: Session, writing: Writing, already: AlreadyThere, planned: Planned, batch: Sequence[Authored]
) -> list[Outcome]:
    """What writing a batch would do after what is planned, to which it is added; `begun` is said of every piece of a
    new annotation."""
    annotations = annotations_of(session, [(one.piece.task, one.user) for one in batch if one.user is not None])
    touched = touched_by_people(session, annotations.values())
    sorting = _Sorting(session, writing.import_id, already, batch, annotations)
    outcomes = []
    for one in batch:
        annotation = annotations.get((one.piece.task, one.user)) if one.user is not None else None
        whose = one.piece.author.casefold() if one.user is None else one.user
        before = planned.setdefault((one.piece.task, whose), set())
        found = sorting.sort(one.piece, annotation, before)
        closed = annotation is not None and bool(found.fresh) and is_closed(annotation, touched)
        added = 0 if closed else len(found.fresh)
        if not closed:
            before.update(hash(_key(item)) for item in found.fresh)
        stays = sorting.stays(annotation, writing.state_of(one.piece)) if added else ""
        outcomes.append(
            Outcome(one.piece, added, found.present, annotation is None, closed, found.other_caption, stays)
        )
    return outcomes


def write(session: Session, writing: Writing, already: AlreadyThere, batch: Sequence[Authored]) -> list[Outcome]:
    """Add what is not there, but to annotations that their authors have handed in."""
    pairs = list(dict.fromkeys((one.piece.task, one.user) for one in batch if one.user is not None))
    annotations = annotations_of(session, pairs)
    states = {(one.piece.task, one.user): writing.state_of(one.piece) for one in batch if one.user is not None}
    fresh_states = {pair: states[pair] for pair in pairs if pair not in annotations}
    touched = touched_by_people(session, annotations.values())
    sorting = _Sorting(session, writing.import_id, already, batch, annotations)
    begun = begin(session, writing.project_id, fresh_states)
    annotations |= begun
    unsaid = {annotation.id for annotation in begun.values()}
    of_import = select(ImportedAnnotation.annotation_id, ImportedAnnotation.created).where(
        ImportedAnnotation.import_id == writing.import_id,
        ImportedAnnotation.annotation_id.in_([one.id for one in annotations.values()]),
    )
    known = dict(session.execute(of_import).tuples().all())
    earlier = dict(known) if writing.goes_on else {}
    appended = AppendedItems(session, writing.import_id, writing.actor_id, client_of(writing.import_id))
    outcomes = []
    for one in batch:
        assert one.user is not None
        annotation = annotations[one.piece.task, one.user]
        found = sorting.sort(one.piece, annotation)
        closed = bool(found.fresh) and is_closed(annotation, touched)
        ours = annotation.id in earlier
        new = annotation.id in unsaid or earlier.get(annotation.id, False)
        unsaid.discard(annotation.id)
        added = 0 if closed else len(found.fresh)
        stays = sorting.stays(annotation, writing.state_of(one.piece)) if added or ours else ""
        outcomes.append(Outcome(one.piece, added, found.present, new, closed, found.other_caption, stays, ours))
        if closed or (not found.fresh and appended.revision(annotation) > 0):
            continue
        appended.append(annotation, found.fresh)
        sorting.know(annotation, found.fresh)
        if annotation.id not in known:
            known[annotation.id] = (one.piece.task, one.user) in begun
            appended.belongs(annotation, created=known[annotation.id])
    appended.write()
    refresh_task_states(session, {task for task, _ in pairs})
    return outcomes


class _Sorting:
    """Tells what is new in the pieces of a batch."""

    def __init__(
        self,
        session: Session,
        import_id: int,
        already: AlreadyThere,
        batch: Sequence[Authored],
        annotations: Mapping[Pair, Annotation],
    ) -> None:
        self._already = already
        self._there = _present(session, batch, annotations)
        already.keep_only(one.id for one in annotations.values())
        self.of_others = {one.id for one in annotations.values()} - set(
            session.scalars(
                select(ImportedAnnotation.annotation_id).where(
                    ImportedAnnotation.import_id == import_id,
                    ImportedAnnotation.created,
                    ImportedAnnotation.annotation_id.in_([one.id for one in annotations.values()]),
                )
            )
        )
        """Annotations that this import did not begin: what they say may be said in the files."""
        already.load(session, self._concerned(batch, annotations))

    def _concerned(self, batch: Sequence[Authored], annotations: Mapping[Pair, Annotation]) -> set[int]:
        """Annotations whose marks or caption are asked for: all others have everything by its key."""
        concerned = set()
        for one in batch:
            annotation = annotations.get((one.piece.task, one.user)) if one.user is not None else None
            if annotation is not None and annotation.id in self.of_others:
                there = self._there.get(annotation.id, set())
                if any(isinstance(item[1], Caption) or _key(item) not in there for item in one.piece.items):
                    concerned.add(annotation.id)
        return concerned

    def sort(self, piece: Piece, annotation: Annotation | None, planned: Container[int] = ()) -> _Sorted:
        there = self._there.setdefault(annotation.id, set()) if annotation else set()
        known = {key for item in piece.items if (key := _key(item)) in there or hash(key) in planned}
        fresh = [item for item in piece.items if _key(item) not in known]
        if annotation is None or annotation.id not in self.of_others:
            return _Sorted(fresh, len(known), other_caption=False)
        found = self._already.find(annotation.id, piece.source, fresh, known)
        caption = next((item for _, item in piece.items if isinstance(item, Caption)), None)
        return _Sorted(
            [item for item in fresh if _key(item) not in found],
            len(known) + len(found),
            caption is not None
            and (Collection.CAPTION.value, key_of(caption)) in known
            and not same_words(self._already.caption(annotation.id), caption.text),
        )

    def stays(self, annotation: Annotation | None, wanted: AnnotationState) -> str:
        """The state of an annotation that this import did not begin, where it asks for another one."""
        if annotation is None or annotation.id not in self.of_others or annotation.state == wanted.value:
            return ""
        return annotation.state

    def know(self, annotation: Annotation, items: Items) -> None:
        """These items are there now."""
        self._there.setdefault(annotation.id, set()).update(map(_key, items))


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
