"""Labels, documents, beat grids and problems as the API has them, for the server that stands in for it."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.domain import beat_grid
from labelbuddy_core.domain.beat_grid import Beat
from labelbuddy_core.domain.documents import Region
from labelbuddy_core.domain.label_rules import parse_rules
from labelbuddy_core.domain.region_rules import (
    RuledLabel,
    Span,
    broken_rules,
    first_overlap,
    is_as_before,
    lies_as_before,
)

LABELS = [("speech", "Speech", "#E69F00", "1"), ("music", "Music", "#56B4E9", "2"), ("siren", "Siren", "#009E73", "u")]
FOUND = {"kind": "analysis", "model": "librosa", "version": "0.11.0"}
"""Where beats come from that the analysis found."""
KEY_OF = {"regions": "id", "points": "id", "tags": "label", "answers": "question", "tiers": "name"}


def empty_document() -> dict[str, Any]:
    return {
        "schema": "labelbuddy/annotation@1",
        "regions": [],
        "points": [],
        "tags": [],
        "caption": None,
        "answers": [],
        "tiers": [],
    }


def label(name: str, title: str, color: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    """A label as the API has it."""
    rules = {"overlap": "allow", "shortest": 0, "vocabulary": "free", "attributes": []}
    return {
        "id": name,
        "name": title,
        "color": color,
        "key": key,
        "parent": None,
        "description": "",
        **rules,
        **more,
    }


def grid_json(beats: list[Beat], meter: int) -> dict[str, Any]:
    """A beat grid as the API has it."""
    return {
        "meter": meter,
        "tempo": beat_grid.tempo(beats),
        "beats": [{"time": beat.time, "position": beat.position, "anchor": beat.anchor} for beat in beats],
    }


def refusal(status: int, kind: str, detail: str, **more: Any) -> tuple[int, dict[str, Any]]:
    return status, {"type": f"urn:labelbuddy:{kind}", "title": kind, "status": status, "detail": detail, **more}


def broken_rule(
    of_project: list[dict[str, Any]], regions: list[dict[str, Any]], operations: list[dict[str, Any]]
) -> tuple[int, Any] | None:
    """The first rule of a label that these operations break, as the server tells it."""
    labels = {one["id"]: RuledLabel(one["id"], one["name"], parse_rules(one, "label")) for one in of_project}
    before = {region["id"]: region for region in regions}
    after, changed = dict(before), {}
    for place, operation in enumerate(operations):
        if operation["collection"] != "regions":
            continue
        after.pop(operation["id"], None)
        if operation["op"] == "delete":
            continue
        region = Region.model_validate(operation["value"])
        for one in broken_rules(region, labels[region.label]):
            if not is_as_before(one, region, before.get(region.id)):
                return refusal(422, "invalid", one.detail, field=f"operations.{place}.value.{one.member}")
        after[region.id] = operation["value"]
        if labels[region.label].rules.overlap != "allow" and not lies_as_before(region, before.get(region.id)):
            changed[region.id] = place
    for name, tier in {(after[identity]["label"], after[identity].get("tier")) for identity in changed}:
        strand = [one for one in after.values() if (one["label"], one.get("tier")) == (name, tier)]
        spans = [Span(one["id"], one["start"], one["end"]) for one in strand]
        found = first_overlap(sorted(spans, key=lambda span: (span.start, span.stop)), changed)
        if found is not None:
            detail = f"Regions of {labels[name].name} must not overlap."
            return refusal(422, "invalid", detail, field=f"operations.{changed[found[0].key]}.value.start")
    return None
