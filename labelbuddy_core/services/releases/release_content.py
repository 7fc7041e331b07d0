"""What a release of a project would hold now: task by task what goes in, and what is left out for which reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database.tables import Annotation, Consensus, Recording, Task, User
from labelbuddy_core.domain.export_records import ExportedAnnotation, ExportedTask
from labelbuddy_core.domain.releases.choices import ReleaseChoices
from labelbuddy_core.domain.releases.consents import LICENSE, kept_back
from labelbuddy_core.domain.releases.dividing import Dividable, given_names, groups_of
from labelbuddy_core.domain.releases.fields import labels_of, with_fields
from labelbuddy_core.domain.states import HANDED_IN, AnnotationState, RecordingState
from labelbuddy_core.services.exports.exported_tasks import read_tasks
from labelbuddy_core.services.exports.task_batches import next_recordings, next_tasks
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.releases.release_together import Going, together
from labelbuddy_core.settings import get_settings

_NOTHING = {
    "consensus": "nothing approved or merged",
    "approved": "nothing approved",
    "submitted": "nothing handed in",
}
_UNDECIDED = "several approved annotations and no consensus"
_STALE = "a consensus merged from older annotations; merge again"


@dataclass(frozen=True)
class Kept:
    """A task that goes in, with what was chosen of it; `changed` is when its labels last changed (ISO 8601).

    `attributes` names those of its recording, also where they are not in the release; `joined` counts what putting
    tasks together changed.
    """

    task: ExportedTask
    place: Dividable
    changed: str
    attributes: frozenset[str]
    joined: Mapping[str, int]


@dataclass(frozen=True)
class LeftOut:
    """A task that stays out, and why."""

    task: str
    recording: str
    reason: str

    def as_json(self) -> dict[str, str]:
        return {"task": self.task, "recording": self.recording, "reason": self.reason}


def content(session: Session, project_id: int, choices: ReleaseChoices) -> Iterator[Kept | LeftOut]:
    """Every task of a project, in order, or every recording where tasks are put together.

    Memory stays the same however many there are.
    """
    people = {name: f"annotator-{number}" for name, number in session.execute(select(User.username, User.id))}
    store = open_store(get_settings()) if choices.with_audio else None
    lost: dict[str, bool] = {}
    for rows in _batches(session, project_id, by_recording=choices.merge):
        ids = [task.id for task, _ in rows]
        ready = [(task, one) for task, one in rows if one.state == RecordingState.READY.value]
        found = {task.id: task for task in read_tasks(session, ready, choices.which, choices.audio)}
        counts = _approved(session, ids) if choices.which == "consensus" else {}
        changes = _changes(session, ids)
        in_it: list[Going] = []
        for task, recording in rows:
            if store is not None and recording.sha256 not in lost:
                lost[recording.sha256] = not store.exists(original_key(recording.sha256))
            reason = _why_not(found.get(str(task.id)), recording, choices, counts.get(task.id, 0)) or (
                "the audio is missing from the storage" if lost.get(recording.sha256) else ""
            )
            if reason:
                yield LeftOut(str(task.id), recording.name, reason)
            else:
                in_it.append(Going(_of_fields(found[str(task.id)], choices), recording, changes.get(task.id, "")))
        for one in together(in_it) if choices.merge else in_it:
            yield _kept(one, choices, people)


def _of_fields(task: ExportedTask, choices: ReleaseChoices) -> ExportedTask:
    """Chosen before tasks are put together: what is not in the release tells nothing apart."""
    return replace(
        task,
        annotations=tuple(replace(one, document=with_fields(one.document, choices.fields)) for one in task.annotations),
    )


def _why_not(task: ExportedTask | None, recording: Recording, choices: ReleaseChoices, approved: int) -> str:
    if recording.state != RecordingState.READY.value:
        return "the recording cannot be read, or is not read yet"
    held = kept_back(recording.attributes or {}, choices)
    if held:
        return held
    if task is None or not task.annotations:
        return _UNDECIDED if approved > 1 else _NOTHING[choices.which]
    truth = task.annotations[0].consensus
    if truth is not None:
        if truth["kind"] not in choices.kinds:
            return f"its ground truth is {truth['kind']}, which was not chosen"
        if truth.get("stale"):
            return _STALE
    return ""


def _kept(going: Going, choices: ReleaseChoices, people: Mapping[str, str]) -> Kept:
    task, recording = going.task, going.recording
    shown = (lambda name: name) if "annotators" in choices.fields else lambda name: people.get(name, name)
    annotations = tuple(_chosen(one, choices, shown) for one in task.annotations)
    attributes = recording.attributes or {}
    about = dict(task.recording)
    if "recording-attributes" not in choices.fields:
        about["attributes"] = {LICENSE: attributes[LICENSE]} if attributes.get(LICENSE) else {}
    labels = sorted({label for one in annotations for label in labels_of(one.document)})
    place = Dividable(int(task.id), recording.sha256, tuple(labels), groups_of(attributes, choices.group_by))
    released = replace(task, recording=about, annotations=annotations, consensus=None)
    return Kept(released, place, going.changed, given_names(attributes), going.joined)


def _chosen(one: ExportedAnnotation, choices: ReleaseChoices, shown: Any) -> ExportedAnnotation:
    """What was chosen of an annotation; when it was merged, and whether it is stale, does not matter any more."""
    truth = None
    if one.consensus is not None:
        truth = {name: value for name, value in one.consensus.items() if name not in ("merged_at", "stale")}
        if truth.get("soft"):
            truth["soft"] = _soft(truth["soft"], shown)
    reviews = one.reviews if "reviews" in choices.fields else ()
    return replace(
        one,
        annotator=shown(one.annotator),
        reviews=tuple({**review, "reviewer": shown(review["reviewer"])} for review in reviews),
        handed_over=tuple({**each, "from": shown(each["from"]), "to": shown(each["to"])} for each in one.handed_over),
        consensus=truth,
    )


def _soft(soft: Mapping[str, Any], shown: Any) -> dict[str, Any]:
    regions = {
        key: {**one, "annotators": sorted(shown(name) for name in one.get("annotators", ()))}
        for key, one in soft.get("regions", {}).items()
    }
    return {**soft, "regions": regions}


def _batches(session: Session, project_id: int, *, by_recording: bool) -> Iterator[list[tuple[Task, Recording]]]:
    following = next_recordings if by_recording else next_tasks
    last = 0
    while rows := following(session, project_id, last):
        task, recording = rows[-1]
        last = recording.id if by_recording else task.id
        yield rows
        session.expunge_all()


def _approved(session: Session, task_ids: list[int]) -> Counter[int]:
    rows = session.execute(
        select(Annotation.task_id, func.count())
        .where(Annotation.task_id.in_(task_ids), Annotation.state == AnnotationState.APPROVED.value)
        .group_by(Annotation.task_id)
    )
    return Counter(dict(rows.tuples().all()))


def _changes(session: Session, task_ids: list[int]) -> dict[int, str]:
    """When what people handed in of each task, or adjudicated, last changed."""
    handed_in = session.execute(
        select(Annotation.task_id, func.max(Annotation.updated_at))
        .where(Annotation.task_id.in_(task_ids), Annotation.state.in_([state.value for state in HANDED_IN]))
        .group_by(Annotation.task_id)
    )
    found = {task: iso(moment) for task, moment in handed_in}
    for task, moment in session.execute(
        select(Consensus.task_id, Consensus.updated_at).where(Consensus.task_id.in_(task_ids))
    ):
        found[task] = max(found.get(task, ""), iso(moment))
    return found
