"""What pages draw again and again: headers, empty states, errors, choosing a project, states in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects
from pages._names_apart import names_apart

TASK_STATES = {
    "new": ("New", "gray"),
    "in_progress": ("In progress", "blue"),
    "submitted": ("Waiting for review", "orange"),
    "rejected": ("Sent back", "red"),
    "approved": ("Approved", "green"),
}
WORK_STATES = {
    "new": "not begun",
    "draft": "working",
    "submitted": "submitted",
    "rejected": "sent back",
    "approved": "approved",
}
RECORDING_STATES = {"queued": ("Being read", "blue"), "ready": ("Ready", "green"), "failed": ("Failed", "red")}
STRATEGIES = {
    "pool": "Shared pool: whoever is free takes the next task",
    "disjoint": "Dealt out: every annotator gets an own share",
    "all": "Everybody: each annotator does every task",
}
ROLE_NAMES = {"manager": "Manager", "annotator": "Annotator", "reviewer": "Reviewer"}
_PROJECT = "_labelbuddy_project"
_ADDRESSED = "_labelbuddy_project_of_the_address"


def empty_state(title: str, text: str, icon: str = ":material/inbox:") -> None:
    """A quiet box that says what is missing and what to do."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"### {icon} {title}")
        st.markdown(text)


def page_header(title: str, about: str) -> None:
    """What the page is about on the left, facts about it on the right."""
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    head.subheader(plain(title), width="content")
    head.caption(about, width="content")


@contextmanager
def showing_errors() -> Iterator[None]:
    """Show our errors where they happen instead of failing the page."""
    try:
        yield
    except LabelBuddyError as error:
        st.error(plain(error.detail))


def pick_project(actor: Actor, *roles: str, linked: str | None = None) -> dict[str, Any] | None:
    """The project chosen in the sidebar among those where the person has one of the roles; None when there is none.

    `linked` is the project that the address leads to, through a task for example. The address names the project that
    is shown, so that a reload shows it again.
    """
    mine = [one for one in projects.list_projects(actor) if set(roles) & set(one["my_roles"])]
    if not mine:
        return None
    by_id = {one["id"]: one for one in mine}
    names = names_apart({one["id"]: one["name"] for one in mine})
    asked = st.query_params.get("project")
    wanted = linked or asked or st.session_state.get(_PROJECT)
    start = wanted if wanted in by_id else mine[0]["id"]
    if asked and not linked and asked not in by_id:
        words = " or ".join(ROLE_NAMES[role].lower() for role in roles)
        st.warning(f"The project of this address does not exist, or you are no {words} in it. Here is another one.")
    key = f"project-for-{'-'.join(roles)}-{linked}"
    if key in st.session_state and asked in by_id and asked != st.session_state.get(_ADDRESSED):
        st.session_state[key] = asked  # the browser went back, or forward
    with st.sidebar:
        chosen = st.selectbox(
            "Project",
            list(by_id),
            index=0 if key in st.session_state else list(by_id).index(start),
            format_func=names.__getitem__,
            key=key,
            on_change=_choose,
            args=(key,),
        )
    st.session_state[_PROJECT] = st.session_state[_ADDRESSED] = chosen
    if st.query_params.get("project") != str(chosen):
        st.query_params["project"] = str(chosen)
    return by_id[str(chosen)]


def _choose(key: str) -> None:
    """Another project was chosen by hand: what the address leads to is not in it."""
    chosen = st.session_state[_PROJECT] = st.session_state[_ADDRESSED] = st.session_state[key]
    others = {name: value for name, value in st.query_params.items() if name not in ("task", "annotation")}
    st.query_params.from_dict({**others, "project": chosen})  # at once: each change is a step that Back takes


def remember_project(project_id: str) -> None:
    """Make a project the chosen one on every page."""
    st.session_state[_PROJECT] = project_id


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|$:<>~&])")


def plain(text: str) -> str:
    """A name as a person wrote it, for places that read Markdown: no sign in it means anything."""
    return _MARKDOWN.sub(r"\\\1", text)


def rows_key(name: str, ids: Iterable[str]) -> str:
    """A key for a table that changes with its rows: a selection must never move on to other rows."""
    return f"{name}-{hash(tuple(ids)) & 0xFFFFFFFF:x}"


class Pager:
    """Keeps which page of a long list is shown; another list, or other filters, start at the first page."""

    def __init__(self, name: str, filters: str) -> None:
        self._trails = st.session_state.setdefault(f"_labelbuddy_pages_{name}", {})
        if filters not in self._trails:
            self._trails.clear()
            self._trails[filters] = [None]
        self._trail: list[str | None] = self._trails[filters]
        self._name = name

    @property
    def cursor(self) -> str | None:
        """Where the shown page begins."""
        return self._trail[-1]

    @property
    def number(self) -> int:
        """The shown page, counted from 1."""
        return len(self._trail)

    def buttons(self, next_cursor: str | None) -> None:
        """Draw the way to the page before and after, where there is one."""
        row = st.container(horizontal=True, vertical_alignment="center")
        if self.number > 1 and row.button("Back", icon=":material/chevron_left:", key=f"{self._name}-back"):
            self._trail.pop()
            st.rerun()
        if next_cursor and row.button("More", icon=":material/chevron_right:", key=f"{self._name}-more"):
            self._trail.append(next_cursor)
            st.rerun()
        if self.number > 1:
            row.caption(f"Page {self.number}", width="content")


def instant(seconds: float) -> str:
    """An instant for tables, to the millisecond: 3:07.250."""
    whole, rest = divmod(round(seconds * 1000), 1000)
    return f"{length(whole)}.{rest:03d}"


def length(seconds: float | None) -> str:
    """A duration for tables: 3:07, 1:02:03."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
