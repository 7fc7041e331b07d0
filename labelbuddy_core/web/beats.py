"""Routes of beat grids."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.domain.beat_grid import MAX_BEATS, Beat
from labelbuddy_core.services.recordings import beats
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["tasks"])


class BeatBody(BaseModel):
    """A beat: seconds, place in the bar, and whether it was put there by hand."""

    model_config = ConfigDict(extra="forbid")

    time: float
    position: int
    anchor: bool = False


class Change(BaseModel):
    """What to do to a grid."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["taps", "move", "onward", "downbeat", "join", "meter", "meter_from", "double", "halve"]
    times: list[float] = Field(default_factory=list, max_length=10_000)
    number: int = 0
    time: float = 0.0
    meter: int = 4


class ChangedGrid(BaseModel):
    """A grid and what to do to it."""

    model_config = ConfigDict(extra="forbid")

    beats: list[BeatBody] = Field(default_factory=list, max_length=MAX_BEATS)
    meter: int = 4
    change: Change


@router.get("/v1/tasks/{task}/beats")
def found_beats(actor: CurrentActor, task: str) -> dict[str, Any]:
    """The beats that the analysis found."""
    return beats.found_beats(actor, task)


@router.post("/v1/tasks/{task}/beats")
def changed_beats(actor: CurrentActor, task: str, wanted: ChangedGrid) -> dict[str, Any]:
    """A grid after a change; nothing is kept."""
    grid = [Beat(beat.time, beat.position, beat.anchor) for beat in wanted.beats]
    return beats.changed_beats(actor, task, grid, wanted.meter, wanted.change.model_dump())
