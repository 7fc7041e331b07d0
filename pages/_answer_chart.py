"""A model's answer drawn over the shape of the sound: a lane for each label."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

_LANES = 16
"""Labels that get a lane, those with the highest scores; the table has all."""
_LANE_PIXELS = 24
_SEEN = 500
_WAVE_PIXELS = 90
_REST_PIXELS = 70
_GRAY = "#8a94a6"
_COLORS = ("#0f766e", "#d97706", "#4f46e5", "#be185d", "#65a30d", "#0284c7")


def answer_chart(answer: dict[str, Any]) -> go.Figure:
    """Waveform above, regions below, over seconds of recording time; the score is how solid a region is."""
    # an instant is a region that is as thin as can be seen
    thin = (answer["stop"] - answer["start"]) / _SEEN
    points = [{**one, "start": one["time"], "end": one["time"] + thin} for one in answer.get("points") or ()]
    lanes = _lanes([*answer["regions"], *points])
    below = _LANE_PIXELS * len(lanes)
    figure = make_subplots(
        rows=2 if lanes else 1,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.02,
        row_heights=[_WAVE_PIXELS, below] if lanes else [1],
    )
    times, edge = _wave(answer)
    figure.add_trace(
        go.Scatter(
            x=[*times, *times[::-1]],
            y=[*edge, *(-one for one in edge[::-1])],
            fill="toself",
            mode="none",
            fillcolor=_GRAY,
            hoverinfo="skip",
        ),
        row=1,
        col=1,
    )
    for number, (label, regions) in enumerate(lanes.items()):
        figure.add_trace(_lane(label, regions, _COLORS[number % len(_COLORS)]), row=2, col=1)
    figure.update_layout(
        height=_WAVE_PIXELS + below + _REST_PIXELS,
        margin={"l": 0, "r": 8, "t": 8, "b": 30},
        showlegend=False,
        bargap=0.25,
        barmode="overlay",
    )
    figure.update_xaxes(range=[answer["start"], answer["stop"]], showgrid=False)
    figure.update_xaxes(title_text="Seconds", row=2 if lanes else 1, col=1)
    highest = max([0.01, *answer["outline"]])
    figure.update_yaxes(visible=False, range=[-highest, highest], row=1, col=1)
    if lanes:
        figure.update_yaxes(autorange="reversed", type="category", row=2, col=1)
    return figure


def _lanes(regions: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    by_label: dict[str, list[dict[str, Any]]] = {}
    for region in regions:
        by_label.setdefault(region["label"], []).append(region)
    likeliest = sorted(by_label, key=lambda label: -max(one["score"] or 0.0 for one in by_label[label]))
    return {label: by_label[label] for label in likeliest[:_LANES]}


def _lane(label: str, regions: list[dict[str, Any]], color: str) -> go.Bar:
    scores = [one["score"] for one in regions]
    return go.Bar(
        orientation="h",
        y=[label] * len(regions),
        base=[one["start"] for one in regions],
        x=[one["end"] - one["start"] for one in regions],
        marker={"color": color, "opacity": [1.0 if score is None else 0.3 + 0.7 * score for score in scores]},
        customdata=[[one["end"], "–" if one["score"] is None else f"{one['score']:.2f}"] for one in regions],
        hovertemplate=f"{_escaped(label)}<br>%{{base:.2f}} – %{{customdata[0]:.2f}} s<br>score %{{customdata[1]}}"
        "<extra></extra>",
    )


def _wave(answer: dict[str, Any]) -> tuple[list[float], list[float]]:
    edge = answer["outline"]
    step = (answer["stop"] - answer["start"]) / max(1, len(edge))
    return [answer["start"] + (number + 0.5) * step for number in range(len(edge))], edge


def _escaped(text: str) -> str:
    """A label as text: in a hover text some signs mean something."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")
