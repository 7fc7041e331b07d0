"""The table in which managers edit a label set."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.label_sets import OKABE_ITO
from labelbuddy_core.errors import Invalid

COLUMNS = ["id", "name", "color", "key", "parent", "overlap", "shortest", "vocabulary", "words", "description"]
OVERLAPS = {"allow": "may overlap", "forbid": "never overlap", "trim": "cut to fit"}
VOCABULARIES = {"free": "free", "harte": "chords (Harte)", "salami": "sections (SALAMI)", "own": "words of its own"}
KINDS = {"choice": "Choice", "number": "Number", "rating": "Rating 1–5", "text": "Text", "yes-no": "Yes or no"}


_MOST_ROWS_IN_VIEW = 40
"""A longer table scrolls by itself."""
_HEIGHT_OF_LONG = 1_000


def label_table(labels: list[dict[str, Any]], *, key: str) -> pd.DataFrame:
    """An editable table of labels; rows can be added and removed."""
    names = {label.get("id"): label["name"] for label in labels}
    rows = [
        {
            "id": label.get("id") or "",
            "name": label["name"],
            "color": label.get("color") or OKABE_ITO[number % len(OKABE_ITO)],
            "key": label.get("key") or "",
            "parent": names.get(label["parent"]) if label.get("parent") else None,
            "overlap": OVERLAPS[label.get("overlap") or "allow"],
            "shortest": label.get("shortest") or 0.0,
            "vocabulary": VOCABULARIES[label.get("vocabulary") or "free"],
            "words": ", ".join(label.get("words") or []),
            "description": label.get("description") or "",
        }
        for number, label in enumerate(labels)
    ]
    given_no_more = {label.get("id") for label in labels if label.get("deprecated")}
    if rows:  # Streamlit refuses empty HTML
        st.html(" ".join(_swatch(row["name"], row["color"], struck=row["id"] in given_no_more) for row in rows))
    return st.data_editor(
        pd.DataFrame(rows, columns=COLUMNS),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height="content" if len(rows) <= _MOST_ROWS_IN_VIEW else _HEIGHT_OF_LONG,
        placeholder="",
        column_config={
            "id": None,
            "name": st.column_config.TextColumn("Name", max_chars=80),  # not required: such rows would vanish unsaid
            "color": st.column_config.TextColumn("Color", help="#RRGGBB", validate=r"^#[0-9A-Fa-f]{6}$", width="small"),
            "key": st.column_config.TextColumn("Key", max_chars=1, help="Picks the label in the editor", width="small"),
            "parent": st.column_config.SelectboxColumn(
                "Parent",
                options=[label["name"] for label in labels],
                help="The label above; one that is new once it is saved",
            ),
            "overlap": st.column_config.SelectboxColumn(
                "Regions",
                options=list(OVERLAPS.values()),
                default=OVERLAPS["allow"],
                help="What happens where two of the label would overlap",
            ),
            "shortest": st.column_config.NumberColumn(
                "Shortest",
                min_value=0.0,
                max_value=3600.0,
                default=0.0,
                help="In seconds; 0: as short as you like",
                width="small",
            ),
            "vocabulary": st.column_config.SelectboxColumn(
                "Text",
                options=list(VOCABULARIES.values()),
                default=VOCABULARIES["free"],
                help="What the text of a region may be",
            ),
            "words": st.column_config.TextColumn(
                "Words", help="Separated by commas: what the text may be, where it is of words of its own"
            ),
            "description": st.column_config.TextColumn("Description"),
        },
    )


def _swatch(name: str, color: str, *, struck: bool) -> str:
    """The color of a label beside its name; the table can only show its code. What is given no more is struck out."""
    shown = f"<s>{escape(name)}</s>" if struck else escape(name)
    square = f"display:inline-block;width:.8em;height:.8em;border-radius:3px;background:{escape(color)}"
    return f'<span style="display:inline-block;margin-right:1em"><span style="{square}"></span> {shown}</span>'


def labels_from(rows: pd.DataFrame, before: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The labels in an edited table, as the services take them. Raises `Invalid` for a row without a name.

    What the table does not show (the attributes, and what is not given any more) stays as it was `before`; parents are
    named as they were called then.
    """
    attributes = {label["id"]: label["attributes"] for label in before or []}
    deprecated = {label["id"] for label in before or [] if label.get("deprecated")}
    ids = {label["name"]: label["id"] for label in before or []}
    filled = rows.fillna("").astype(str)
    labels = []
    for number, row in enumerate(filled.to_dict("records"), start=1):
        if not row["name"].strip():
            raise Invalid(f"Row {number} has no name: name the label, or tick the row and delete it.", field="labels")
        label: dict[str, Any] = {name: row[name].strip() or None for name in COLUMNS}
        label["parent"] = ids.get(label["parent"], label["parent"])
        label["overlap"] = _code(OVERLAPS, label["overlap"])
        label["vocabulary"] = _code(VOCABULARIES, label["vocabulary"])
        label["words"] = [word for one in row["words"].split(",") if (word := one.strip())]
        hidden = {"attributes": attributes.get(row["id"], []), "deprecated": row["id"] in deprecated}
        labels.append({**label, **hidden})
    return labels


def _code(titles: dict[str, str], title: str | None) -> str | None:
    return next((code for code, shown in titles.items() if shown == title), None)


def attribute_table(attributes: list[dict[str, Any]], *, key: str) -> pd.DataFrame:
    """An editable table of what is asked about every region of a label."""
    rows = [
        {
            "id": one["id"],
            "name": one["name"],
            "kind": KINDS[one["kind"]],
            "choices": ", ".join(one["choices"]),
            "required": one["required"],
        }
        for one in attributes
    ]
    return st.data_editor(
        pd.DataFrame(rows, columns=["id", "name", "kind", "choices", "required"]).astype({"required": "bool"}),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "id": None,
            "name": st.column_config.TextColumn("Asked", required=True, max_chars=80),
            "kind": st.column_config.SelectboxColumn("Answer", options=list(KINDS.values()), required=True),
            "choices": st.column_config.TextColumn("Choices", help="Separated by commas"),
            "required": st.column_config.CheckboxColumn("Required"),
        },
    )


def attributes_from(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The attributes in an edited table, as the services take them."""
    filled = rows.astype({"required": "object"}).fillna("")
    return [
        {
            "id": str(row["id"]).strip() or None,
            "name": str(row["name"]).strip(),
            "kind": _code(KINDS, str(row["kind"])) or "text",
            "choices": [choice.strip() for choice in str(row["choices"]).split(",") if choice.strip()],
            "required": bool(row["required"]),
        }
        for row in filled.to_dict("records")
        if str(row["name"]).strip()
    ]
