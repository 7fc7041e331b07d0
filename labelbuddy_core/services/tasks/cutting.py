"""Tasks from long recordings: cut by length, at silences, by given spans or around regions; looked at before.

Regions stay in recording time, whatever they are cut into. Tasks that exist already are kept; tasks of whole recordings
that nobody has begun are replaced, but never by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Project, Recording, Task
from labelbuddy_core.domain.cutting import (
    AtSilences,
    Pieces,
    Stretch,
    around_regions,
    at_silences,
    by_length,
    given_spans,
)
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.domain.times import rounded
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import span_table
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.imports.recording_matches import recordings_of
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.services.tasks.cutting_sources import pauses, regions_by_recording
from labelbuddy_core.services.tasks.untouched_tasks import remove_tasks, untouched_tasks
from labelbuddy_core.services.transactions import reads, writes

MAX_SHOWN: Final = 200
MAX_LISTENED: Final = 500
"""Recordings whose pauses are looked for at once."""
MAX_TASKS: Final = 200_000
_SOURCES = ("annotations", "predictions")


@dataclass(frozen=True)
class Regions:
    """Cut around the regions of a label: those people marked, or those the newest prediction of each model has."""

    label: str
    source: str = "annotations"
    margin: float = 0.0
    join: float = 0.0


@dataclass(frozen=True)
class Cut:
    """How to cut: exactly one of `length` (with `overlap`), `spans`, `table`, `silence` and `regions`.

    `anew` replaces all tasks of the recordings that nobody has begun; without it only those of whole recordings.
    """

    length: float | None = None
    overlap: float = 0.0
    spans: list[Stretch] | None = None
    table: str | None = None
    silence: AtSilences | None = None
    regions: Regions | None = None
    anew: bool = False

    def check(self) -> None:
        """Raises `Invalid` when there is not exactly one way to cut, or a list of spans without any."""
        ways = [one for one in ("length", "spans", "table", "silence", "regions") if getattr(self, one) is not None]
        if not ways:
            raise Invalid("Give spans, or a length of at least 0.1 s.", field="length")
        if len(ways) > 1:
            raise Invalid(f"Cut in one way at a time, not by {' and '.join(ways)}.", field=ways[1])
        if self.spans is not None and not self.spans:
            raise Invalid("spans is empty; give at least one [start, stop] in seconds.", field="spans")
        if self.silence is not None:
            self.silence.check()


@dataclass
class _Plan:
    """What a cut comes to, recording by recording."""

    stretches: dict[int, Pieces] = field(default_factory=dict)
    recordings: dict[int, Recording] = field(default_factory=dict)
    known: dict[int, set[Stretch]] = field(default_factory=dict)
    replaced: list[int] = field(default_factory=list)
    """Tasks that go."""

    def fresh(self, recording_id: int) -> list[Stretch]:
        known = self.known.get(recording_id, set())
        return [one for one in dict.fromkeys(self.stretches[recording_id].stretches) if one not in known]


@reads
def preview_cut(
    session: Session, actor: Actor, project_id: str | int, cut: Cut, *, recordings: list[str] | None = None
) -> dict[str, Any]:
    """What a cut would make: {recordings, made, known, replaced, hard, seconds, shortest, longest, items}.

    `known` are stretches that are tasks already, `hard` cuts for which there was no pause, `items` the first 200 new
    tasks: {recording, start, stop}. Raises `Invalid` naming what is wrong.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    plan = _plan(session, access.project, cut, recordings)
    fresh = [(plan.recordings[one].name, stretch) for one in plan.stretches for stretch in plan.fresh(one)]
    lengths = [stop - start for _, (start, stop) in fresh]
    wanted = sum(len(set(one.stretches)) for one in plan.stretches.values())
    return {
        "recordings": len(plan.stretches),
        "made": len(fresh),
        "known": wanted - len(fresh),
        "replaced": len(plan.replaced),
        "hard": sum(one.hard for one in plan.stretches.values()),
        "seconds": rounded(sum(lengths)),
        "shortest": rounded(min(lengths, default=0.0)),
        "longest": rounded(max(lengths, default=0.0)),
        "items": [{"recording": name, "start": start, "stop": stop} for name, (start, stop) in fresh[:MAX_SHOWN]],
    }


@writes
def cut_recordings(
    session: Session, actor: Actor, project_id: str | int, cut: Cut, *, recordings: list[str] | None = None
) -> dict[str, int]:
    """Cut ready recordings (all, or only these) into tasks. Returns how many are new: {made}.

    Raises `Invalid` naming what is wrong; then nothing is cut.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    plan = _plan(session, access.project, cut, recordings)
    remove_tasks(session, plan.replaced)
    made = sum(insert_tasks(session, plan.recordings[one], plan.fresh(one)) for one in plan.stretches)
    queues.assign_missing(session, access.project)
    record(session, actor, "tasks.cut", f"project:{access.project.id}", project_id=access.project.id, made=made)
    return {"made": made}


def create_whole_recording_task(session: Session, recording: Recording, project: Project) -> None:
    """The task of a recording that just became ready; does nothing when it has tasks already."""
    if not session.scalar(select(exists().where(Task.recording_id == recording.id))):
        insert_tasks(session, recording, [(0.0, rounded(recording.duration or 0.0))])
        made = list(session.scalars(select(Task.id).where(Task.recording_id == recording.id)))
        queues.assign_missing(session, project, made)


def insert_tasks(session: Session, recording: Recording, stretches: list[Stretch]) -> int:
    """Make a task of each stretch, none of which is one yet."""
    for start, stop in stretches:
        session.add(Task(project_id=recording.project_id, recording_id=recording.id, start=start, stop=stop))
    session.flush()
    return len(stretches)


def _plan(session: Session, project: Project, cut: Cut, recordings: list[str] | None) -> _Plan:
    cut.check()
    query = select(Recording).where(Recording.project_id == project.id, Recording.state == RecordingState.READY.value)
    if recordings is not None:
        query = query.where(Recording.id.in_([parse_id(one, "recording") for one in recordings]))
    chosen = {one.id: one for one in session.scalars(query.order_by(Recording.id))}
    plan = _Plan(recordings=chosen)
    total = 0
    for recording_id, pieces in _pieces(session, project, cut, chosen):
        if not pieces.stretches:
            continue  # what a cut finds nothing in keeps its tasks
        plan.stretches[recording_id] = pieces
        total += len(pieces.stretches)
        if total > MAX_TASKS:
            raise Invalid(f"That makes more than {MAX_TASKS:,} tasks; choose fewer recordings.", field="recordings")
    ids = list(plan.stretches)
    for first in range(0, len(ids), 500):
        rows = session.execute(
            select(Task.recording_id, Task.start, Task.stop).where(Task.recording_id.in_(ids[first : first + 500]))
        )
        for recording_id, start, stop in rows:
            plan.known.setdefault(recording_id, set()).add((start, stop))
    wanted = {one: set(pieces.stretches) for one, pieces in plan.stretches.items()}
    for task, recording_id, start, stop in untouched_tasks(session, ids):
        whole = (start, stop) == (0.0, rounded(chosen[recording_id].duration or 0.0))
        if (cut.anew or whole) and (start, stop) not in wanted[recording_id]:
            plan.replaced.append(task)
    return plan


def _pieces(session: Session, project: Project, cut: Cut, chosen: dict[int, Recording]) -> Iterator[tuple[int, Pieces]]:
    """The stretches of every recording that is cut."""
    if cut.table is not None:
        yield from _of_table(session, project, cut.table, chosen)
        return
    if cut.regions is not None:
        if cut.regions.source not in _SOURCES:
            raise Invalid(f"source must be one of {', '.join(_SOURCES)}.", field="regions.source")
        found = regions_by_recording(session, project.id, cut.regions.label, cut.regions.source)
        for number, recording in chosen.items():
            if number in found:
                duration = recording.duration or 0.0
                around = around_regions(duration, found[number], margin=cut.regions.margin, join=cut.regions.join)
                yield number, Pieces(around)
        return
    if cut.silence is not None and len(chosen) > MAX_LISTENED:
        raise Invalid(
            f"Pauses are looked for in at most {MAX_LISTENED} recordings at once; choose fewer.", field="recordings"
        )
    for number, recording in chosen.items():
        duration = recording.duration or 0.0
        if cut.silence is not None:
            quiet = pauses(recording, threshold=cut.silence.threshold, least=cut.silence.pause)
            yield number, at_silences(duration, quiet, cut.silence)
        elif cut.spans is not None:
            yield number, Pieces(given_spans(duration, cut.spans))
        else:
            yield number, Pieces(by_length(duration, cut.length or 0.0, cut.overlap))


def _of_table(
    session: Session, project: Project, text: str, chosen: dict[int, Recording]
) -> Iterator[tuple[int, Pieces]]:
    named = recordings_of(session, project.id)
    spans: dict[int, list[Stretch]] = {}
    for row in span_table.read(text):
        try:
            known = named.match(row.recording)
            recording = chosen.get(known.id)
            if recording is None:
                raise Invalid(f"{known.name!r} is not among the recordings to cut, or not ready.")
            stretch = given_spans(recording.duration or 0.0, [(row.start, row.stop)])
        except Invalid as error:
            raise Invalid(f"Line {row.line}: {error.detail}", field="table", line=row.line) from None
        spans.setdefault(recording.id, []).extend(stretch)
    for number, found in spans.items():
        yield number, Pieces(list(dict.fromkeys(found)))
