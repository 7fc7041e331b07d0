"""The tabs of the project page about tasks and export."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.releases.overlaps import joined_in_words
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports.exports import FORMATS, export_losses
from labelbuddy_core.services.tasks import activity, tasks
from pages._chosen_tasks import predict_chosen
from pages._elements import (
    TASK_STATES,
    WORK_STATES,
    Pager,
    length,
    plain,
    rows_key,
    showing_errors,
)
from pages._project_review import name_reviewers
from pages._reassigning import hand_work_over, reassign_chosen
from pages._sample import nothing_yet

Project = dict[str, Any]
RECORDING_FILTER = "tasks-recording"
"""Key of the filter by recording; other pages set it to lead to a task."""
_PAGE = 50


def tasks_tab(actor: Actor, project: Project) -> None:
    """Tasks with state and people, filtered and a page at a time; priority and assignment of the chosen one."""
    by_state = project["counts"]["by_state"]
    total = project["counts"]["tasks"]
    if not total:
        about = "Upload recordings in the next tab: each becomes a task when it has been read."
        nothing_yet(actor, project, "No tasks yet", about)
        return
    done = by_state.get("approved", 0)
    st.progress(done / total, text=f"{done} of {total} approved")
    left, middle, right, last = st.columns(4, vertical_alignment="bottom")
    names = {state: f"{title} ({by_state.get(state, 0)})" for state, (title, _) in TASK_STATES.items()}
    state = left.selectbox("State", [None, *names], format_func=lambda one: names[one] if one else "Every state")
    people = sorted(
        one["username"] for one in memberships.list_members(actor, project["id"]) if "annotator" in one["roles"]
    )
    assignee = middle.selectbox("Annotator", [None, *people], format_func=lambda one: one or "Everybody")
    name = right.text_input("Recording", placeholder="Part of the name", key=RECORDING_FILTER)
    marks = last.selectbox("Marked", [None, "Flagged", "Skipped"], format_func=lambda one: one or "Marked or not")
    flagged, skipped = marks == "Flagged", marks == "Skipped"
    pager = Pager("tasks", f"{project['id']}-{state}-{assignee}-{name}-{marks}")
    found = tasks.list_tasks(
        actor,
        project["id"],
        state=state,
        assignee=assignee,
        name=name or None,
        flagged=flagged,
        skipped=skipped,
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
            "From": length(task["start"]),
            "Length": length(task["stop"] - task["start"]),
            "State": TASK_STATES[task["state"]][0],
            "Annotators": _who(task),
            "Priority": task["priority"],
            "Flag": "" if task["flag"] is None else task["flag"] or "flagged",
            "Skipped": "; ".join(_skips(task)),
        }
        for task in found["items"]
    ]
    table = pd.DataFrame(rows)
    if not any(task["start"] for task in found["items"]):
        table = table.drop(columns="From")  # all are of whole recordings, or begin with them
    marked = [one for one in ("Flag", "Skipped") if any(row[one] for row in rows)]
    table = table.drop(columns=[one for one in ("Flag", "Skipped") if one not in marked])  # room for the others
    picked = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={
            "Task": st.column_config.NumberColumn(width=60),
            "From": st.column_config.TextColumn(width=70, help="Where in the recording the task begins"),
            "Length": st.column_config.TextColumn(width=70),
            "State": st.column_config.TextColumn(width=130),
            "Annotators": st.column_config.TextColumn(width=330 if len(marked) < 2 else 230),
            "Priority": st.column_config.NumberColumn(width=70),
            "Flag": st.column_config.TextColumn(width=150, help="What somebody wants you to know"),
            "Skipped": st.column_config.TextColumn(width=200, help="Who put the task off, and why"),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=rows_key("tasks", [one["id"] for one in found["items"]]),
    )
    pager.buttons(found["next_cursor"])
    chosen = [found["items"][row] for row in picked["selection"]["rows"]]
    if len(chosen) == 1:
        _one_task(actor, chosen[0], people)
    row = st.container(horizontal=True)
    ids, many = [task["id"] for task in chosen], counted(len(chosen), "task")
    if chosen and row.button(f"Predict {many} …", icon=":material/auto_awesome:"):
        predict_chosen(actor, project["id"], ids)
    if chosen and row.button(f"Assign or release {many} …", icon=":material/assignment_ind:"):
        reassign_chosen(actor, project["id"], ids, people)
    if chosen and row.button(f"Hand over {many} …", icon=":material/sync_alt:"):
        hand_work_over(actor, project["id"], sorted({*people, *_holders(chosen)}), people, ids)
    if chosen and row.button(f"Reviewers of {many} …", icon=":material/rate_review:"):
        name_reviewers(actor, project["id"], ids)
    spent = activity.active_seconds(actor, project["id"])
    if spent:
        by_person = ", ".join(f"{who} {length(seconds)}" for who, seconds in sorted(spent.items()))
        st.caption(f"Active time: {plain(by_person)}")


def _who(task: dict[str, Any]) -> str:
    """The annotators of a task by how they stand; a claim that has expired holds no place any more."""
    standing: dict[str, list[str]] = {}
    for one in task["work"]:
        late = ", claim expired" if one["username"] in task["expired"] else ""
        standing.setdefault(f"{WORK_STATES[one['state']]}{late}", []).append(one["username"])
    return "; ".join(f"{', '.join(names)} ({how})" for how, names in standing.items())


def _holders(tasks_: list[dict[str, Any]]) -> set[str]:
    """Everybody who has one of these tasks, also those who are no annotators any more."""
    return {one["username"] for task in tasks_ for one in task["work"]}


def _skips(task: dict[str, Any]) -> list[str]:
    return [f"{one['username']}: {one['skipped']}" for one in task["work"] if one["skipped"] is not None]


def _one_task(actor: Actor, task: dict[str, Any], people: list[str]) -> None:
    if task["flag"] is not None:
        row = st.container(horizontal=True, vertical_alignment="center")
        row.markdown(f":material/flag: {plain(task['flag']) or 'Flagged, without a note.'}")
        if row.button("Remove the flag"):
            with showing_errors():
                tasks.flag_task(actor, task["id"], flagged=False)
                st.rerun()
    for skip in _skips(task):
        st.markdown(f":material/skip_next: Skipped by {plain(skip)}")
    with st.form(f"task-{task['id']}", border=True):
        st.markdown(f"**{plain(task['recording']['name'])}**")
        priority = st.number_input("Priority (higher comes first)", -1000, 1000, task["priority"])
        assignees = st.multiselect("Annotators", people, default=[one for one in task["assignees"] if one in people])
        if st.form_submit_button("Save"):
            with showing_errors():
                tasks.change_task(actor, task["id"], {"priority": int(priority), "assignees": assignees})
                st.rerun()


def export_tab(actor: Actor, project: Project) -> None:
    """Choose what to export; the link streams it."""
    left, middle, right = st.columns(3)
    form = left.selectbox("Format", list(FORMATS), format_func=lambda one: FORMATS[one].title)
    which = middle.selectbox("Which annotations", list(WHICH_NAMES), format_func=WHICH_NAMES.__getitem__)
    audio = right.selectbox("Audio", list(AUDIO_NAMES), format_func=AUDIO_NAMES.__getitem__)
    merge = st.checkbox(
        "Put the tasks of each recording together",
        help="What two tasks have in their overlap counts once: docs/long-recordings.md says how.",
    )
    _losses(actor, project, form, which, merge=merge)
    address = f"{base_path()}/api/v1/projects/{project['id']}/export?format={form}&which={which}&audio={audio}"
    address += "&merge=true" if merge else ""
    st.link_button("Download", address, icon=":material/download:", type="primary")
    st.divider()
    st.caption("What annotators saw of suggestions, and accepted, edited or rejected: when, at which threshold.")
    decisions = f"{base_path()}/api/v1/projects/{project['id']}/suggestion-decisions?format=csv"
    st.link_button("Decisions on suggestions", decisions, icon=":material/download:")


def _losses(actor: Actor, project: Project, form: str, which: str, *, merge: bool) -> None:
    """What the format, and putting tasks together, loses of this project's data, counted when somebody asks for it."""
    never = FORMATS[form].loses
    st.caption("Does not carry: " + "; ".join(never) + "." if never else "Carries everything.")
    if FORMATS[form].carries is None and not merge:
        return
    if not st.button(
        "Count what would be lost", icon=":material/rule:", help="Goes through all annotations chosen above"
    ):
        return
    with showing_errors(), st.spinner("Going through the annotations"):
        found = export_losses(actor, project["id"], format_name=form, which=which, merge=merge)
        if found["joined"]:
            st.info(joined_in_words({one["what"]: one["count"] for one in found["joined"]}), icon=":material/join:")
        if found["lost"]:
            st.warning("Of these annotations: " + _counts(found["lost"]))
        elif not found["joined"]:
            st.success("Nothing of these annotations is lost.")


def _counts(found: list[dict[str, Any]]) -> str:
    return "; ".join(f"{one['count']:,} {one['what']}" for one in found) + "."


WHICH_NAMES = {
    "all": "All, drafts too",
    "submitted": "Submitted and approved",
    "approved": "Approved",
    "consensus": "Ground truth",
}
AUDIO_NAMES = {"none": "Without", "paths": "As paths to the API", "included": "Included (ZIP)"}
