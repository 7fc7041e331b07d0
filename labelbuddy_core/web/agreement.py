"""The routes of agreement: figures as JSON and CSV, and where the annotators of a task differ."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime

from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.agreement.agreement import agreement
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_over_time import agreement_over_time
from labelbuddy_core.services.agreement.agreement_reports import MEDIA_TYPES, agreement_file
from labelbuddy_core.services.agreement.disagreement_maps import disagreement_map
from labelbuddy_core.services.agreement.handed_in_answers import Period
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["agreement"])


@router.get("/v1/projects/{project}/agreement", response_model=None)
def project_agreement(
    actor: CurrentActor,
    request: Request,
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
    gamma: int = 0,
) -> dict[str, Any] | Response:
    """How far the annotators of a project agree, in figures with intervals, each with a sentence that says how to
    read it; format json, csv, html, pdf."""
    if format != "json" and format not in MEDIA_TYPES:
        raise Invalid(f"format must be one of json, {', '.join(MEDIA_TYPES)}.", field="format")
    choices = Choices(step, collar, share, overlap, replicates, seed, Period(since, until), gamma)
    if format == "json":
        return agreement(actor, project, choices)
    address = get_settings().public_url or str(request.base_url).removesuffix("/").removesuffix("/api")
    name, data = agreement_file(actor, project, choices, form=format, address=address)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=MEDIA_TYPES[format], headers=headers)


@router.get("/v1/projects/{project}/agreement/over-time")
def project_agreement_over_time(
    actor: CurrentActor,
    project: str,
    step: float = 0.1,
    collar: float = 0.2,
    share: float = 0.5,
    overlap: float = 0.5,
    replicates: int = 200,
    seed: int = 1,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> dict[str, Any]:
    """The figures over all labels month by month, by when the last answer to a task was handed in."""
    choices = Choices(step, collar, share, overlap, replicates, seed, Period(since, until))
    return agreement_over_time(actor, project, choices)


@router.get("/v1/tasks/{task}/disagreement")
def task_disagreement(actor: CurrentActor, task: str) -> dict[str, Any]:
    """Where the annotators of a task differ: stretches of labels, and tags, with who marked them and who did not."""
    return disagreement_map(actor, task)
