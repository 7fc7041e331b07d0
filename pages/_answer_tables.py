"""What a model said, drawn: its text, a chart over the sound, and tables of regions, points and tags."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._answer_chart import answer_chart

_COLUMNS = {
    "start": "Start (s)",
    "end": "End (s)",
    "time": "Time (s)",
    "label": "Label",
    "position": "Beat of the bar",
    "score": "Score",
    "low": "Low (Hz)",
    "high": "High (Hz)",
    "text": "Text",
}


def draw_answer(answer: dict[str, Any], key: str) -> None:
    """Draw {start, stop (s), outline, regions, points, tags, text, counts}; `counts` says how many there are in all."""
    counts = answer["counts"]
    points = answer.get("points") or []  # answers of older jobs have none
    if answer["text"]:
        st.text(answer["text"])
    st.plotly_chart(
        answer_chart(answer),
        width="stretch",
        config={"displayModeBar": False},
        key=f"{key}-chart",
        alt=f"The waveform of the stretch, and below it {count(counts['regions'], 'region')} by label",
    )
    if answer["regions"] or points or answer["tags"]:
        left, right = st.columns([3, 2])
        with left:
            if answer["regions"] or not points:
                _table("Regions", rows_of(answer["regions"]), counts["regions"])
            if points:
                _table("Points", rows_of(points), counts.get("points", len(points)))
        with right:
            tags = [{"Tag": one["label"], "Score": one["score"]} for one in answer["tags"]]
            _table("Tags", tags, counts["tags"])
    elif not answer["text"]:
        st.info("The model found nothing with this lowest score.")


def count(number: int, what: str) -> str:
    """For example "2 regions"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def rows_of(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table; a column that no item has is left out."""
    given = [name for name in _COLUMNS if any(one.get(name) is not None for one in items)]
    return [{_COLUMNS[name]: one.get(name) for name in given} for one in items]


def _table(title: str, rows: list[dict[str, Any]], total: int) -> None:
    more = f" (the {len(rows):,} likeliest of {total:,})" if total > len(rows) else ""
    st.markdown(f"**{title}**{more}")
    if not rows:
        st.caption("None")
        return
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        column_config={
            "Score": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f"),
            "Start (s)": st.column_config.NumberColumn(format="%.3f"),
            "End (s)": st.column_config.NumberColumn(format="%.3f"),
            "Time (s)": st.column_config.NumberColumn(format="%.3f"),
        },
    )
