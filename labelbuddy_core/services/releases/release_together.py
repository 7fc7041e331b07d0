"""Tasks of one recording put together for a release, where they touch or overlap and the same people labeled them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.export_records import ExportedTask
from labelbuddy_core.domain.merged_marks import near
from labelbuddy_core.domain.merging_back import merged_task

SOFT = "region(s) and tag(s) whose shares (soft labels) are dropped"
"""What is dropped beside what `domain.merging_back` counts."""


@dataclass(frozen=True)
class Going:
    """A task that goes in as it was read, or several of a recording as one; `changed` is when its labels last were.

    `joined` counts what putting tasks together changed, by what it is.
    """

    task: ExportedTask
    recording: Recording
    changed: str
    joined: Mapping[str, int] = field(default_factory=dict[str, int])


def together(tasks: Iterable[Going]) -> Iterator[Going]:
    """Those of one recording that touch or overlap as one, which is called like the first of them.

    They come recording by recording and in order of time. Across a gap that no task covers they stay apart, and so do
    tasks of different people: nobody has said that nothing is there.
    """
    run: list[Going] = []
    reached = 0.0
    for one in tasks:
        apart = run and (one.recording.id != run[0].recording.id or _people(one) != _people(run[0]))
        if apart or (run and one.task.start > reached and not near(one.task.start, reached)):
            yield _joined(run)
            run = []
        reached = max(reached, one.task.stop) if run else one.task.stop
        run.append(one)
    if run:
        yield _joined(run)


def _people(one: Going) -> set[str]:
    return {annotation.annotator for annotation in one.task.annotations}


def _joined(run: Sequence[Going]) -> Going:
    first = run[0]
    if len(run) == 1:
        return first
    joined: Counter[str] = Counter()
    whole = merged_task([one.task for one in run], joined)
    ids: dict[str, str] = {}  # as the first of them is called; the ids of what is put together name people
    for annotation in (each for one in run for each in one.task.annotations):
        ids.setdefault(annotation.annotator, annotation.id)
    kinds = {(each.consensus or {}).get("kind", "") for one in run for each in one.task.annotations}
    soft = (((each.consensus or {}).get("soft") or {}) for one in run for each in one.task.annotations)
    joined[SOFT] += sum(len(one.get(kind, ())) for one in soft for kind in ("regions", "tags"))
    truth = {"kind": kinds.pop() if len(kinds) == 1 else "mixed", "parts": len(run)}
    annotations = tuple(
        replace(one, id=ids[one.annotator], consensus=None if one.consensus is None else truth)
        for one in whole.annotations
    )
    task = replace(whole, id=first.task.id, annotations=annotations)
    return Going(task, first.recording, max(one.changed for one in run), +joined)
