"""The route of agreement figures, as JSON and as CSV."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime

from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.agreement import Choices, agreement, as_csv
from labelbuddy_core.services.handed_in_answers import Period
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["agreement"])


@router.get("/v1/projects/{project}/agreement", response_model=None)
def project_agreement(
    actor: CurrentActor,
    project: str,
    format: str = "json",
    step: float = 0.1,
    collar: float = 0.2,
    share: float = 0.5,
    overlap: float = 0.5,
    replicates: int = 1000,
    seed: int = 1,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> dict[str, Any] | Response:
    """How far the annotators of a project agree, in figures with intervals, each with a sentence that says how to
    read it; format json, csv."""
    if format not in ("json", "csv"):
        raise Invalid("format must be one of json, csv.", field="format")
    choices = Choices(step, collar, share, overlap, replicates, seed, Period(since, until))
    report = agreement(actor, project, choices)
    if format != "csv":
        return report
    headers = {
        "Content-Disposition": f'attachment; filename="labelbuddy-project-{report["project"]}-agreement.csv"',
        "Cache-Control": "no-store",
    }
    return Response(as_csv(report), media_type="text/csv; charset=utf-8", headers=headers)
