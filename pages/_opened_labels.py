"""The label set as a manager opened it: their table stays as it is while others change the set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

_EDITS = ("edited_rows", "added_rows", "deleted_rows")


@dataclass(frozen=True)
class OpenedLabels:
    """What a table of labels was made from, and the key it has; `overtaken` where the set is another one by now."""

    labels: list[dict[str, Any]]
    key: str
    overtaken: bool


def opened_labels(area: str, project: dict[str, Any]) -> OpenedLabels:
    """The labels that a table of the page shows: those of today, or those of when the edits in it began.

    Edits in a table go by the numbers of its rows, so what they were made in must not change below them.
    """
    name = f"_labelbuddy_opened_{area}"
    kept = st.session_state.get(name, {"project": None, "labels": [], "number": 0})
    edited = kept["project"] == project["id"] and _edited(_key(area, kept))
    if not edited and (kept["project"] != project["id"] or kept["labels"] != project["labels"]):
        kept = {"project": project["id"], "labels": project["labels"], "number": kept["number"] + 1}
        st.session_state[name] = kept
    return OpenedLabels(kept["labels"], _key(area, kept), kept["labels"] != project["labels"])


def open_anew(area: str) -> None:
    """Forget the edits in a table: it shows the labels of today."""
    name = f"_labelbuddy_opened_{area}"
    if name in st.session_state:
        number = st.session_state[name]["number"]
        st.session_state[name] = {"project": None, "labels": [], "number": number}


def _key(area: str, kept: dict[str, Any]) -> str:
    return f"{area}-{kept['project']}-{kept['number']}"


def _edited(key: str) -> bool:
    state = st.session_state.get(key)
    return state is not None and any(state.get(part) for part in _EDITS)
