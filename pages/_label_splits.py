"""Splitting a label: by an answer, by the text, or by hand; and the list of what is left to decide by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.tasks import splitting_by_hand
from labelbuddy_core.services.tasks.splitting_by_hand import Picked
from pages._elements import Pager, instant, plain, rows_key, showing_errors
from pages._insight_links import at_place

_PAGE = 50
_BY_TEXT = "(its text)"
_BY_HAND = "(by hand)"
_KEEP = "–"


def split_fields(label: dict[str, Any]) -> dict[str, Any] | None:
    """The fields of a split; None while something is missing."""
    asked = {one["id"]: one for one in label["attributes"]}
    by = st.selectbox(
        "Split by",
        [*asked, _BY_TEXT, _BY_HAND],
        format_func=lambda one: asked[one]["name"] if one in asked else one,
        help="What the rule does not decide keeps the label, and can be decided one by one afterwards.",
        key=f"split-by-{label['id']}",
    )
    if by == _BY_HAND:
        names = st.text_area("Into, one a line", key=f"split-into-{label['id']}").splitlines()
        wanted = [name.strip() for name in names if name.strip()]
        return {"kind": "split", "label": label["id"], "by": "hand", "into": wanted} if wanted else None
    values = _values(asked[by]) if by in asked else []
    table = st.data_editor(
        pd.DataFrame({"Value": values or [""], "Label": [""] * max(1, len(values))}),
        num_rows="dynamic",
        hide_index=True,
        key=f"split-{label['id']}-{by}",
        column_config={"Label": st.column_config.TextColumn(help="A new name, or that of a label there is")},
    ).fillna("")
    rows = [(str(row["Value"]).strip(), str(row["Label"]).strip()) for row in table.to_dict("records")]
    for name in (name for value, name in rows if name and not value):
        st.warning(f"The row of {plain(name)} has no value: it decides nothing. Say which value gets that label.")
    into = dict(rows)
    into = {value: name for value, name in into.items() if value and name}
    if not into:
        return None
    change = {"kind": "split", "label": label["id"], "into": into}
    return {**change, "by": "text"} if by == _BY_TEXT else {**change, "by": "attribute", "attribute": by}


def _values(attribute: dict[str, Any]) -> list[str]:
    """The answers that an attribute can have, where they are few."""
    if attribute["kind"] == "yes-no":
        return ["yes", "no"]
    return ["1", "2", "3", "4", "5"] if attribute["kind"] == "rating" else list(attribute["choices"])


def split_list(actor: Actor, project: dict[str, Any], change: dict[str, Any]) -> None:
    """What still has the label that was split, with the label that each of it gets."""
    pager = Pager(f"split-{change['id']}", change["id"])
    found = splitting_by_hand.open_items(actor, change["id"], limit=_PAGE, cursor=pager.cursor)
    if not found["items"]:
        return
    names = {label["id"]: label["name"] for label in project["labels"]}
    targets = {names[one]: one for one in change["split"]["targets"] if one in names}
    count = found.get("total")
    title = f"To decide by hand{'' if count is None else f': {count:,}'}"
    with st.expander(title, icon=":material/checklist:", key=f"split-by-hand-{change['id']}"):
        rows = pd.DataFrame(
            [
                {
                    "Task": int(one["task"]),
                    "Recording": one["recording"],
                    "Annotator": one["annotator"],
                    "Time": "" if one["start"] is None else f"{instant(one['start'])} – {instant(one['end'])}",
                    "Text": one["text"] or "",
                    "Answers": ", ".join(f"{name}: {value}" for name, value in one["attributes"].items()),
                    "Open": at_place(project["id"], one["task"], one["start"] or 0.0),
                    "Label": _KEEP,
                }
                for one in found["items"]
            ]
        )
        edited = st.data_editor(
            rows,
            hide_index=True,
            width="stretch",
            disabled=[name for name in rows.columns if name != "Label"],
            key=rows_key(f"split-{change['id']}", [f"{one['annotation']}/{one['id']}" for one in found["items"]]),
            column_config={
                "Open": st.column_config.LinkColumn(display_text="open", help="Opens the task there"),
                "Label": st.column_config.SelectboxColumn(options=[_KEEP, *targets], required=True),
            },
        )
        pager.buttons(found["next_cursor"])
        picked = [
            Picked(one["annotation"], one["collection"], one["id"], targets[name])
            for one, name in zip(found["items"], edited["Label"], strict=True)
            if name in targets
        ]
        if st.button(
            f"Label {counted(len(picked), 'item')}", key=f"pick-{change['id']}", disabled=not picked, type="primary"
        ):
            with showing_errors():
                splitting_by_hand.pick_labels(actor, change["id"], picked)
                st.rerun()
