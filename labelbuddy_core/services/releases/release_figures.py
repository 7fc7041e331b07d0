"""Figures of a release: how much is in each split, which labels, under which licenses; and what is doubtful."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelbuddy_core.domain.releases.choices import ReleaseChoices
from labelbuddy_core.domain.releases.dividing import told_apart
from labelbuddy_core.domain.releases.overlaps import overlapping, told_overlaps
from labelbuddy_core.domain.training.examples import Split
from labelbuddy_core.formats.release_manifest import WHOLE


@dataclass
class Counts:
    """What is counted of one task; `events` and `tags` are by name of the label, `attributes` its recording's.

    `start` and `stop` are seconds of the recording; `joined` is what putting tasks together changed.
    """

    recording: str
    start: float
    stop: float
    license: str
    kind: str
    captions: int
    assisted: bool
    attributes: frozenset[str]
    joined: Mapping[str, int]
    annotators: frozenset[str]
    events: Counter[str]
    tags: Counter[str]


def split_names(choices: ReleaseChoices) -> list[str]:
    """The splits that a release has by its choices, in order."""
    if not choices.divided:
        return [WHOLE]
    shares = {Split.VALIDATION: choices.validation, Split.TEST: choices.test}
    return [one.value for one in Split if shares.get(one, 1.0) > 0.0]


def figures(
    counts: Sequence[Counts], left_out: Sequence[str], splits: Sequence[str], choices: ReleaseChoices
) -> dict[str, Any]:
    """The figures of tasks with these counts, in these splits; `left_out` has the reason of each that is not in it.

    {splits: {name: {tasks, recordings, seconds, events, tags, captions, assisted}}, labels: [{label, events, tags,
    tasks a split}], licenses, kinds, left_out (tasks by each), recordings, annotators, ungrouped: {attribute to keep
    together by: recordings without it}, overlapping: tasks that overlap another one of their recording, joined: {what
    putting tasks together changed: how often}}."""
    by_split: dict[str, dict[str, Any]] = {}
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    events, tags = Counter[str](), Counter[str]()
    for name in split_names(choices):
        mine = [one for one, split in zip(counts, splits, strict=True) if split == name]
        by_split[name] = {
            "tasks": len(mine),
            "recordings": len({one.recording for one in mine}),
            "seconds": round(sum(one.stop - one.start for one in mine), 6),
            "events": sum(sum(one.events.values()) for one in mine),
            "tags": sum(sum(one.tags.values()) for one in mine),
            "captions": sum(one.captions for one in mine),
            "assisted": sum(one.assisted for one in mine),
        }
        for one in mine:
            events.update(one.events)
            tags.update(one.tags)
            heard[name].update({*one.events, *one.tags})
    return {
        "splits": by_split,
        "labels": [
            {
                "label": label,
                "events": events[label],
                "tags": tags[label],
                **{name: heard[name][label] for name in by_split},
            }
            for label in sorted({*events, *tags})
        ],
        "licenses": dict(sorted(Counter(one.license or "not stated" for one in counts).items())),
        "kinds": dict(sorted(Counter(one.kind for one in counts if one.kind).items())),
        "left_out": dict(Counter(left_out).most_common()),
        "recordings": len({one.recording for one in counts}),
        "annotators": len({name for one in counts for name in one.annotators}),
        "overlapping": overlapping((one.recording, one.start, one.stop) for one in counts),
        "joined": dict(sum((Counter(one.joined) for one in counts), Counter[str]()).most_common()),
        "ungrouped": {
            name: len({one.recording for one in counts if name not in one.attributes})
            for name in (choices.group_by if choices.divided else ())
        },
    }


def warnings(of: Mapping[str, Any]) -> list[str]:
    """What is doubtful about the figures of a release, in words."""
    if not any(split["tasks"] for split in of["splits"].values()):
        return ["Nothing would be in this release. Below is why; approve, merge or adjudicate, or choose other labels."]
    lacking = of.get("ungrouped", {})
    apart = told_apart(list(lacking), lacking, of["recordings"])
    found = [apart] if apart else []
    if twice := told_overlaps(of.get("overlapping", 0)):
        found.append(f"{twice} Put together, the ground truth and what the same person marked in both count once.")
    for name, split in of["splits"].items():
        if not split["tasks"]:
            found.append(f"Nothing is in {name}: there are too few recordings, or groups of them, to divide.")
            continue
        absent = [one["label"] for one in of["labels"] if not one[name]]
        if absent and name != WHOLE:
            found.append(f"No task in {name} has {', '.join(absent)}.")
    return found
