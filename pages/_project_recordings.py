"""The tab of the project page about recordings: upload, import, find, describe and delete them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component import upload_area
from labelbuddy_core.domain.attributes import STANDARD
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import recordings
from pages._cutting import cut_dialog
from pages._dialogs import dialog
from pages._elements import RECORDING_STATES, Pager, length, plain, rows_key, showing_errors
from pages._project_imports import imports_area
from pages._sample import nothing_yet

Project = dict[str, Any]
SHOWN = ("title", "artist", "license")
_PAGE = 50


def recordings_tab(actor: Actor, project: Project) -> None:
    """Upload, import, find, describe and delete recordings."""
    upload_area(person=actor.id, project=project["id"], key=f"upload-{project['id']}", on_uploaded=_nothing)
    imports_area(actor, project)
    counts = project["counts"]["recordings"]
    if not sum(counts.values()):
        about = "Drop audio files above; each becomes a task as soon as it has been read."
        nothing_yet(actor, project, "No recordings yet", about)
        return
    left, right = st.columns(2)
    names = {state: f"{title} ({counts.get(state, 0)})" for state, (title, _) in RECORDING_STATES.items()}
    state = left.selectbox(
        "State", [None, *names], format_func=lambda one: names[one] if one else "Every state", key="recording-state"
    )
    query = right.text_input("Search", placeholder="Words of the name or the attributes", key="recording-query")
    pager = Pager("recordings", f"{project['id']}-{state}-{query}")
    found = recordings.list_recordings(
        actor, project["id"], state=state, query=query or None, limit=_PAGE, cursor=pager.cursor
    )
    if not found["items"]:
        st.caption("No recording fits these filters.")
        return
    failed = [one for one in found["items"] if one["state"] == "failed"]
    readable = [one for one in found["items"] if one["state"] != "failed"]
    for one in failed:
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
        row.markdown(f":red-badge[Failed] **{plain(one['name'])}** – {plain(one['problem'])}")
        buttons = row.container(horizontal=True, width="content")
        if buttons.button("Retry", key=f"retry-recording-{one['id']}"):
            with showing_errors():
                recordings.retry_recording(actor, one["id"])
                st.rerun()
        if buttons.button("Delete …", key=f"delete-recording-{one['id']}"):
            _confirm_delete(actor, [one])
    if len(failed) > 1 and st.button(f"Delete these {len(failed)} failed recordings …", icon=":material/delete:"):
        _confirm_delete(actor, failed)
    if readable:
        _table(actor, project, readable)
    pager.buttons(found["next_cursor"])


def _table(actor: Actor, project: Project, found: list[dict[str, Any]]) -> None:
    """The recordings of a page that can be used, and what may be done with those that are ticked."""
    told = [name for name in SHOWN if any(one["attributes"].get(name) for one in found)]
    rows = [
        {
            "Name": one["name"],
            **{name.title(): one["attributes"].get(name, "") for name in told},
            "Length": length(one["duration"]),
            "Rate (kHz)": None if one["sample_rate"] is None else one["sample_rate"] / 1000,
            "Channels": one["channels"],
            "Size (MB)": round(one["size"] / 1e6, 2),
            "State": RECORDING_STATES[one["state"]][0],
            "Loudness (LUFS)": (one["statistics"] or {}).get("loudness"),
            "Remark": _remark(one),
        }
        for one in found
    ]
    picked = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        column_config={
            "Name": st.column_config.TextColumn(width="large"),
            "Length": st.column_config.TextColumn(width=70),
            "Rate (kHz)": st.column_config.NumberColumn(width=80),
            "Channels": st.column_config.NumberColumn(width=80),
            "Size (MB)": st.column_config.NumberColumn(width=80),
            "State": st.column_config.TextColumn(width=100),
            "Loudness (LUFS)": st.column_config.NumberColumn(width=110, format="%.1f", help="Integrated, BS.1770-4"),
        },
        selection_mode="multi-row",
        key=rows_key("recordings", [one["id"] for one in found]),
    )
    chosen = [found[number] for number in picked["selection"]["rows"]]
    row = st.container(horizontal=True)
    which = counted(len(chosen), "recording") if chosen else "all recordings"
    if row.button(f"Cut {which} into tasks …", icon=":material/content_cut:"):
        cut_dialog(actor, project, [one["id"] for one in chosen] or None)
    if not chosen:
        return
    if len(chosen) == 1 and row.button("Name and attributes …", icon=":material/edit:"):
        _edit(actor, chosen[0])
    if row.button(f"Delete {which} …", icon=":material/delete:"):
        _confirm_delete(actor, chosen)


@dialog("Name and attributes", width="large")
def _edit(actor: Actor, recording: dict[str, Any]) -> None:
    name = st.text_input("Name", recording["name"], max_chars=200)
    before = {**dict.fromkeys(STANDARD, ""), **recording["attributes"]}
    table = st.data_editor(
        pd.DataFrame({"Attribute": list(before), "Text": list(before.values())}),
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        key=f"attributes-{recording['id']}",
    )
    if st.button("Save", type="primary"):
        after = {str(key): str(text or "") for key, text in zip(table["Attribute"], table["Text"], strict=True) if key}
        with showing_errors():
            gone = dict.fromkeys(set(before) - set(after))
            recordings.change_recording(actor, recording["id"], name=name, attributes={**gone, **after})
            st.rerun()


def _remark(recording: dict[str, Any]) -> str:
    """What to know about a recording before it is labeled."""
    found = recording["statistics"] or {}
    clipped = found.get("clipped_samples") or 0
    said = [
        recording["warning"],
        recording["problem"],
        f"Clipped: {clipped:,} samples at full scale" if clipped else None,
        found.get("problem"),
    ]
    return " ".join(one for one in said if one)


@dialog("Delete recordings?")
def _confirm_delete(actor: Actor, chosen: list[dict[str, Any]]) -> None:
    st.markdown(
        f"**{counted(len(chosen), 'recording')}** with all tasks, annotations and reviews will be deleted for good:"
    )
    st.markdown("\n".join(f"- {plain(one['name'])}" for one in chosen[:10]) + ("\n- …" if len(chosen) > 10 else ""))
    if st.button("Delete for good", type="primary"):
        with showing_errors():
            for one in chosen:
                recordings.delete_recording(actor, one["id"])
            st.rerun()


def _nothing() -> None:
    """The rerun that the finished upload causes is all that is needed."""
