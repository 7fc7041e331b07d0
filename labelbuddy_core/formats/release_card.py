"""The card of a release: Markdown with a head in YAML, as the Hugging Face Hub reads it, made from its header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.releases.consents import in_public
from labelbuddy_core.domain.releases.dividing import told_apart
from labelbuddy_core.domain.releases.overlaps import joined_in_words, told_overlaps
from labelbuddy_core.formats.dataset_rows import escaped, quoted, size_category
from labelbuddy_core.formats.hub_licenses import all_licenses, head_lines, needs_file
from labelbuddy_core.formats.release_manifest import WHOLE

LICENSE_FILE = "LICENSE.md"
_WHICH = {
    "consensus": "The ground truth of each task",
    "approved": "Every approved annotation",
    "submitted": "Every annotation that was handed in",
}
_ORIGINAL = "Times are seconds of the decoded original recording."
_AUDIO = {
    "none": "There is no audio in this release; `recording_sha256` says which files the labels are of. " + _ORIGINAL,
    "paths": "Audio is not included; paths lead to the API of the installation that made this release. " + _ORIGINAL,
    "original": "The original files are beside the labels, one folder a split. " + _ORIGINAL,
    "clips": "The stretch of each task was cut out and lies beside the labels as 16-bit FLAC, one folder a split; "
    "times are seconds of the clip. `splits.csv` says where in which recording a clip lies.",
}
_MEASURED = {
    "tags": "Tags: whether a clip has a label",
    "time": "Time: whether a label sounds in a frame",
    "events": "Events: where regions begin and end",
    "attribute": "Answers about the same event",
    "beats": "Beats",
    "chords": "Chords",
    "sections": "Sections",
    "captions": "Captions",
    "gamma": "Unified and holistic (γ)",
}
"""What the figures of a kind are of: several have the same name."""


def card(header: Mapping[str, Any]) -> str:
    """Counts, hours, labels, agreement, licenses and splits, and how to check the files."""
    figures, choices, name = header["figures"], header["choices"], f"{header['name']} {header['version']}"
    total = _sum(figures["splits"])
    lines = [
        *_head(header, int(total["tasks"])),
        f"# {escaped(name)}", "", *([str(header["note"]), ""] if header["note"] else []),
        f"{counted(int(total['tasks']), 'task')} of {counted(figures['recordings'], 'recording')}, "
        f"{_hours(total['seconds'])} hours; {counted(int(total['events']), 'event')}, "
        f"{counted(int(total['tags']), 'tag')}, {counted(int(total['captions']), 'caption')}"
        f"{_people(figures['annotators'])}. {_WHICH[choices['which']]}{_kinds(figures)}, as it was at "
        f"{header['changed']}.",
        "", _AUDIO[choices["audio"]],
        *(["", twice] if (twice := told_overlaps(figures.get("overlapping", 0))) else []),
        *(["", joined] if (joined := joined_in_words(figures.get("joined", {}))) else []),
        "", "## Splits", "", *_splits(figures["splits"]), "", *_how_split(choices, figures),
        "", "## Labels", "", *_labels(figures["labels"], header["splits"]),
        "", "## Agreement", "", *_agreement(header["agreement"]),
        "", "## Licenses", "",
        *_licenses(header),
        "", "## What was left out", "", *_left_out(in_public(figures["left_out"])),
        "", "## Files", "", "`SHA256SUMS` has the SHA-256 of every file: `sha256sum -c SHA256SUMS` checks them.",
        "`release.json` has every choice that this release was made with, `splits.csv` a row a task.", "",
    ]  # fmt: skip
    if header["project"].get("instructions"):
        lines += ["## How it was annotated", "", str(header["project"]["instructions"]), ""]
    return "\n".join(lines)


def license_file(header: Mapping[str, Any]) -> str:
    """What lies beside the card where a license is not on the Hub's list, so that its head can lead there; else ""."""
    if not needs_file(_all_licenses(header)):
        return ""
    return "\n".join(["# Licenses", "", "What the recordings and models of this release say themselves.", "",
                      *_licenses(header), ""])  # fmt: skip


def _licenses(header: Mapping[str, Any]) -> list[str]:
    recordings, models = header["figures"]["licenses"], header["model_licenses"]
    return [
        *(f"- recordings: {escaped(text)}: {counted(count, 'task')}" for text, count in sorted(recordings.items())),
        *(f"- model {escaped(model)}: {escaped(text)}" for model, text in sorted(models.items())),
    ]


def _all_licenses(header: Mapping[str, Any]) -> list[str]:
    return all_licenses(header["figures"]["licenses"], header["model_licenses"])


def _head(header: Mapping[str, Any], tasks: int) -> list[str]:
    lines = [
        "---", f"pretty_name: {quoted(header['name'])}", f"version: {quoted(header['version'])}",
        *head_lines(_all_licenses(header), LICENSE_FILE),
        "task_categories: [audio-classification]", "tags: [audio, labelbuddy]",
        f"size_categories: [{size_category(tasks)}]",
    ]  # fmt: skip
    if "audiofolder" in header["choices"]["formats"]:
        lines += ["configs:", "- config_name: default", "  data_files:"]
        for split in (one for one in header["splits"] if header["figures"]["splits"][one]["tasks"]):
            folder, name = folder_of(split), "train" if split == WHOLE else split
            lines += [f"  - split: {name}", f"    path: {folder}/**"]
    return [*lines, "---", ""]


def folder_of(split: str) -> str:
    """The folder of the audio of a split."""
    return "audio" if split == WHOLE else split


def _sum(splits: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    names = ("tasks", "seconds", "events", "tags", "captions")
    return {name: sum(one[name] for one in splits.values()) for name in names}


def _hours(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:.2f}" if hours >= 1 else f"{hours:.3g}"


def _people(annotators: int) -> str:
    return f" by {annotators:,} annotators" if annotators > 1 else ""


def _kinds(figures: Mapping[str, Any]) -> str:
    kinds = figures["kinds"]
    return f" ({', '.join(f'{count:,} {kind}' for kind, count in sorted(kinds.items()))})" if kinds else ""


def _splits(splits: Mapping[str, Mapping[str, float]]) -> list[str]:
    rows = [
        "| split | tasks | recordings | hours | events | tags | with suggestions of a model |",
        "|---|---|---|---|---|---|---|",
    ]
    return rows + [
        f"| {name} | {one['tasks']:,} | {one['recordings']:,} | {_hours(one['seconds'])} | {one['events']:,} | "
        f"{one['tags']:,} | {one['assisted']:,} |"
        for name, one in splits.items()
    ]


def _how_split(choices: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    if not choices["validation"] and not choices["test"]:
        return ["There are no splits."]
    apart = told_apart(choices["group_by"], figures.get("ungrouped", {}), figures["recordings"])
    together = "".join(f", and so are those that share {escaped(name)}" for name in choices["group_by"])
    return [
        "Stratified by labels (iterative stratification, Sechidis et al. 2011): all tasks of a recording are in one "
        f"split{together}. {f'{escaped(apart)} ' if apart else ''}Seed {choices['seed']}."
    ]


def _labels(labels: Sequence[Mapping[str, Any]], splits: Sequence[str]) -> list[str]:
    """Tasks in which a label occurs, by split."""
    heads = " | ".join(f"tasks in {one}" for one in splits)
    rows = [f"| label | {heads} | events | tags |", f"|---|{'---|' * len(splits)}---|---|"]
    return rows + [
        f"| {escaped(one['label'])} | {' | '.join(f'{one[split]:,}' for split in splits)} | {one['events']:,} | "
        f"{one['tags']:,} |"
        for one in labels
    ]


def _agreement(figures: Sequence[Mapping[str, Any]]) -> list[str]:
    if not figures:
        return ["No task was handed in by two annotators, so it was not measured."]
    lines = [_figure(one) for one in figures if "kind" not in one]  # of a release that an older version began
    for kind, title in _MEASURED.items():
        of_kind = [_figure(one) for one in figures if one.get("kind") == kind]
        if of_kind:
            lines += [*([""] if lines else []), f"### {title}", "", *of_kind]
    return lines


def _figure(one: Mapping[str, Any]) -> str:
    value = "–" if one["value"] is None else f"{one['value']:.3f}"
    bounds = "" if one["low"] is None else f" ({one['low']:.3f} to {one['high']:.3f})"
    return f"- {escaped(one['title'])}, {escaped(one['name'] or 'all labels')}: {value}{bounds}"


def _left_out(reasons: Mapping[str, int]) -> list[str]:
    """By reason alone: what may not be given away is not named."""
    return [f"- {counted(count, 'task')}: {escaped(reason)}" for reason, count in reasons.items()] or ["Nothing."]
