"""The table in which managers edit a label set."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.label_sets import OKABE_ITO

COLUMNS = ["id", "name", "color", "key", "parent", "description"]


def label_table(labels: list[dict[str, Any]], *, key: str) -> pd.DataFrame:
    """An editable table of labels; rows can be added and removed."""
    rows = [
        {
            "id": label.get("id") or "",
            "name": label["name"],
            "color": label.get("color") or OKABE_ITO[number % len(OKABE_ITO)],
            "key": label.get("key") or "",
            "parent": label.get("parent") or "",
            "description": label.get("description") or "",
        }
        for number, label in enumerate(labels)
    ]
    st.html(" ".join(_swatch(row["name"], row["color"]) for row in rows))
    return st.data_editor(
        pd.DataFrame(rows, columns=COLUMNS),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "id": None,
            "name": st.column_config.TextColumn("Name", required=True, max_chars=80),
            "color": st.column_config.TextColumn("Color", help="#RRGGBB", validate=r"^#[0-9A-Fa-f]{6}$", width="small"),
            "key": st.column_config.TextColumn("Key", max_chars=1, help="Picks the label in the editor", width="small"),
            "parent": st.column_config.TextColumn("Parent", help="Id of the label above", width="small"),
            "description": st.column_config.TextColumn("Description"),
        },
    )


def _swatch(name: str, color: str) -> str:
    """The color of a label beside its name; the table can only show its code."""
    square = f"display:inline-block;width:.8em;height:.8em;border-radius:3px;background:{escape(color)}"
    return f'<span style="display:inline-block;margin-right:1em"><span style="{square}"></span> {escape(name)}</span>'


def labels_from(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The labels in an edited table, as the services take them; empty rows are passed over."""
    filled = rows.fillna("").astype(str)
    return [
        {name: row[name].strip() or None for name in COLUMNS}
        for row in filled.to_dict("records")
        if row["name"].strip()
    ]
