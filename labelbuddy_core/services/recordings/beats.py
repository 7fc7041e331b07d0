"""Beat grids of tasks: those the analysis found, and what becomes of a grid when a person taps or moves a beat.

Nothing is kept here: the grid that a person wants is saved as points of the annotation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.audio.analysis import TRACKER
from labelbuddy_core.domain import beat_grid
from labelbuddy_core.domain.beat_grid import Beat, Grid
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.tapped_beats import tapped
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.access import TaskAccess, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings.windows import analysis_of
from labelbuddy_core.services.transactions import reads

_METER = 4
_UNKNOWN = {"name": TRACKER, "version": None}
"""What made analyses that do not say it."""


@reads
def found_beats(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """The grid that the analysis found in the task: {meter, tempo, beats: [{time, position, anchor}], origin}.

    `origin` is that of beats which somebody takes from it. Raises `InvalidState` while the recording is being analyzed.
    """
    access = _openable(session, actor, task_id)
    if access.recording.analysis_key is None:
        raise InvalidState(f"{access.recording.name} is still being analyzed; look again in a while.")
    analysis = analysis_of(access.recording.analysis_key)
    found = analysis["beats"]
    pairs = zip(found["times"], found["positions"], strict=True)
    inside = [Beat(time, place) for time, place in pairs if access.task.start <= time <= access.task.stop]
    by = analysis.get("by", _UNKNOWN)
    origin = {"kind": "analysis", "model": by["name"], "version": by["version"]}
    return {**_answer(inside, int(found["meter"]) if inside else _METER), "origin": origin}


@reads
def changed_beats(
    session: Session, actor: Actor, task_id: str | int, beats: list[Beat], meter: int, change: dict[str, Any]
) -> dict[str, Any]:
    """A grid after a change, whose `kind` says what; `meter` is that of the longest bar.

    `taps` puts beats through `times` (seconds), over the whole task while there is no grid; `move` puts beat `number`
    at `time` as an anchor; `onward` lets the tempo at beat `number` go on up to the next anchor; `downbeat` counts bars
    from it, `join` lets the bar before it go on; `meter` makes all bars of `meter` beats, `meter_from` those from beat
    `number` up to the next change; `double` and `halve` change the tempo. Raises `Invalid` naming what does not fit.
    """
    access = _openable(session, actor, task_id)
    grid = beat_grid.checked(beats, meter)
    changes: dict[str, Callable[[], Grid]] = {
        "taps": lambda: tapped(grid, change["times"], meter, access.task.start, access.task.stop),
        "move": lambda: beat_grid.re_anchored(grid, change["number"], change["time"]),
        "onward": lambda: beat_grid.onward(grid, change["number"], meter, access.task.stop),
        "join": lambda: beat_grid.joined(grid, change["number"], meter),
        "downbeat": lambda: beat_grid.with_bar_at(grid, change["number"], meter),
        "meter": lambda: beat_grid.with_meter(grid, change["meter"]),
        "meter_from": lambda: beat_grid.with_meter_from(grid, change["number"], change["meter"], meter),
        "double": lambda: beat_grid.doubled(grid, meter),
        "halve": lambda: beat_grid.halved(grid, meter),
    }
    if change["kind"] not in changes:
        raise Invalid(f"A grid can be changed by {', '.join(changes)}.", field="change")
    made = changes[change["kind"]]()
    return _answer([beat for beat in made if access.task.start <= beat.time <= access.task.stop], meter)


def _openable(session: Session, actor: Actor, task_id: str | int) -> TaskAccess:
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    return access


def _answer(grid: Grid, meter: int) -> dict[str, Any]:
    found = beat_grid.tempo(grid)
    return {
        "meter": beat_grid.longest(grid, meter),
        "tempo": None if found is None else round(found, 3),
        "beats": [{"time": beat.time, "position": beat.position, "anchor": beat.anchor} for beat in grid],
    }
