"""Annotate: the next task of the queue in the editor; submitting goes on to the one after."""

from __future__ import annotations

import streamlit as st

from components.wavesurfer_component import annotation_editor
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.tasks import hand_overs, queues, tasks
from pages._address import seconds_asked
from pages._elements import TASK_STATES, Pager, empty_state, length, page_header, pick_project, plain
from pages._session import require_actor

actor = require_actor()
_EDITOR = "annotation-editor"


def go_on() -> None:
    """The editor submitted, or took it back: show the task it names."""
    asked = st.session_state[_EDITOR].navigate
    if asked is not None and asked["task"] != st.query_params.get("task"):
        st.query_params.pop("at", None)
        if asked["task"]:
            st.query_params["task"] = asked["task"]
        else:
            st.query_params.pop("task", None)


def open_task(task_id: str) -> None:
    """Show another task of the queue."""
    st.query_params.pop("at", None)
    st.query_params["task"] = task_id


wanted = st.query_params.get("task")
task, linked, refused = None, None, ""
if wanted:
    try:
        task = tasks.get_task(actor, wanted)
        linked = task["project"]
        annotations.get_mine(actor, wanted)
    except LabelBuddyError as error:
        task, refused = None, error.detail
project = pick_project(actor, "annotator", linked=linked)
if refused:
    where = f" in **{plain(project['name'])}**" if project else ""
    st.warning(f"{plain(refused)} Here is the next task of your queue{where} instead.", icon=":material/block:")
if project is None:
    st.title("Annotate")
    empty_state("Nothing to annotate", "You are not an annotator in any project yet; a manager can add you.")
    st.stop()
if task is None or task["project"] != project["id"]:
    found = queues.next_task(actor, project["id"])
    task = tasks.get_task(actor, found) if found else None
    if task:
        st.query_params["task"] = task["id"]

queue = queues.my_queue(actor, project["id"])
if task is None:
    st.title("Annotate")
    empty_state(
        "All done",
        f"Nothing waits for you in **{plain(project['name'])}**. You submitted {queue['submitted']} and "
        f"{queue['approved']} of your tasks are approved.",
        ":material/task_alt:",
    )
else:
    about = task["recording"]
    channels = {1: "mono", 2: "stereo"}.get(about["channels"], f"{about['channels']} channels")
    facts = f"{length(task['stop'] - task['start'])} · {about['sample_rate'] / 1000:g} kHz · {channels}"
    page_header(about["name"], facts)  # where the annotation stands, the editor says: it changes under the page
    for one in hand_overs.of_my_annotation(actor, task["id"]):
        st.caption(f":material/sync_alt: Begun by {plain(one['from'])}, handed over to {plain(one['to'])}.")
    annotation_editor(
        person=actor.id, task=task["id"], project=project["id"], key=_EDITOR, at=seconds_asked("at"), on_navigate=go_on
    )

pager = Pager("queue", project["id"])
mine = tasks.list_tasks(actor, project["id"], assignee=actor.username, order="newest", limit=25, cursor=pager.cursor)
if mine["items"]:
    with st.expander(
        f"My queue: {queue['rejected']} sent back, {queue['draft'] + queue['new']} open, "
        f"{queue['submitted']} submitted, {queue['approved']} approved, {queue['pool']} in the pool",
        key="my-queue",
    ):
        for one in mine["items"]:
            row = st.container(horizontal=True, vertical_alignment="center")
            name, color = TASK_STATES[one["my_state"]]
            row.button(
                plain(one["recording"]["name"]),
                key=f"open-{one['id']}",
                on_click=open_task,
                args=(one["id"],),
                type="tertiary",
            )
            row.markdown(f":{color}-badge[{name}]")
            if one["my_skip"] is not None:
                row.markdown(f":gray-badge[Skipped] {plain(one['my_skip'])}")
        pager.buttons(mine["next_cursor"])
