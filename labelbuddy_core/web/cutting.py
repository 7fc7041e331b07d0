"""Routes of cutting long recordings into tasks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.domain.cutting import AtSilences
from labelbuddy_core.services.tasks import cutting
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["tasks"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SilenceBody(_Body):
    """Longest and shortest piece, and what a pause is: seconds without a sample above `threshold` dBFS."""

    longest: float
    shortest: float = 0.0
    pause: float = 0.3
    threshold: float = -36.0


class RegionsBody(_Body):
    """Regions of a label, from annotations or predictions; seconds around each, and what is joined."""

    label: str
    source: str = "annotations"
    margin: float = 0.0
    join: float = 0.0


class CutBody(_Body):
    """How to cut which recordings (all that are ready): exactly one of length, spans, table, silence and regions.

    `anew` also replaces stretches that nobody has begun.
    """

    recordings: list[str] | None = None
    length: float | None = None
    overlap: float = 0.0
    spans: list[tuple[float, float]] | None = None
    table: str | None = Field(default=None, max_length=10_000_000)
    silence: SilenceBody | None = None
    regions: RegionsBody | None = None
    anew: bool = False

    def cut(self) -> cutting.Cut:
        """As the service takes it."""
        return cutting.Cut(
            length=self.length,
            overlap=self.overlap,
            spans=self.spans,
            table=self.table,
            anew=self.anew,
            silence=None if self.silence is None else AtSilences(**self.silence.model_dump()),
            regions=None if self.regions is None else cutting.Regions(**self.regions.model_dump()),
        )


@router.post("/v1/projects/{project}/tasks", status_code=201)
def cut_tasks(actor: CurrentActor, project: str, body: CutBody) -> dict[str, int]:
    """Cut recordings into tasks."""
    return cutting.cut_recordings(actor, project, body.cut(), recordings=body.recordings)


@router.post("/v1/projects/{project}/tasks/preview")
def preview_cut(actor: CurrentActor, project: str, body: CutBody) -> dict[str, Any]:
    """What a cut would make; nothing is cut."""
    return cutting.preview_cut(actor, project, body.cut(), recordings=body.recordings)
