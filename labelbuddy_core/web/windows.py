"""Routes of stretches of a recording: samples, spectrogram tiles and snap points."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from labelbuddy_core.audio.spectrogram import MEDIA_TYPE
from labelbuddy_core.services.recordings import windows
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["tasks"])

_HEADERS = {"Cache-Control": "private, no-cache", "Content-Encoding": "identity"}


@router.get("/v1/tasks/{task}/pcm", response_class=Response)
def pcm(actor: CurrentActor, task: str, start: int, stop: int) -> Response:
    """Samples `start` to `stop` (numbers of samples) of all channels: int16, little-endian, interleaved."""
    data = windows.pcm(actor, task, start, stop)
    return Response(data, headers=_HEADERS, media_type="application/octet-stream")


@router.get("/v1/tasks/{task}/spectrogram")
def spectrogram(actor: CurrentActor, task: str) -> dict[str, Any]:
    """Geometry and frequencies of the spectrogram's tiles."""
    return windows.describe_spectrogram(actor, task)


@router.get("/v1/tasks/{task}/spectrogram/{level}/{tile}", response_class=Response)
def tile(
    actor: CurrentActor,
    task: str,
    level: int,
    tile: int,
    request: Request,
    scale: str = "mel",
    channel: int | None = None,
) -> Response:
    """A tile as a gray picture; `scale` is mel, linear or log; without `channel` the mean of all."""
    tag = windows.tile_tag(actor, task, level, tile, scale, channel)
    headers = {**_HEADERS, "ETag": f'"{tag}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    found = windows.tile(actor, task, level, tile, scale, channel)
    return Response(found.data, headers=headers, media_type=MEDIA_TYPE)


@router.get("/v1/tasks/{task}/snap-points")
def snap_points(actor: CurrentActor, task: str, start: float, stop: float, kinds: str = "onset,beat") -> dict[str, Any]:
    """Onsets, beats and zero crossings between two times in seconds."""
    wanted = frozenset(kind.strip() for kind in kinds.split(",") if kind.strip())
    return windows.snap_points(actor, task, start, stop, wanted)
