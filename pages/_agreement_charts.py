"""Charts of agreement: labels with intervals, pairs, confusions, boundaries, months, a task's stretches in dispute."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

_COLOR = "#0f766e"
_OTHER_COLOR = "#d97706"
_SHADES = [[0.0, "rgba(15,118,110,0.04)"], [1.0, "rgba(15,118,110,0.75)"]]
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


def confusion_matrix(matrix: dict[str, Any], *, ink: str) -> go.Figure:
    """What the rows said beside what the columns said: colors are shares of the row, numbers are counts, in the color
    `ink`: the cells let the ground of the page through, of which plotly knows nothing."""
    rows = _names(matrix["cells"], "row_name")
    columns = _names(matrix["cells"], "column_name")
    counts = {(cell["row_name"], cell["column_name"]): cell["count"] for cell in matrix["cells"]}
    table = [[counts.get((row, column), 0.0) for column in columns] for row in rows]
    shares = [[count / (sum(line) or 1.0) for count in line] for line in table]
    chart = go.Figure(
        go.Heatmap(
            z=shares,
            x=[_escaped(name) for name in columns],
            y=[_escaped(name) for name in rows],
            zmin=0.0,
            zmax=1.0,
            colorscale=_SHADES,
            xgap=2,
            ygap=2,
            text=[[f"{count:.4g}" if count else "" for count in line] for line in table],
            texttemplate="%{text}",
            textfont={"color": ink},
            hovertemplate="%{y} → %{x}: %{text} (%{z:.0%} of the row)<extra></extra>",
            showscale=False,
        )
    )
    chart.update_layout(
        height=min(900, _ROW_PIXELS * 1.4 * len(rows) + 130),
        width=min(1100, 70 * len(columns) + 220),
        margin={"l": 0, "r": 8, "t": 8, "b": 30},
    )
    chart.update_xaxes(type="category", title=_escaped(matrix["columns"]), showgrid=False)
    chart.update_yaxes(autorange="reversed", type="category", title=_escaped(matrix["rows"]), showgrid=False)
    return chart


def boundary_histogram(centers: list[float], counts: dict[str, list[int]]) -> go.Figure:
    """How many boundaries lie how many milliseconds after those of others, onsets and offsets."""
    chart = go.Figure(
        [
            go.Bar(
                x=[1000 * center for center in centers],
                y=counts[edge],
                name=edge,
                marker={"color": color},
                hovertemplate="%{x} ms: %{y}<extra></extra>",
            )
            for edge, color in zip(counts, (_COLOR, _OTHER_COLOR), strict=False)
        ]
    )
    chart.update_layout(
        height=260, margin={"l": 0, "r": 8, "t": 8, "b": 30}, bargap=0.05, legend={"orientation": "h", "y": 1.15}
    )
    chart.update_xaxes(title="ms late")
    chart.add_vline(x=0, line_width=1, line_dash="dot")
    return chart


def disagreement_chart(found: dict[str, Any], at: float) -> go.Figure:
    """The stretches of each label on which annotators differ; a line marks where the task is opened."""
    stretches = [one for one in found["stretches"] if not one["tag"]] or found["stretches"]
    chart = go.Figure(
        go.Bar(
            base=[one["start"] for one in stretches],
            x=[max(one["stop"] - one["start"], (found["stop"] - found["start"]) / 1000) for one in stretches],
            y=[_escaped(one["name"]) for one in stretches],
            orientation="h",
            marker={"color": _OTHER_COLOR},
            customdata=[
                [_escaped(", ".join(one["marked"])), _escaped(", ".join(one["unmarked"])), one["stop"]]
                for one in stretches
            ],
            hovertemplate="%{y}, %{base:.2f} – %{customdata[2]:.2f} s<br>marked by %{customdata[0]}"
            "<br>not by %{customdata[1]}<extra></extra>",
        )
    )
    lanes = len({one["name"] for one in stretches})
    chart.update_layout(
        height=_ROW_PIXELS * lanes + _REST_PIXELS, margin={"l": 0, "r": 8, "t": 8, "b": 30}, barmode="overlay"
    )
    chart.update_xaxes(range=[found["start"], found["stop"]], title="s")
    chart.update_yaxes(autorange="reversed", type="category")
    chart.add_vline(x=at, line_width=1, line_color=_COLOR)
    return chart


def months_chart(months: list[dict[str, Any]], kind: str, measure: str) -> go.Figure:
    """One figure of each month as a point with its interval."""
    known = [
        (month["since"][:7], one, month["tasks"])
        for month in months
        for one in month["figures"]
        if (one["kind"], one["measure"]) == (kind, measure) and one["value"] is not None
    ]
    chart = go.Figure(
        go.Scatter(
            x=[month for month, _, _ in known],
            y=[one["value"] for _, one, _ in known],
            mode="lines+markers",
            line={"color": _COLOR, "width": 1},
            marker={"color": _COLOR, "size": 9},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [_apart(one["high"], one["value"]) for _, one, _ in known],
                "arrayminus": [_apart(one["value"], one["low"]) for _, one, _ in known],
                "color": _COLOR,
                "thickness": 1.5,
            },
            customdata=[tasks for _, _, tasks in known],
            hovertemplate="%{x}: %{y:.3f}, %{customdata} tasks<extra></extra>",
        )
    )
    chart.update_layout(height=280, margin={"l": 0, "r": 8, "t": 8, "b": 30}, showlegend=False)
    chart.update_xaxes(type="category")
    return chart


def _names(cells: list[dict[str, Any]], name: str) -> list[str]:
    """Labels in order, nothing (a dash) last."""
    return sorted({cell[name] for cell in cells}, key=lambda one: (one == "–", one))


def _apart(one: float | None, other: float | None) -> float:
    return 0.0 if one is None or other is None else max(0.0, one - other)


def _escaped(text: str) -> str:
    """A name as text: in a chart some signs mean something."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")
