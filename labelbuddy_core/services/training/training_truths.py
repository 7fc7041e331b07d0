"""The ground truth of a project as training needs it: adjudicated, merged, or a task's only approved annotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Consensus, MergedConsensus, Recording, Task
from labelbuddy_core.domain.states import AnnotationState, RecordingState
from labelbuddy_core.domain.training.examples import Mark, Truth
from labelbuddy_core.services.agreement.merged_consensus import merged_of
from labelbuddy_core.services.annotations.annotation_documents import present_documents
from labelbuddy_core.services.exports.task_batches import next_tasks

_UNDECIDED = "several approved annotations and no consensus"
_NONE = "nothing approved"
_STALE = "a consensus merged from older annotations"


def truths(session: Session, project_id: int, group_by: str = "") -> tuple[list[Truth], dict[str, int]]:
    """The truth of every task that has one, and how many tasks were left out or are doubtful, by reason.

    `group_by` names an attribute of recordings: those that share its value belong together.
    """
    found: list[Truth] = []
    left_out: Counter[str] = Counter()
    for rows in _batches(session, project_id):
        ids = [task.id for task, _ in rows]
        written = {row.task_id: row for row in session.scalars(select(Consensus).where(Consensus.task_id.in_(ids)))}
        merged, sources = merged_of(session, ids), _merged_sources(session, ids)
        annotations = _annotations(session, ids)
        documents = present_documents(session, [one.id for ones in annotations.values() for one in ones])
        for task, recording in rows:
            mine = annotations.get(task.id, [])
            approved = [one for one in mine if one.state == AnnotationState.APPROVED.value]
            assisted = any(_of_a_model(documents[one.id]) for one in mine)
            if task.id in written:
                row = written[task.id]
                chosen = ("adjudicated", row.document, ((0, row.revision),))
            elif task.id in merged:
                left_out[_STALE] += bool(merged[task.id]["stale"])
                chosen = ("merged", merged[task.id]["document"], tuple(sources[task.id]))
            elif len(approved) == 1:
                chosen = ("approved", documents[approved[0].id], ((approved[0].id, approved[0].revision),))
                assisted = _of_a_model(chosen[1])
            else:
                left_out[_UNDECIDED if approved else _NONE] += 1
                continue
            group = str((recording.attributes or {}).get(group_by, "")) if group_by else ""
            found.append(_truth(task, recording, *chosen, assisted=assisted or _of_a_model(chosen[1]), group=group))
    return found, {reason: count for reason, count in left_out.items() if count}


def _truth(
    task: Task,
    recording: Recording,
    kind: str,
    document: Mapping[str, Any],
    sources: tuple[tuple[int, int], ...],
    *,
    assisted: bool,
    group: str,
) -> Truth:
    """Times become those of the stretch that the task is."""
    marks = [
        Mark(round(max(0.0, one["start"] - task.start), 6), round(min(task.stop, one["end"]) - task.start, 6), label)
        for one in document.get("regions") or ()
        if (label := one["label"]) and one["end"] > task.start and one["start"] < task.stop
    ]
    return Truth(
        task=task.id,
        recording=recording.id,
        sha256=recording.sha256,
        start=task.start,
        stop=task.stop,
        kind=kind,
        sources=sources,
        assisted=assisted,
        regions=tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.label))),
        tags=tuple(sorted({one["label"] for one in document.get("tags") or ()})),
        group=group,
    )


def _of_a_model(document: Mapping[str, Any]) -> bool:
    """Whether a suggestion of a model is in it."""
    items = [*(document.get("regions") or ()), *(document.get("tags") or ())]
    return any((item.get("origin") or {}).get("kind") == "model" for item in items)


def _batches(session: Session, project_id: int) -> Iterator[list[tuple[Task, Recording]]]:
    last = 0
    while rows := next_tasks(session, project_id, last, Recording.state == RecordingState.READY.value):
        last = rows[-1][0].id
        yield rows


def _annotations(session: Session, task_ids: list[int]) -> dict[int, list[Annotation]]:
    found: dict[int, list[Annotation]] = {}
    query = select(Annotation).where(Annotation.task_id.in_(task_ids), Annotation.revision > 0).order_by(Annotation.id)
    for one in session.scalars(query):
        found.setdefault(one.task_id, []).append(one)
    return found


def _merged_sources(session: Session, task_ids: list[int]) -> dict[int, list[tuple[int, int]]]:
    rows = session.execute(
        select(MergedConsensus.task_id, MergedConsensus.sources).where(MergedConsensus.task_id.in_(task_ids))
    )
    return {task: [(source[0], source[1]) for source in sources] for task, sources in rows}
