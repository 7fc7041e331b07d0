"""Tags of a part of a task are offered as regions there, each once."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.domain.offered_suggestions import Stretch, placed

LABELS = frozenset({"rock", "piano"})


def region(label: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    return {"id": f"m7_{label}", "start": start, "end": end, "low": None, "high": None, "label": label, **more}


def offered(*regions: dict[str, Any]) -> list[tuple[str, str]]:
    tags = [{"label": label, "origin": {"region": f"tag:{label}"}} for label in ("rock", "piano")]
    document = {"regions": list(regions), "points": [], "tags": tags, "caption": None}
    return [(one["id"], one["label"]) for one in placed(document, "7", Stretch(2.0, 5.0, False), LABELS)["regions"]]


def test_a_tag_that_is_there_as_a_region_from_end_to_end_is_not_offered_twice() -> None:
    assert offered(region("rock", 2.0, 4.999)) == [("m7_rock", "rock"), ("m7_t1", "piano")]


def test_a_tag_is_offered_beside_a_region_of_a_part_or_of_a_band() -> None:
    tags = [("m7_t0", "rock"), ("m7_t1", "piano")]
    assert offered(region("rock", 2.0, 4.0)) == [("m7_rock", "rock"), *tags]
    assert offered(region("rock", 2.0, 5.0, high=900.0)) == [("m7_rock", "rock"), *tags]
