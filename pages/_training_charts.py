"""Charts of training: the curves of one run or of several, and how versions compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

Run = dict[str, Any]
COLORS = ("#0d9488", "#d97706", "#6366f1", "#e11d48", "#65a30d", "#0284c7", "#a855f7", "#78716c")
"""At least 3:1 on white and on the dark background."""
BAR = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale"],
}
"""Of Plotly: what leaves room for the title of a narrow chart. A drag zooms, a double click shows all again."""
_HEIGHT = 300
_FEW_EPOCHS = 60
_COUNTED_EPOCHS = 8
_ROW_PIXELS = 30
_REST_PIXELS = 90


def curves(runs: Sequence[Run], measure: str, title: str) -> go.Figure:
    """A figure over epochs: dotted on the examples that are learned from, solid on those for validation.

    The best epoch of a single run is marked.
    """
    chart = go.Figure()
    for place, run in enumerate(runs):
        color = COLORS[place % len(COLORS)]
        name = f"run {run['id']} " if len(runs) > 1 else ""
        for key, words, dash in ((measure, "training", "dot"), (f"validation_{measure}", "validation", "solid")):
            points = [(row["epoch"], row[key]) for row in run["epochs"] if key in row]
            if points:
                epochs, values = zip(*points, strict=True)
                line = {"color": color, "dash": dash}
                chart.add_scatter(x=epochs, y=values, mode=_mode(epochs), name=f"{name}{words}", line=line)
    if len(runs) == 1 and runs[0]["best_epoch"]:
        chart.add_vline(runs[0]["best_epoch"], line={"color": "#a8a29e", "dash": "dash"}, annotation_text="best")
    return _laid_out(chart, title, share=measure != "loss")


def label_curves(run: Run, labels: Sequence[str]) -> go.Figure:
    """F1 of labels over epochs, on the validation set where there is one."""
    known = any(name.startswith("validation_f1/") for row in run["epochs"] for name in row)
    prefix = "validation_f1/" if known else "f1/"
    chart = go.Figure()
    for place, label in enumerate(labels):
        points = [(row["epoch"], row[prefix + label]) for row in run["epochs"] if prefix + label in row]
        if points:
            epochs, values = zip(*points, strict=True)
            line = {"color": COLORS[place % len(COLORS)]}
            chart.add_scatter(x=epochs, y=values, mode=_mode(epochs), name=escape(label), line=line)
    return _laid_out(chart, "F1 of labels, validation" if known else "F1 of labels, training", share=True)


def versions(figures: Sequence[Mapping[str, Any]]) -> go.Figure:
    """What each version reaches on what was held out, with intervals, by label."""
    chart = go.Figure()
    names = [escape(one["label"] or "all labels") for one in figures]
    for place, version in enumerate(figures[0]["values"]):
        values = [one["values"][version] for one in figures]
        chart.add_scatter(
            x=[one["value"] for one in values],
            y=names,
            mode="markers",
            orientation="h",  # versions stand one below the other, not beside their values
            name=escape(version),
            marker={"color": COLORS[1 - place % 2], "size": 9},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_apart(one["high"], one["value"]) for one in values],
                "arrayminus": [_apart(one["value"], one["low"]) for one in values],
                "thickness": 1.5,
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    chart.update_layout(
        height=_ROW_PIXELS * len(names) + _REST_PIXELS,
        margin={"l": 0, "r": 8, "t": 8, "b": 30},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"},
        scattermode="group",
    )
    chart.update_xaxes(range=[-0.02, 1.02])
    chart.update_yaxes(autorange="reversed", type="category")
    return chart


def _mode(epochs: Sequence[int]) -> str:
    """Points are drawn where they can be told apart."""
    return "lines+markers" if len(epochs) <= _FEW_EPOCHS else "lines"


def _laid_out(chart: go.Figure, title: str, *, share: bool) -> go.Figure:
    """`share`: the values lie between 0 and 1."""
    chart.update_layout(
        title={"text": title, "font": {"size": 14}},
        height=_HEIGHT,
        margin={"l": 0, "r": 8, "t": 40, "b": 30},
        legend={"orientation": "h", "y": -0.3, "yanchor": "top"},
        showlegend=True,
    )
    traces: Any = chart.data
    last = max((epoch for trace in traces for epoch in trace.x), default=0)
    step = 1 if last <= _COUNTED_EPOCHS else None  # there is no half an epoch
    chart.update_xaxes(title={"text": "epoch", "standoff": 4}, rangemode="tozero", dtick=step)
    if share:
        chart.update_yaxes(range=[0.0, 1.05])
    else:
        chart.update_yaxes(rangemode="tozero")
    return chart


def _apart(high: float | None, low: float | None) -> float:
    return 0.0 if high is None or low is None else max(0.0, high - low)
