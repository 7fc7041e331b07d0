"""Charts of agreement: a figure of each label with its interval, and who agrees with whom."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

_COLOR = "#0f766e"
_ROW_PIXELS = 26
_REST_PIXELS = 70
_CELL_PIXELS = 46
_SHOWN = 40
"""Labels in the chart, those that agree least; the table has all."""


def label_chart(figures: list[dict[str, Any]]) -> go.Figure:
    """One figure of every label as a point with its interval, the lowest at the top."""
    known = sorted((one for one in figures if one["value"] is not None), key=lambda one: one["value"])[:_SHOWN]
    chart = go.Figure(
        go.Scatter(
            x=[one["value"] for one in known],
            y=[_escaped(one["name"]) for one in known],
            mode="markers",
            marker={"color": _COLOR, "size": 9},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_apart(one["high"], one["value"]) for one in known],
                "arrayminus": [_apart(one["value"], one["low"]) for one in known],
                "color": _COLOR,
                "thickness": 1.5,
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    chart.update_layout(
        height=_ROW_PIXELS * len(known) + _REST_PIXELS, margin={"l": 0, "r": 8, "t": 8, "b": 30}, showlegend=False
    )
    chart.update_yaxes(autorange="reversed", type="category")
    return chart


def pair_matrix(pairs: list[dict[str, Any]], measure: str) -> go.Figure:
    """How far each two annotators agree, as a matrix of colors and numbers; empty where they share no task."""
    people = sorted({name for pair in pairs for name in (pair["first"], pair["second"])})
    values = {(pair["first"], pair["second"]): pair[measure] for pair in pairs}
    rows = [[values.get((one, other), values.get((other, one))) for other in people] for one in people]
    shown = [_escaped(name) for name in people]
    chart = go.Figure(
        go.Heatmap(
            z=rows,
            x=shown,
            y=shown,
            zmin=0.0,
            zmax=1.0,
            colorscale="Viridis",
            text=[["" if value is None else f"{value:.2f}" for value in row] for row in rows],
            texttemplate="%{text}",
            hovertemplate="%{y} and %{x}: %{z:.3f}<extra></extra>",
        )
    )
    size = _CELL_PIXELS * len(people) + 120
    chart.update_layout(height=min(900, size), margin={"l": 0, "r": 8, "t": 8, "b": 30})
    chart.update_xaxes(type="category")
    chart.update_yaxes(autorange="reversed", type="category")
    return chart


def _apart(one: float | None, other: float | None) -> float:
    return 0.0 if one is None or other is None else max(0.0, one - other)


def _escaped(text: str) -> str:
    """A name as text: in a chart some signs mean something."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")
