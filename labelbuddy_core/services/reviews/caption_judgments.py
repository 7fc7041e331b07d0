"""What the captions and tags of a task claim beside each other: contradicted, made by others too, or by nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, ProjectLabel
from labelbuddy_core.domain.caption_claims import Claim, Judged, claims_of, judged
from labelbuddy_core.domain.caption_lexicon import Entry
from labelbuddy_core.domain.documents import Collection


def judge(session: Session, captions: list[dict[str, Any]], lexicon: Sequence[Entry]) -> None:
    """Add to each of `captions` {annotation, text, ...} its `claims` {start, end, text, facet, value, denied, against,
    support} and its annotator's `tags` {name, facet, value, against, support}.

    `against` are the annotations that contradict the claim in their caption or tags, `support` those that make it too.
    Tags that no word of the lexicon names are left out.
    """
    names = _tag_names(session, [int(one["annotation"]) for one in captions])
    texts = [claims_of(one["text"], lexicon) for one in captions]
    tags = [
        [(name, claim) for name in names.get(int(one["annotation"]), ()) for claim in claims_of(name, lexicon)]
        for one in captions
    ]
    found = judged([[*said, *(claim for _, claim in tagged)] for said, tagged in zip(texts, tags, strict=True)])
    ids = [one["annotation"] for one in captions]
    for one, said, tagged, verdicts in zip(captions, texts, tags, found, strict=True):
        one["claims"] = [
            {
                "start": claim.start,
                "end": claim.end,
                "text": one["text"][claim.start : claim.end],
                "denied": claim.denied,
                **_verdict(claim, verdict, ids),
            }
            for claim, verdict in zip(said, verdicts[: len(said)], strict=True)
        ]
        one["tags"] = [
            {"name": name, **_verdict(claim, verdict, ids)}
            for (name, claim), verdict in zip(tagged, verdicts[len(said) :], strict=True)
        ]


def _verdict(claim: Claim, verdict: Judged, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "facet": claim.facet,
        "value": claim.value,
        "against": [ids[place] for place in verdict.against],
        "support": [ids[place] for place in verdict.support],
    }


def _tag_names(session: Session, annotation_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(AnnotationItem.annotation_id, ProjectLabel.name)
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .join(
            ProjectLabel,
            (ProjectLabel.project_id == Annotation.project_id) & (ProjectLabel.id == AnnotationItem.label),
        )
        .where(AnnotationItem.annotation_id.in_(annotation_ids), AnnotationItem.collection == Collection.TAGS.value)
        .order_by(AnnotationItem.annotation_id, AnnotationItem.key)
    )
    found: dict[int, list[str]] = {}
    for annotation, name in rows:
        found.setdefault(annotation, []).append(name)
    return found
