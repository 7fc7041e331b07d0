"""Beats that a model suggests again: a grid is on offer as a whole, or not at all."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.domain.offered_suggestions import Decided


def point(time: float, kind: str = "beat") -> dict[str, Any]:
    return {"id": f"p{time}", "time": time, "kind": kind, "label": "a"}


def test_a_grid_of_which_every_beat_was_decided_about_is_not_offered_again() -> None:
    assert Decided([point(1.0), point(2.0)]).without([point(1.004), point(2.0)]) == []


def test_a_grid_with_a_new_beat_is_offered_whole() -> None:
    grid = [point(1.0), point(2.0), point(2.5)]
    assert Decided([point(1.0), point(2.0)]).without(grid) == grid


def test_instants_are_offered_one_by_one_also_beside_new_beats() -> None:
    old, new = point(1.0, "event"), point(2.0, "event")
    assert Decided([old]).without([old, new, point(3.0)]) == [new, point(3.0)]
