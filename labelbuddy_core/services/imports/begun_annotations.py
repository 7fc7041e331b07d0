"""The annotations that an import adds to: those that are there, new ones, and those that their authors handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Assignment, OutsideAuthor, Revision
from labelbuddy_core.domain.states import EDITABLE, HANDED_IN, AnnotationState
from labelbuddy_core.services.tasks.places import ASSIGNED

Pair = tuple[int, int]
"""(task, user)."""
_IMPORT = "import-"


def client_of(import_id: int) -> str:
    """What the revisions of an import are known by."""
    return f"{_IMPORT}{import_id}"


def annotations_of(session: Session, pairs: Sequence[Pair]) -> dict[Pair, Annotation]:
    """Those that are there of these tasks and people."""
    if not pairs:
        return {}
    rows = session.scalars(
        select(Annotation).where(
            Annotation.task_id.in_({task for task, _ in pairs}), Annotation.user_id.in_({user for _, user in pairs})
        )
    )
    return {(one.task_id, one.user_id): one for one in rows}


def begin(session: Session, project_id: int, pairs: Mapping[Pair, AnnotationState]) -> dict[Pair, Annotation]:
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
            project_id=project_id, task_id=task, user_id=user, revision=0, state=state.value,
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
        {"task_id": task, "user_id": user, "project_id": project_id, "kind": ASSIGNED}
        for task, user in pairs
        if (task, user) not in held
    ]
    if missing:
        session.execute(insert(Assignment), missing)
    return begun


def touched_by_people(session: Session, annotations: Iterable[Annotation]) -> set[int]:
    """Those that somebody saved, beside imports."""
    ids = [annotation.id for annotation in annotations]
    if not ids:
        return set()
    query = select(Revision.annotation_id).where(
        Revision.annotation_id.in_(ids), Revision.client.not_like(f"{_IMPORT}%")
    )
    return set(session.scalars(query.distinct()))


def is_closed(annotation: Annotation, touched: set[int]) -> bool:
    """Whether its author handed it in, so that nothing is added to it."""
    state = AnnotationState(annotation.state)
    return state in HANDED_IN and state not in EDITABLE and annotation.id in touched
