"""What models answered, kept: the same question about the same sound is not asked twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import ModelAnswer
from labelbuddy_core.inference.answer import CheckedAnswer, PredictedPoint, PredictedRegion
from labelbuddy_core.inference.fingerprint import fingerprint
from labelbuddy_core.inference.specification import Specification


def answer_key(
    model_id: int, specification: Specification, sha256: str, start: float, stop: float, options: Mapping[str, Any]
) -> str:
    """The name of a question: about seconds `start` to `stop` of the sound `sha256`, with the model's options."""
    question = [model_id, fingerprint(specification), sha256, round(start, 6), round(stop, 6), options]
    return hashlib.sha256(orjson.dumps(question, option=orjson.OPT_SORT_KEYS)).hexdigest()


def find_answer(session: Session, model_id: int, key: str) -> tuple[CheckedAnswer, str] | None:
    """A kept answer with the digest of what gave it; None when there is none, or the model has changed since.

    A tag such as `:latest` may come to mean another image: only answers of the digest that answered last count.
    """
    row = session.scalar(select(ModelAnswer).where(ModelAnswer.key == key))
    if row is None:
        return None
    latest = session.scalar(
        select(ModelAnswer.digest).where(ModelAnswer.model_id == model_id).order_by(ModelAnswer.id.desc()).limit(1)
    )
    return (_restored(row.answer), row.digest) if row.digest == latest else None


def keep_answer(session: Session, model_id: int, key: str, answer: CheckedAnswer, digest: str) -> None:
    """Keep an answer in place of an older one to the same question."""
    session.execute(delete(ModelAnswer).where(ModelAnswer.key == key))
    session.add(ModelAnswer(key=key, model_id=model_id, digest=digest[:100], answer=asdict(answer)))


def forget_old_answers(days: float) -> int:
    """Delete answers older than `days`; returns how many."""
    with get_database().write() as session:
        old = delete(ModelAnswer).where(ModelAnswer.created_at < now() - timedelta(days=days))
        return session.execute(old).rowcount  # type: ignore[attr-defined]


def _restored(kept: dict[str, Any]) -> CheckedAnswer:
    return CheckedAnswer(
        regions=[PredictedRegion(**region) for region in kept["regions"]],
        points=[PredictedPoint(**point) for point in kept.get("points", ())],
        tags=[(label, score) for label, score in kept["tags"]],
        text=kept["text"],
        notes=kept["notes"],
        version=kept["version"],
        seconds=kept["seconds"],
    )
