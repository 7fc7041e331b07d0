"""What annotators wrote about the same task, side by side: where their captions differ, and how alike they are."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, User
from labelbuddy_core.domain.agreement.texts import cosine, likeness, rouge_l
from labelbuddy_core.domain.caption_lexicon import with_own
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.text_differences import differences
from labelbuddy_core.services.access import REVIEWABLE, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews.caption_judgments import judge
from labelbuddy_core.services.reviews.caption_vectors import Vector, text_model_of, vectors_of
from labelbuddy_core.services.transactions import reads

MOST_CAPTIONS = 12
"""Captions of a task that are compared, the earliest annotations first."""


@reads
def compare_captions(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """The captions of a task for its managers, to a reviewer those handed in by others.

    `captions` [{annotation, annotator, state, text, model, claims, tags}], the last two as in `caption_judgments`;
    `phrases` [{same, texts, places}], by caption: see `domain.text_differences`; `pairs` [{one, other, chrf, rouge_l,
    meaning}] by annotation, from 0 to 1; `meaning` is the cosine of two captions' vectors (−1 to 1), None where the
    project's text model, `text_model` {model, name, version}, has not been asked about both.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.VIEW_ANNOTATIONS)
    query = (
        select(Annotation.id, User.username, Annotation.state, AnnotationItem.value)
        .join(User, User.id == Annotation.user_id)
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(Annotation.task_id == access.task.id, AnnotationItem.collection == Collection.CAPTION.value)
        .order_by(Annotation.id)
        .limit(MOST_CAPTIONS)
    )
    if not access.at.is_manager:
        query = query.where(Annotation.user_id != actor.id, Annotation.state.in_(REVIEWABLE))
    captions = [
        {
            "annotation": str(annotation),
            "annotator": username,
            "state": state,
            "text": value["text"],
            "model": (value.get("origin") or {}).get("model"),
        }
        for annotation, username, state, value in session.execute(query)
    ]
    judge(session, captions, with_own(access.project.lexicon))
    model = text_model_of(session, access.project.id)
    vectors = {} if model is None else vectors_of(session, model, {one["text"].strip() for one in captions})
    phrases = differences([one["text"] for one in captions])
    return {
        "captions": captions,
        "text_model": None if model is None else model.as_json(),
        "phrases": [{"same": one.same, "texts": list(one.texts), "places": list(one.places)} for one in phrases],
        "pairs": [
            {
                "one": one["annotation"],
                "other": other["annotation"],
                "chrf": round(likeness(one["text"], other["text"]), 4),
                "rouge_l": round(rouge_l(one["text"], other["text"]), 4),
                "meaning": _cosine(vectors.get(one["text"].strip()), vectors.get(other["text"].strip())),
            }
            for one, other in combinations(captions, 2)
        ],
    }


def _cosine(one: Vector | None, other: Vector | None) -> float | None:
    alike = None if one is None or other is None else cosine(one, other)
    return None if alike is None else round(alike, 4)
