"""Rows of data sets for machine learning: a task a row, with its audio, everybody's events, tags and captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.hub_licenses import all_licenses, head_lines
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Marked, marked

CARRIES = Carries(
    step=1e-12, fields=("label", "text", "frequencies", "channel", "score", "position"), tags=True, caption=True,
    annotator=True, empty=True,
)  # fmt: skip
LOSES = ("tiers", "attributes", "answers", "confidence", "origins of items", "states of annotations", "reviews")

Members = Iterator[tuple[str, Iterator[bytes]]]
"""Files of an archive in their order, each with its blocks."""
ReadAudio = Callable[[str], Iterator[bytes]]
"""The bytes of an original by its SHA-256."""


@dataclass
class Tally:
    """What a card tells of a data set, counted while it is written."""

    rows: int = 0
    seconds: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    captions: int = 0
    annotators: set[str] = field(default_factory=set)
    licenses: Counter[str] = field(default_factory=Counter)

    def add(self, task: ExportedTask, people: list[Marked]) -> None:
        """Count a row."""
        self.rows += 1
        self.seconds += task.stop - task.start
        self.licenses[str(task.recording.get("license") or "not stated")] += 1
        for one in people:
            self.annotators.add(one.annotator)
            self.events.update(mark.label for mark in one.marks)
            self.tags.update(tag for tag, _ in one.tags)
            self.captions += bool(one.caption)


def row_of(task: ExportedTask, context: ExportContext, tally: Tally) -> dict[str, Any]:
    """A task as a row: recording, times of the task, who annotated it (also who found nothing), and lists of events,
    tags and captions with who made them."""
    people = list(marked(task, context))
    tally.add(task, people)
    recording = task.recording
    return {
        "recording": recording["name"],
        "sha256": recording["sha256"],
        "license": recording.get("license") or "",
        "duration": recording["duration"],
        "start": task.start,
        "stop": task.stop,
        "annotators": [one.annotator for one in people],
        "events": [
            {
                "start": mark.start, "end": mark.end, "label": mark.label, "text": mark.text, "low": mark.low,
                "high": mark.high, "channel": mark.channel, "score": mark.score, "position": mark.position,
                "annotator": one.annotator,
            }
            for one in people
            for mark in one.marks
        ],
        "tags": [
            {"label": tag, "score": score, "annotator": one.annotator} for one in people for tag, score in one.tags
        ],
        "captions": [{"text": one.caption, "annotator": one.annotator} for one in people if one.caption],
    }  # fmt: skip


def card(context: ExportContext, tally: Tally, about: str, loses: Sequence[str] = LOSES) -> str:
    """The card of a data set on the Hugging Face Hub: what it is, by numbers, and under which licenses."""
    name = str(context.project["name"])
    head = [
        "---", f"pretty_name: {quoted(name)}", *head_lines(all_licenses(tally.licenses, context.model_licenses)),
        f"task_categories: [{', '.join(_tasks(tally))}]",
        "tags: [audio, labelbuddy]", f"size_categories: [{size_category(tally.rows)}]", "---",
    ]  # fmt: skip
    body = [
        f"# {name}", "", about, "",
        f"{counted(tally.rows, 'row')}, {tally.seconds / 3600:.2f} hours; "
        f"{counted(sum(tally.events.values()), 'event')}, {counted(sum(tally.tags.values()), 'tag')}, "
        f"{counted(tally.captions, 'caption')} by {counted(len(tally.annotators), 'annotator')}. "
        f"Made with LabelBuddy, last changed at {context.changed_at}. Times are seconds of the decoded original "
        "recording.",
        "", "## Labels", "", "| label | events | tags |", "|---|---|---|",
        *(
            f"| {escaped(label)} | {tally.events[label]:,} | {tally.tags[label]:,} |"
            for label in sorted({*tally.events, *tally.tags})
        ),
        "", "## Licenses", "",
        *(f"- {escaped(text)}: {counted(count, 'row')}" for text, count in sorted(tally.licenses.items())),
        *(f"- model {escaped(model)}: {escaped(text)}" for model, text in sorted(context.model_licenses.items())),
        "", "## Does not carry", "", *(f"- {what}" for what in loses), "",
    ]  # fmt: skip
    if context.project.get("instructions"):
        body += ["## How it was annotated", "", str(context.project["instructions"]), ""]
    return "\n".join([*head, "", *body])


def _tasks(tally: Tally) -> list[str]:
    found = ["audio-classification"]
    return [*found, "automatic-speech-recognition"] if tally.captions else found


def size_category(rows: int) -> str:
    """The Hub's words for how large a data set is."""
    if rows < 1_000:
        return "n<1K"
    for least, word in ((1_000_000, "1M<n<10M"), (100_000, "100K<n<1M"), (10_000, "10K<n<100K")):
        if rows >= least:
            return word
    return "1K<n<10K"


def quoted(text: str) -> str:
    """A text in YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(text: str) -> str:
    """A text in a cell of a table in Markdown."""
    return " ".join(text.replace("|", "\\|").split())
