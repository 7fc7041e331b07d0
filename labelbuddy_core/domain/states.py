"""States of annotations and tasks, and the moves between them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class AnnotationState(StrEnum):
    """A person's answer to a task: being made, handed in, or decided by a reviewer."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class TaskState(StrEnum):
    """Where a task stands, derived from its annotations and consensus."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    APPROVED = "approved"


class RecordingState(StrEnum):
    """Where a recording stands on its way in."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class ModelState(StrEnum):
    """What a model that can be run is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"


class JobState(StrEnum):
    """Where a long piece of work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_JOB_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})

EDITABLE = frozenset({AnnotationState.DRAFT, AnnotationState.REJECTED})
"""States in which the annotator may save; saving a rejected annotation makes it a draft again."""

HANDED_IN = frozenset({AnnotationState.SUBMITTED, AnnotationState.APPROVED})


def task_state(states: Iterable[AnnotationState], *, wanted: int, adjudicated: bool) -> TaskState:
    """The state of a task from its annotations' states; the first rule that matches wins.

    `wanted` is the number of annotations the task needs, `adjudicated` says that a reviewer wrote its consensus. A
    draft that somebody left behind does not hold up a task that has enough without it.
    """
    found = list(states)
    handed_in = sum(state in HANDED_IN for state in found)
    enough = handed_in >= max(1, wanted)
    begun = {state for state in found if state is not AnnotationState.DRAFT}
    if adjudicated or (enough and begun == {AnnotationState.APPROVED}):
        return TaskState.APPROVED
    if AnnotationState.REJECTED in found:
        return TaskState.REJECTED
    if enough and AnnotationState.SUBMITTED in found:
        return TaskState.SUBMITTED
    return TaskState.IN_PROGRESS if found else TaskState.NEW


_OWN_STATES = {
    None: TaskState.NEW,
    AnnotationState.DRAFT: TaskState.IN_PROGRESS,
    AnnotationState.SUBMITTED: TaskState.SUBMITTED,
    AnnotationState.REJECTED: TaskState.REJECTED,
    AnnotationState.APPROVED: TaskState.APPROVED,
}


def own_task_state(annotation: AnnotationState | None) -> TaskState:
    """How a task stands for one annotator, who must not learn from it how others did."""
    return _OWN_STATES[annotation]


def annotation_state_for(own: TaskState) -> AnnotationState | None:
    """The state of one's annotation behind `own_task_state`."""
    return next(annotation for annotation, state in _OWN_STATES.items() if state is own)


class ImportedFileState(StrEnum):
    """What became of a file of an import."""

    WAITING = "waiting"
    ADDED = "added"
    KNOWN = "known"
    """The project has these bytes already."""
    IGNORED = "ignored"
    FAILED = "failed"
    CANCELLED = "cancelled"


RESUMABLE_FILE_STATES: Final = frozenset({ImportedFileState.FAILED, ImportedFileState.CANCELLED})
