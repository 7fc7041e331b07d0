"""The suggestions of a propagation: predictions, one a stretch, of the model whose vectors were compared.

Their version names what they are similar to, their score is the similarity.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Prediction, Propagation
from labelbuddy_core.domain.documents import assemble
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.similarity.similar_sounds import Hit, Search


def suggest(session: Session, made: Propagation, search: Search, hit: Hit) -> None:
    """A prediction of one region. Its options say which stretch it is about, and what that is similar to."""
    source, space = search.source, search.space
    similar_to = {
        "propagation": str(made.id),
        "task": str(source.task_id),
        "region": source.region,
        "start": source.start,
        "stop": source.stop,
    }
    row = Prediction(
        project_id=made.project_id,
        task_id=hit.task_id,
        model_id=space.model_id,
        version=_version(search),
        digest=space.digest,
        license=space.license,
        options={"start": hit.start, "stop": hit.stop, "similar_to": similar_to},
        document={},
        notes=[],
        seconds=0.0,
        propagation_id=made.id,
    )
    session.add(row)
    session.flush()
    identity = f"m{row.id}_0"
    region = {
        "id": identity,
        "start": hit.start,
        "end": hit.stop,
        "low": None,
        "high": None,
        "channel": None,
        "label": made.label,
        "text": None,
        "attributes": {},
        "confidence": None,
        "origin": {
            "kind": "model",
            "prediction": str(row.id),
            "region": identity,
            "model": space.model,
            "version": row.version,
            "score": max(0.0, hit.similarity),
            "edited": False,
        },
    }
    row.document = assemble([("regions", region)])
    row.notes = [f"Like {source.recording} from {source.start:.2f} to {source.stop:.2f} s."]


def _version(search: Search) -> str:
    """What a suggestion says it is similar to. A newer propagation from the same place replaces the older one's."""
    source = search.source
    place = f"region {source.region}" if source.region else f"task {source.task_id} at {source.start:.2f} s"
    version = f", similar to {place}"
    return f"{search.space.version[: 80 - len(version)]}{version}"[:80]


def offered_to(actor: Actor) -> ColumnElement[bool]:
    """As a condition on predictions: those of models, and those of propagations that stand and are for this person."""
    stands = exists().where(
        Propagation.id == Prediction.propagation_id,
        Propagation.undone_at.is_(None),
        or_(Propagation.only_user_id.is_(None), Propagation.only_user_id == actor.id),
    )
    return or_(Prediction.propagation_id.is_(None), stands)


def is_offered(session: Session, actor: Actor, prediction: Prediction) -> bool:
    """Whether the condition holds for a prediction."""
    if prediction.propagation_id is None:
        return True
    return session.scalar(select(Prediction.id).where(Prediction.id == prediction.id, offered_to(actor))) is not None
