"""Labels that a save gave and that a change of the label set made others of: kept with the change, to be taken back.

An editor that was opened before a merge names labels that are gone; what it saves gets the present ones. Each change
keeps, in a part of kind `saved` for each annotation, the items which it so relabeled, until somebody gives them another
label or deletes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, LabelChangePart
from labelbuddy_core.services.annotations.annotation_documents import Items, Key
from labelbuddy_core.services.labels.label_aliases import Step
from labelbuddy_core.services.labels.relabeling import SAVED, UNDO_CLIENT, write_items

Pair = tuple[dict[str, Any], dict[str, Any]]
"""An item as it was saved and as it became: {collection, id, label}, and `beside` for a tag that was there already."""
_AT_ONCE: Final = 500
"""Keys in one statement."""


def keep_conversions(
    session: Session,
    annotation_id: int,
    ways: Mapping[Key, Sequence[Step]],
    *,
    there: Iterable[Key],
    before: Items,
    after: Items,
) -> None:
    """Keep how items came to labels other than they were saved with (`ways`), and forget those that somebody relabeled.

    `there` are the items that stood there under labels of their own: a tag that others become stays at an undo.
    """
    relabeled = {key for key, value in before.items() if _label(value) != _label(after.get(key))}
    ways = {key: way for key, way in ways.items() if way and _label(after.get(key)) == way[-1].became}
    if not relabeled and not ways:
        return
    parts = {
        part.change_id: part
        for part in session.scalars(
            select(LabelChangePart).where(LabelChangePart.kind == SAVED, LabelChangePart.subject == annotation_id)
        )
    }
    made: dict[int, dict[Key, Step]] = {}
    for key, way in ways.items():
        for step in way:
            made.setdefault(step.change, {})[key] = step
    for change in {*parts, *made}:
        part = parts.get(change) or LabelChangePart(
            change_id=change, kind=SAVED, subject=annotation_id, revision=0, before=[], after=[]
        )
        pairs = [(was, now) for was, now in _pairs(part) if _key(now) not in relabeled]
        pairs = _with_steps(pairs, made.get(change, {}), set(there))
        if pairs != _pairs(part):
            part.before, part.after = [was for was, _ in pairs], [now for _, now in pairs]
            session.add(part)


def going_back(session: Session, part: LabelChangePart) -> Items:
    """The items of a part of kind `saved` as they are; those that have another label by now are left out."""
    wanted = {_key(now): now["label"] for now in part.after}
    names = sorted({name for _, name in wanted})
    found: Items = {}
    for first in range(0, len(names), _AT_ONCE):
        rows = session.execute(
            select(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value).where(
                AnnotationItem.annotation_id == part.subject, AnnotationItem.key.in_(names[first : first + _AT_ONCE])
            )
        )
        for collection, name, value in rows:
            if wanted.get((collection, name), "") == _label(value):
                found[collection, name] = value
    return found


def take_back_saved(session: Session, part: LabelChangePart, actor_id: int) -> None:
    """Give the items of a part the labels that they were saved with, as a revision; what else they say stays."""
    annotation = session.get(Annotation, part.subject, with_for_update=True)
    if annotation is None:
        return
    present = going_back(session, part)
    put: Items = {}
    gone: list[Key] = []
    for was, now in _pairs(part):
        value = present.get(_key(now))
        if value is not None:
            put[_key(was)] = {**value, "label": was["label"]}
            if _key(was) != _key(now) and not now.get("beside"):
                gone.append(_key(now))
    gone = list(dict.fromkeys(key for key in gone if key not in put))
    if put:
        write_items(session, annotation, actor_id, f"{UNDO_CLIENT}{part.change_id}", gone=gone, put=put)


def _with_steps(pairs: list[Pair], steps: Mapping[Key, Step], there: set[Key]) -> list[Pair]:
    """Pairs with what a change made of more items; of several labels that became one tag, each is kept."""
    found = {_name(was, now): (was, now) for was, now in pairs}
    beside = {_key(now): bool(now.get("beside")) for _, now in pairs}
    for (collection, name), step in steps.items():
        tag = collection == "tags"
        was: dict[str, Any] = {"collection": collection, "id": step.was if tag else name, "label": step.was}
        now: dict[str, Any] = {"collection": collection, "id": step.became if tag else name, "label": step.became}
        if tag and beside.get(_key(now), _key(now) in there):
            now["beside"] = True
        found[_name(was, now)] = was, now
    return list(found.values())


def _name(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Key, str]:
    return _key(now), was["label"] if now["collection"] == "tags" else ""


def _pairs(part: LabelChangePart) -> list[Pair]:
    return list(zip(part.before, part.after, strict=True))


def _key(named: Mapping[str, Any]) -> Key:
    return named["collection"], named["id"]


def _label(value: Mapping[str, Any] | None) -> Any:
    return None if value is None else value.get("label")
