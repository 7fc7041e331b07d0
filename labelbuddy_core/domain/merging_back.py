"""Documents of tasks that are stretches of one recording, put together again: one document of the recording.

What lies in the overlap of two neighboring tasks was seen in both, and counts once:

- Two regions are the same when they have the same label, tier and channel, and what they have of the overlap agrees by
  half or more (intersection over union). The region begins where the earlier task says and ends where the later one
  says, since each saw what goes beyond the overlap on its side; everything else is the earlier task's.
- Two instants are the same when they have the same kind and label and are at most 50 ms apart; the earlier task's
  stays.
- What only one of both has stays as it is.

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

SAME_REGION: Final = 0.5
"""Intersection over union within the overlap."""
SAME_INSTANT: Final = 0.05
"""Seconds."""
_STATES: Final = ("new", "draft", "in_progress", "rejected", "submitted", "approved")

REGIONS: Final = "region(s) joined with the same one of the task before"
REGION_DETAILS: Final = "region(s) among them whose other text or details are dropped"
INSTANTS: Final = "instant(s) counted once that two tasks have in their overlap"
TAGS: Final = "tag(s) counted once that several tasks of a recording have"
ANSWERS: Final = "answer(s) dropped because an earlier task has another one to the question"
CAPTIONS: Final = "caption(s) joined with that of the task before"
"""What is not as it was in the tasks, as it is told with its count."""
_BOUNDS: Final = ("id", "start", "end", "origin", "label", "tier", "channel")
"""What two regions that are the same need not share, or share anyhow."""

Item = dict[str, Any]


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
        _add_regions(regions, part.document["regions"], overlap, taken, told)
        _add_points(points, part.document["points"], overlap, taken, told)
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


def _add_regions(
    regions: list[Item], more: Sequence[Item], overlap: tuple[float, float], taken: set[str], told: Counter[str]
) -> None:
    """Add the regions of the next part; those that an earlier one has too lengthen it instead."""
    start, stop = overlap
    rivals = [place for place, one in enumerate(regions) if stop > start and one["end"] > start and one["start"] < stop]
    used: set[int] = set()
    for region in sorted(more, key=lambda one: (one["start"], one["end"], one["id"])):
        best = max(
            (
                (agreement, place)
                for place in rivals
                if place not in used and (agreement := _agreement(regions[place], region, overlap)) >= SAME_REGION
            ),
            default=None,
            key=lambda one: (one[0], -one[1]),
        )
        if best is None:
            regions.append(_free(region, taken))
            continue
        used.add(best[1])
        earlier = regions[best[1]]
        told[REGIONS] += 1
        told[REGION_DETAILS] += _details(earlier) != _details(region)
        regions[best[1]] = {**earlier, "end": max(region["end"], earlier["start"])}


def _details(region: Item) -> Item:
    """What a region says beside its bounds; an empty value is none."""
    return {name: value for name, value in region.items() if name not in _BOUNDS and value not in (None, "", {}, [])}


def _agreement(one: Item, other: Item, overlap: tuple[float, float]) -> float:
    """How far two regions agree within the overlap; 0 for what cannot be the same."""
    if any(one.get(name) != other.get(name) for name in ("label", "tier", "channel")):
        return 0.0
    start, stop = overlap
    (a, b), (c, d) = ((max(start, each["start"]), min(stop, each["end"])) for each in (one, other))
    if b <= a or d <= c:
        return 0.0
    shared = min(b, d) - max(a, c)
    return max(0.0, shared) / (max(b, d) - min(a, c))


def _add_points(
    points: list[Item], more: Sequence[Item], overlap: tuple[float, float], taken: set[str], told: Counter[str]
) -> None:
    start, stop = overlap
    seen = [one for one in points if start <= one["time"] <= stop]
    for point in more:
        same = start <= point["time"] <= stop and any(
            one["kind"] == point["kind"]
            and one.get("label") == point.get("label")
            and abs(one["time"] - point["time"]) <= SAME_INSTANT
            for one in seen
        )
        told[INSTANTS] += same
        if not same:
            points.append(_free(point, taken))


def _free(item: Item, taken: set[str]) -> Item:
    """An item with an id that no other part uses."""
    identity, number = item["id"], 2
    while identity in taken:
        identity, number = f"{item['id']}-{number}", number + 1
    taken.add(identity)
    return item if identity == item["id"] else {**item, "id": identity}


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
