"""Documents of tasks that are stretches of one recording, put together again: one document of the recording.

What lies in the overlap of two neighboring tasks was seen in both, and counts once:

- Two regions are the same when they have the same label, tier and channel, and what they have of the overlap agrees by
  half or more (intersection over union). The region begins where the earlier task says and ends where the later one
  says, since each saw what goes beyond the overlap on its side; everything else is the earlier task's.
- Two instants are the same when they have the same kind and label and are at most 50 ms apart; the earlier task's
  stays.
- What only one of both has stays as it is.

Where two tasks touch, nobody saw both sides: a region that ends at the border and one that begins there are the same
when everything else about them is equal, who made them as well, so that joining them loses nothing.

Of equal tags the one with the higher score stays. A single caption stands for its task's stretch, several are joined in
order of time. Of answers to the same question the first stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from labelbuddy_core.domain.documents import assemble
from labelbuddy_core.domain.export_records import ExportedAnnotation, ExportedTask
from labelbuddy_core.domain.merged_marks import Item, add_points, add_regions, join_across, near

_STATES: Final = ("new", "draft", "in_progress", "rejected", "submitted", "approved")

TAGS: Final = "tag(s) counted once that several tasks of a recording have"
ANSWERS: Final = "answer(s) dropped because an earlier task has another one to the question"
CAPTIONS: Final = "caption(s) joined with that of the task before"
"""What is not as it was in the tasks, as it is told with its count."""


@dataclass(frozen=True)
class Part:
    """The document of a stretch (seconds of recording time)."""

    start: float
    stop: float
    document: Mapping[str, Any]


def merged_task(tasks: Sequence[ExportedTask], changed: Counter[str] | None = None) -> ExportedTask:
    """The tasks of one recording as one; of each annotator the documents become one, ground truths likewise.

    States are the least of all; ids name the recording. `changed` counts what is not in the annotations as it was.
    """
    if len(tasks) == 1:
        return tasks[0]
    ordered = sorted(tasks, key=lambda task: (task.start, task.stop))
    name = f"recording-{ordered[0].recording['id']}"
    by_person: dict[str, list[tuple[ExportedTask, ExportedAnnotation]]] = {}
    for task in ordered:
        for one in task.annotations:
            by_person.setdefault(one.annotator, []).append((task, one))
    truths = [(task, task.consensus) for task in ordered if task.consensus is not None]
    truth: dict[str, Any] | None = None
    if truths:
        kinds = {one["kind"] for _, one in truths}
        document = merged_document([Part(task.start, task.stop, one["document"]) for task, one in truths])
        truth = {"kind": kinds.pop() if len(kinds) == 1 else "mixed", "by": None, "document": document}
    return replace(
        ordered[0],
        id=name,
        start=ordered[0].start,
        stop=max(task.stop for task in ordered),
        state=_least(task.state for task in ordered),
        annotations=tuple(_merged_annotation(name, found, changed) for found in by_person.values()),
        consensus=truth,
    )


def merged_document(parts: Sequence[Part], changed: Counter[str] | None = None) -> dict[str, Any]:
    """One document of all parts, which are in order of their starts; `changed` counts what is not as it was."""
    told: Counter[str] = Counter() if changed is None else changed
    regions: list[Item] = []
    points: list[Item] = []
    tags: dict[str, Item] = {}
    answers: dict[str, Item] = {}
    tiers: dict[str, Item] = {}
    captions: list[Item] = []
    taken: set[str] = set()
    reached = float("-inf")
    for part in parts:
        overlap = (part.start, min(reached, part.stop))
        more = part.document["regions"]
        touching = near(reached, part.start)
        if touching:
            more = join_across(regions, more, part.start, told)
        add_regions(regions, more, (part.start, part.start) if touching else overlap, taken, told)
        add_points(points, part.document["points"], overlap, taken, told)
        for tag in part.document["tags"]:
            present = tags.get(tag["label"])
            told[TAGS] += present is not None
            if present is None or _weight(tag) > _weight(present):
                tags[tag["label"]] = tag
        for answer in part.document["answers"]:
            first = answers.setdefault(answer["question"], answer)
            told[ANSWERS] += first["answer"] != answer["answer"]
        for tier in part.document.get("tiers") or ():
            tiers.setdefault(tier["name"], tier)
        if part.document["caption"] is not None:
            caption = part.document["caption"]
            whole = caption["start"] is None
            captions.append({**caption, "start": part.start, "end": part.stop} if whole else caption)
        reached = max(reached, part.stop)
    found = {
        "regions": regions,
        "points": points,
        "tags": tags.values(),
        "answers": answers.values(),
        "tiers": tiers.values(),
    }
    told[CAPTIONS] += max(0, len(captions) - 1)
    items = [(collection, item) for collection, several in found.items() for item in several]
    return assemble([*items, *([("caption", _joined(captions))] if captions else [])])


def _joined(captions: list[Item]) -> Item:
    if len(captions) == 1:
        return captions[0]
    starts, ends = ([one[name] for one in captions] for name in ("start", "end"))
    return {**captions[0], "text": "\n".join(one["text"] for one in captions), "start": min(starts), "end": max(ends)}


def _merged_annotation(
    name: str, found: Sequence[tuple[ExportedTask, ExportedAnnotation]], changed: Counter[str] | None
) -> ExportedAnnotation:
    newest = max(found, key=lambda one: one[1].updated_at)[1]
    if len(found) == 1:
        (task, only) = found[0]
        return replace(only, document=merged_document([Part(task.start, task.stop, only.document)]))
    return replace(
        newest,
        id=f"{name}-{newest.annotator}",
        state=_least(one.state for _, one in found),
        document=merged_document([Part(task.start, task.stop, one.document) for task, one in found], changed),
        reviews=tuple(review for _, one in found for review in one.reviews),
        handed_over=tuple(each for _, one in found for each in one.handed_over),
        consensus=None if newest.consensus is None else {"kind": "merged-back", "parts": len(found)},
    )


def _least(states: Any) -> str:
    return min(states, key=_STATES.index)


def _weight(tag: Mapping[str, Any]) -> float:
    score = tag.get("score")
    return 2.0 if score is None else float(score)
