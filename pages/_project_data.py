"""The tabs of the project page about data: tasks, recordings and export."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component import upload_area
from labelbuddy_core.services import activity, projects, recordings, tasks
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports import FORMATS
from pages._elements import (
    RECORDING_STATES,
    TASK_STATES,
    WORK_STATES,
    Pager,
    empty_state,
    length,
    plain,
    rows_key,
    showing_errors,
)

Project = dict[str, Any]
_PAGE = 50


def tasks_tab(actor: Actor, project: Project) -> None:
    """Tasks with state and people, filtered and a page at a time; priority and assignment of the chosen one."""
    by_state = project["counts"]["by_state"]
    total = project["counts"]["tasks"]
    if not total:
        empty_state("No tasks yet", "Upload recordings in the next tab: each becomes a task when it has been read.")
        return
    done = by_state.get("approved", 0)
    st.progress(done / total, text=f"{done} of {total} approved")
    left, middle, right = st.columns([2, 2, 2])
    names = {state: f"{title} ({by_state.get(state, 0)})" for state, (title, _) in TASK_STATES.items()}
    state = left.selectbox("State", [None, *names], format_func=lambda one: names[one] if one else "Every state")
    people = sorted(
        one["username"] for one in projects.list_members(actor, project["id"]) if "annotator" in one["roles"]
    )
    assignee = middle.selectbox("Annotator", [None, *people], format_func=lambda one: one or "Everybody")
    name = right.text_input("Recording", placeholder="Part of the name")
    pager = Pager("tasks", f"{project['id']}-{state}-{assignee}-{name}")
    found = tasks.list_tasks(
        actor,
        project["id"],
        state=state,
        assignee=assignee,
        name=name or None,
        limit=_PAGE,
        cursor=pager.cursor,
    )
    if not found["items"]:
        st.caption("No task fits these filters.")
        return
    rows = [
        {
            "Task": int(task["id"]),
            "Recording": task["recording"]["name"],
            "Length": length(task["stop"] - task["start"]),
            "State": TASK_STATES[task["state"]][0],
            "Annotators": ", ".join(f"{one['username']} ({WORK_STATES[one['state']]})" for one in task["work"]),
            "Priority": task["priority"],
        }
        for task in found["items"]
    ]
    picked = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        column_config={
            "Task": st.column_config.NumberColumn(width=60),
            "Length": st.column_config.TextColumn(width=70),
            "State": st.column_config.TextColumn(width=130),
            "Annotators": st.column_config.TextColumn(width="large"),
            "Priority": st.column_config.NumberColumn(width=70),
        },
        on_select="rerun",
        selection_mode="single-row",
        key=rows_key("tasks", [one["id"] for one in found["items"]]),
    )
    pager.buttons(found["next_cursor"])
    chosen = picked["selection"]["rows"]
    if chosen:
        _one_task(actor, found["items"][chosen[0]], people)
    spent = activity.active_seconds(actor, project["id"])
    if spent:
        by_person = ", ".join(f"{who} {length(seconds)}" for who, seconds in sorted(spent.items()))
        st.caption(f"Active time: {plain(by_person)}")


def _one_task(actor: Actor, task: dict[str, Any], people: list[str]) -> None:
    with st.form(f"task-{task['id']}", border=True):
        st.markdown(f"**{plain(task['recording']['name'])}**")
        priority = st.number_input("Priority (higher comes first)", -1000, 1000, task["priority"])
        assignees = st.multiselect("Annotators", people, default=[one for one in task["assignees"] if one in people])
        if st.form_submit_button("Save"):
            with showing_errors():
                tasks.change_task(actor, task["id"], {"priority": int(priority), "assignees": assignees})
                st.rerun()


def recordings_tab(actor: Actor, project: Project) -> None:
    """Upload, watch and delete recordings."""
    upload_area(project=project["id"], key=f"upload-{project['id']}", on_uploaded=_nothing)
    counts = project["counts"]["recordings"]
    if not sum(counts.values()):
        empty_state("No recordings yet", "Drop audio files above; each becomes a task as soon as it has been read.")
        return
    left, right = st.columns(2)
    names = {state: f"{title} ({counts.get(state, 0)})" for state, (title, _) in RECORDING_STATES.items()}
    state = left.selectbox(
        "State", [None, *names], format_func=lambda one: names[one] if one else "Every state", key="recording-state"
    )
    name = right.text_input("Recording", placeholder="Part of the name", key="recording-name")
    pager = Pager("recordings", f"{project['id']}-{state}-{name}")
    found = recordings.list_recordings(
        actor, project["id"], state=state, name=name or None, limit=_PAGE, cursor=pager.cursor
    )
    if not found["items"]:
        st.caption("No recording fits these filters.")
        return
    for one in [one for one in found["items"] if one["state"] == "failed"]:
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
        row.markdown(f":red-badge[Failed] **{plain(one['name'])}** – {plain(one['problem'])}")
        if row.button("Retry", key=f"retry-{one['id']}"):
            with showing_errors():
                recordings.retry_recording(actor, one["id"])
                st.rerun()
    rows = [
        {
            "Name": one["name"],
            "Length": length(one["duration"]),
            "Rate (kHz)": None if one["sample_rate"] is None else one["sample_rate"] / 1000,
            "Channels": one["channels"],
            "Size (MB)": round(one["size"] / 1e6, 2),
            "State": RECORDING_STATES[one["state"]][0],
            "Loudness (LUFS)": (one["statistics"] or {}).get("loudness"),
            "Remark": _remark(one),
        }
        for one in found["items"]
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
        key=rows_key("recordings", [one["id"] for one in found["items"]]),
    )
    pager.buttons(found["next_cursor"])
    chosen = [found["items"][number] for number in picked["selection"]["rows"]]
    if chosen and st.button(f"Delete {len(chosen)} recording(s) …", icon=":material/delete:"):
        _confirm_delete(actor, chosen)


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


@st.dialog("Delete recordings?")
def _confirm_delete(actor: Actor, chosen: list[dict[str, Any]]) -> None:
    st.markdown(f"**{len(chosen)}** recording(s) with their tasks, annotations and reviews will be deleted for good:")
    st.markdown("\n".join(f"- {plain(one['name'])}" for one in chosen[:10]) + ("\n- …" if len(chosen) > 10 else ""))
    if st.button("Delete for good", type="primary"):
        with showing_errors():
            for one in chosen:
                recordings.delete_recording(actor, one["id"])
            st.rerun()


def export_tab(_actor: Actor, project: Project) -> None:
    """Choose what to export; the link streams it."""
    left, middle, right = st.columns(3)
    form = left.selectbox("Format", list(FORMATS), format_func=FORMAT_NAMES.__getitem__)
    which = middle.selectbox("Which annotations", list(WHICH_NAMES), format_func=WHICH_NAMES.__getitem__)
    audio = right.selectbox("Audio", list(AUDIO_NAMES), format_func=AUDIO_NAMES.__getitem__)
    lost = FORMATS[form].loses
    st.caption("Does not carry: " + "; ".join(lost) + "." if lost else "Carries everything.")
    address = f"/api/v1/projects/{project['id']}/export?format={form}&which={which}&audio={audio}"
    st.link_button("Download", address, icon=":material/download:", type="primary")


FORMAT_NAMES = {
    "csv": "CSV: a row a region, tag or caption",
    "json": "JSON: everything in one file",
    "jsonl": "JSON Lines: an annotation a line",
    "captions": "Captions, JSON Lines",
    "captions-csv": "Captions, CSV",
}
WHICH_NAMES = {
    "all": "All, drafts too",
    "submitted": "Submitted and approved",
    "approved": "Approved",
    "consensus": "Ground truth",
}
AUDIO_NAMES = {"none": "Without", "paths": "As paths to the API", "included": "Included (ZIP)"}


def _nothing() -> None:
    """The rerun that the finished upload causes is all that is needed."""
