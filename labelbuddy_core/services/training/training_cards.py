"""The model card of a version (M. Mitchell et al., "Model cards for model reporting", 2019), as Markdown."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.database.tables import Model, ModelVersion, TrainingRun
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.presenting import iso

MEASURES = {
    "event_f1": "Event F1",
    "segment_f1": "Segment F1",
    "psds1": "PSDS 1",
    "psds2": "PSDS 2",
    "map": "Average precision",
}


def model_card(model: Model, version: ModelVersion, run: TrainingRun | None) -> str:
    """Where the weights come from, what they learned, how well they hear, under which license."""
    lines = [
        f"# {model.name} {version.name}",
        "",
        model.description or "A model declared in LabelBuddy.",
        "",
        f"- Made: {iso(version.created_at)}",
        f"- From: version {version.parent} of {model.name}",
        f"- License of the model, which holds for these weights too: {model.license or 'not stated'}",
        f"- Labels: {', '.join(version.labels)}",
        f"- Weights: safetensors, {version.size} bytes, SHA-256 {version.sha256}",
    ]
    if version.note:
        lines += [f"- Note: {version.note}"]
    if run is None:
        return "\n".join(
            [*lines, "", "These weights were trained elsewhere and registered; nothing is known of how.", ""]
        )
    lines += [
        f"- Parameters: {', '.join(f'{name} {value:g}' for name, value in run.parameters.items())}",
        f"- Best epoch: {run.best_epoch or 'the last'}",
        "",
        "## What it learned from",
        "",
        "Annotations that were approved, and consensus. Recordings that belong together are in one split.",
        f"Examples are frozen; their checksum (SHA-256) is {run.checksum}.",
        "",
    ]
    lines += [*_balance(run.balance or {}), "", "## How well it hears", "", *_comparison(run.comparison)]
    return "\n".join([*lines, ""])


def _balance(balance: dict[str, Any]) -> list[str]:
    rows = ["| label | training | validation | held out |", "|---|---|---|---|"]
    rows += [
        f"| {one['label']} | {one['train']} | {one['validation']} | {one['test']} |"
        for one in balance.get("labels", ())
    ]  # fmt: skip
    return [*rows, "", *(f"- {warning}" for warning in balance.get("warnings", ()))]


def _comparison(comparison: dict[str, Any] | None) -> list[str]:
    if not comparison or not comparison["figures"]:
        return [(comparison or {}).get("problem") or "It was not compared with the version that it comes from."]
    first = comparison["figures"][0]["values"]
    rows = [
        f"On {counted(comparison['examples'], 'held-out example')}, with 95 % intervals of the bootstrap over examples "
        f"({comparison['replicates']} resamples). Events match within {comparison['collar']:g} s, offsets also within "
        f"{100 * comparison['offset_share']:.0f} % of the length, from score {comparison['threshold']:g} on.",
        "",
        f"| figure | label | {' | '.join(first)} | difference |",
        f"|---|---|{'---|' * len(first)}---|",
    ]
    for one in comparison["figures"]:
        cells = [_number(value) for value in one["values"].values()]
        difference = _number(one["difference"]) if one["difference"] else "–"
        label = one["label"] or ("mean of labels" if one["measure"] == "map" else "all labels")
        rows.append(f"| {MEASURES[one['measure']]} | {label} | {' | '.join(cells)} | {difference} |")
    if new := comparison.get("new_labels"):
        rows += ["", f"The version before does not know {', '.join(new)}: it cannot find them."]
    return [*rows, "", *([f"**{comparison['warning']}**"] if comparison["warning"] else [])]


def _number(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
