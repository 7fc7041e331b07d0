"""What managers choose about tables of labels: what a row is, and which column is what."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.imports import annotation_imports

ROWS = {
    "marks": "Regions and instants",
    "tags": "Tags of whole recordings, in one column",
    "tag-columns": "Tags of whole recordings, a column each",
}
_OF_CLIPS = ("recording", "hash", "annotator", "tags", "label", "text", "score")
"""Fields of rows about whole recordings."""
_OF_TAGS = {"label": "One tag a row", "tags": "Several tags a row, with | ; or , between them"}


def table_choices(chosen: dict[str, Any], report: dict[str, Any], key: str) -> dict[str, Any]:
    """The choices about tables, {columns, rows, tag_columns}; without a table those before."""
    columns = report["columns"]
    if not columns:
        return {name: chosen[name] for name in ("columns", "rows", "tag_columns")}
    told = annotation_imports.told_columns(columns, chosen["columns"])
    present = report.get("rows") or "marks"
    rows = st.selectbox("A row is", list(ROWS), list(ROWS).index(present), ROWS.__getitem__, f"rows-{key}")
    _say_what_is_missing(rows, told)
    fields = list(annotation_imports.table_fields())
    if rows == "marks":
        fields = [one for one in fields if one != "tags"]
    else:
        fields = [one for one in fields if one in _OF_CLIPS and (rows == "tags" or one not in ("tags", "label"))]
    found: dict[str, str] = dict(chosen["columns"])
    places = st.columns(4)
    for number, field in enumerate(fields):
        about = _OF_TAGS.get(field) if rows == "tags" else None
        found |= _column(places[number % 4], field, columns, told.get(field, ""), key, about)
    tags = _tag_columns(columns, report, key) if rows == "tag-columns" else None
    return {
        "columns": found,
        "rows": rows if rows != present else chosen["rows"],
        "tag_columns": chosen["tag_columns"] if tags is None else tags,
    }


def _say_what_is_missing(rows: str, told: dict[str, str]) -> None:
    if rows == "marks" and "start" not in told:
        st.warning(
            "No name of a column says where marks start. Choose it in *Column of start*, or say that a row is tags of "
            "a whole recording; then *Check again*."
        )
    if rows != "marks" and "recording" not in told and "hash" not in told:
        st.warning(
            "No name of a column says which recording a row is about. Choose it in *Column of recording*, "
            "then *Check again*."
        )
    if rows == "tags" and not {"tags", "label"} & set(told):
        st.warning("No name of a column says tags. Choose it in *Column of tags*, then *Check again*.")


def _column(place: Any, field: str, columns: list[str], present: str, key: str, about: str | None) -> dict[str, str]:
    """The choice of a field's column, nothing where its name tells it."""
    options = ["", *columns]
    name, at = f"column-{field}-{key}", options.index(present)
    column = place.selectbox(f"Column of {field}", options, at, lambda one: one or "None", name, help=about)
    return {field: column} if column != present else {}


def _tag_columns(columns: list[str], report: dict[str, Any], key: str) -> list[str] | None:
    """The columns that are tags, None for those that are told by what is in them."""
    told = [one for one in report.get("tag_columns", ()) if one in columns]
    picked = st.multiselect(
        "Columns of tags",
        columns,
        told,
        key=f"tag-columns-{key}",
        placeholder="Those with nothing but 0 and 1",
    )
    return None if picked == told else picked
