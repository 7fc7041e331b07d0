"""Beat grids change here as they do in the editor: both are held to `tests/beat_grids.json`, times to a microsecond."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.domain import beat_grid, tapped_beats
from labelbuddy_core.domain.beat_grid import Beat, Grid
from labelbuddy_core.errors import Invalid

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "beat_grids.json").read_text(encoding="utf-8"))
ROUNDING = 1.01e-6
"""Seconds: halves of a microsecond are rounded to even here and up in the browser."""


def changed(case: dict[str, Any]) -> Grid:
    """The grid of a case after its change."""
    meter, change = case["meter"], case["change"]
    grid = beat_grid.checked([Beat(*beat) for beat in case["beats"]], meter)
    match change["kind"]:
        case "taps":
            made = tapped_beats.tapped(grid, change["times"], meter, case["start"], case["stop"])
        case "move":
            made = beat_grid.re_anchored(grid, change["number"], change["time"])
        case "onward":
            made = beat_grid.onward(grid, change["number"], meter, case["stop"])
        case "downbeat":
            made = beat_grid.with_bar_at(grid, change["number"], meter)
        case "join":
            made = beat_grid.joined(grid, change["number"], meter)
        case "meter":
            made = beat_grid.with_meter(grid, change["meter"])
        case "meter_from":
            made = beat_grid.with_meter_from(grid, change["number"], change["meter"], meter)
        case "double":
            made = beat_grid.doubled(grid, meter)
        case _:
            made = beat_grid.halved(grid, meter)
    return [beat for beat in made if case["start"] <= beat.time <= case["stop"]]


@pytest.mark.parametrize("case", [one for one in CASES if "grid" in one], ids=lambda one: one["name"])
def test_a_grid_changes_as_in_the_editor(case: dict[str, Any]) -> None:
    made = changed(case)
    assert [[beat.position, beat.anchor] for beat in made] == [beat[1:] for beat in case["grid"]]
    assert [beat.time for beat in made] == pytest.approx([beat[0] for beat in case["grid"]], abs=ROUNDING)


@pytest.mark.parametrize("case", [one for one in CASES if "refused" in one], ids=lambda one: one["name"])
def test_what_is_no_grid_is_refused_as_in_the_editor(case: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        changed(case)
    assert str(refused.value) == case["refused"]
