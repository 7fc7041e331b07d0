"""What pages draw again and again: headers, empty states, errors, choosing a project, states in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services import projects
from labelbuddy_core.services.actors import Actor

TASK_STATES = {
    "new": ("New", "gray"),
    "in_progress": ("In progress", "blue"),
    "submitted": ("Waiting for review", "orange"),
    "rejected": ("Sent back", "red"),
    "approved": ("Approved", "green"),
}
RECORDING_STATES = {"queued": ("Being read", "blue"), "ready": ("Ready", "green"), "failed": ("Failed", "red")}
STRATEGIES = {
    "pool": "Shared pool: whoever is free takes the next task",
    "disjoint": "Dealt out: every annotator gets an own share",
    "all": "Everybody: each annotator does every task",
}
_PROJECT = "_labelbuddy_project"


def empty_state(title: str, text: str, icon: str = ":material/inbox:") -> None:
    """A quiet box that says what is missing and what to do."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"### {icon} {title}")
        st.markdown(text)


@contextmanager
def showing_errors() -> Iterator[None]:
    """Show our errors where they happen instead of failing the page."""
    try:
        yield
    except LabelBuddyError as error:
        st.error(error.detail)


def pick_project(actor: Actor, role: str) -> dict[str, Any] | None:
    """The project chosen in the sidebar among those where the person has the role; None when there is none."""
    mine = [one for one in projects.list_projects(actor) if role in one["my_roles"]]
    if not mine:
        return None
    by_id = {one["id"]: one for one in mine}
    wanted = st.query_params.get("project") or st.session_state.get(_PROJECT)
    start = wanted if wanted in by_id else mine[0]["id"]
    with st.sidebar:
        chosen = st.selectbox(
            "Project",
            list(by_id),
            index=list(by_id).index(start),
            format_func=lambda one: by_id[one]["name"],
            key=f"project-for-{role}",
        )
    st.session_state[_PROJECT] = chosen
    if st.query_params.get("project") not in (None, chosen):
        st.query_params["project"] = str(chosen)
    return by_id[str(chosen)]


def remember_project(project_id: str) -> None:
    """Make a project the chosen one on every page."""
    st.session_state[_PROJECT] = project_id


def length(seconds: float | None) -> str:
    """A duration for tables: 3:07, 1:02:03."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
