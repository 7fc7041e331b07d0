"""Stretches of tasks as small pictures with players: which spectrogram tiles show them, and how loud they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.spectrogram import COLUMNS, highest_level, hop, tile_count
from labelbuddy_core.database.tables import Recording, Task
from labelbuddy_core.domain.leveling import measured_level
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.access import parse_id, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.transactions import reads

AROUND = 0.5
"""Of the length of a stretch, what is shown before and after it."""
SHORTEST = 2.0
"""Seconds that are shown at least."""


@dataclass(frozen=True)
class Tile:
    """A tile: its path below `/api/v1/tasks/{task}/spectrogram`, where it begins and ends in the picture (0 … 1)."""

    path: str
    begin: float
    end: float


@dataclass(frozen=True)
class Picture:
    """Tiles beside each other, where in the picture the stretch begins and ends (0 … 1), and how loud the recording is
    (see `measured_level`)."""

    task: str
    tiles: tuple[Tile, ...]
    begin: float
    end: float
    measured: dict[str, Any] | None


@reads
def pictures(session: Session, actor: Actor, stretches: Sequence[tuple[str, float, float]]) -> list[Picture | None]:
    """A picture for each (task, start, stop in s); None while a recording is not read. Raises as `task_access` does."""
    tasks = {task for task, _, _ in stretches}
    for task in tasks:
        task_access(session, actor, task)
    rows = session.execute(
        select(Task.id, Recording.sample_rate, Recording.frames, Recording.statistics)
        .join(Recording, Recording.id == Task.recording_id)
        .where(Task.id.in_([parse_id(task, "task") for task in tasks]))
    )
    known = {str(task): (rate, frames, measured_level(statistics)) for task, rate, frames, statistics in rows}
    return [_picture(task, *known[task], start, stop) for task, start, stop in stretches]


@reads
def task_to_hear(session: Session, actor: Actor, recording_id: str | int, *, start: float, stop: float) -> str | None:
    """A task of theirs by which `start` to `stop` (s) of a recording is heard; None where they have none.

    One that contains the stretch comes first; by any other of the recording it is heard too.
    """
    recording = session.get(Recording, parse_id(recording_id, "recording"))
    if recording is None:
        return None
    apart = case(((Task.start <= start) & (Task.stop >= stop), 0), else_=1)
    tasks = select(Task.id).where(Task.recording_id == recording.id).order_by(apart, Task.id)
    try:
        project_access(session, actor, recording.project_id)
    except NotFound:
        return None
    for task in session.scalars(tasks).all():
        try:
            task_access(session, actor, task)
        except NotFound:
            continue
        return str(task)
    return None


def _picture(
    task: str, rate: int | None, frames: int | None, measured: dict[str, Any] | None, start: float, stop: float
) -> Picture | None:
    if not rate or not frames:
        return None
    length = stop - start
    half = max(SHORTEST / 2, length * (0.5 + AROUND))
    middle = (start + stop) / 2
    first = max(0.0, min(middle - half, frames / rate - 2 * half)) * rate
    last = min(float(frames), first + 2 * half * rate)
    shown = max(last - first, 1.0)
    level = next((one for one in range(highest_level(frames)) if hop(one) * COLUMNS >= shown), highest_level(frames))
    span = hop(level) * COLUMNS
    numbers = range(int(first // span), min(tile_count(frames, level), int((last - 1) // span) + 1))
    return Picture(
        task,
        tuple(
            Tile(f"{level}/{number}", (number * span - first) / shown, ((number + 1) * span - first) / shown)
            for number in numbers
        ),
        max(0.0, (start * rate - first) / shown),
        min(1.0, (stop * rate - first) / shown),
        measured,
    )
