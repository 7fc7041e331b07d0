"""What is like a stretch: results with pictures and players, a label suggested for those ticked, and taking it back."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import sound_pictures
from labelbuddy_core.services.similarity import propagations
from labelbuddy_core.services.similarity.propagations import Place
from labelbuddy_core.services.similarity.similar_sounds import SimilarTo
from pages._elements import Pager, plain, showing_errors
from pages._sound_strips import sound_strip

ON_A_PAGE = 12
COLUMNS = 3


def clock(seconds: float) -> str:
    """A time for people: 0:07.25, 1:02:03.00."""
    minutes, rest = divmod(round(seconds, 2), 60.0)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:05.2f}" if hours else f"{minutes}:{rest:05.2f}"


def stretch(one: dict[str, Any]) -> str:
    """Where something was found, in words."""
    return f"{one['recording']}, {clock(one['start'])} – {clock(one['stop'])}"


def results(actor: Actor, project: dict[str, Any], found: dict[str, Any], key: str) -> list[Place]:
    """Draw a page of what was found, each with a tick; returns what is left out of all of it."""
    items = found["items"]
    pages = math.ceil(len(items) / ON_A_PAGE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=f"{key}-page") if hasattr(st, "pagination") else _page(pages, key)
    first = (page - 1) * ON_A_PAGE
    shown = list(enumerate(items))[first : first + ON_A_PAGE]
    pictures = sound_pictures.pictures(actor, [(one["task"], one["start"], one["stop"]) for _, one in shown])
    columns = st.columns(COLUMNS)
    names = {label["id"]: label["name"] for label in project["labels"]}
    for place, ((number, one), picture) in enumerate(zip(shown, pictures, strict=True)):
        with columns[place % COLUMNS].container(border=True):
            head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
            head.checkbox(
                f"**{one['similarity']:.2f}**",
                value=_taken(key, one),
                key=f"{key}-{number}",
                on_change=_keep,
                args=(key, number, one),
            )
            head.link_button("Open", opened(project, one), icon=":material/open_in_new:", type="tertiary")
            heard = (one["task"], one["start"], one["stop"])
            sound_strip(actor, picture, *heard, what=stretch(one), key=f"{key}-{number}-sound")
            badges = " ".join(f":gray-badge[{plain(names.get(label, label))}]" for label in one["labels"])
            st.caption(f"{plain(stretch(one))} {badges}")
    return [Place(one["task"], one["start"]) for one in items if not _taken(key, one)]


def _page(pages: int, key: str) -> int:
    return st.segmented_control("Page", range(1, pages + 1), default=1, key=f"{key}-page", required=True) or 1


def _left_out(key: str) -> set[tuple[str, float]]:
    return st.session_state.setdefault(f"{key}-left-out", set())


def _taken(key: str, one: dict[str, Any]) -> bool:
    return (one["task"], one["start"]) not in _left_out(key)


def _keep(key: str, number: int, one: dict[str, Any]) -> None:
    """A tick was changed; it is kept when another page is shown."""
    name = (one["task"], one["start"])
    if st.session_state[f"{key}-{number}"]:
        _left_out(key).discard(name)
    else:
        _left_out(key).add(name)


def opened(project: dict[str, Any], one: dict[str, Any]) -> str:
    """The address that opens a task where something was found: in the editor, for managers as models see it."""
    where = {"task": one["task"], "at": f"{one['start']:.3f}"}
    if "manager" in project["my_roles"]:
        return f"{base_path()}/project?{urlencode({'project': project['id'], **where})}"
    return f"{base_path()}/annotate?{urlencode(where)}"


def suggest_label(
    actor: Actor, project: dict[str, Any], found: dict[str, Any], wanted: SimilarTo, least: float, left_out: list[Place]
) -> None:
    """Draw the choice of a label and the button that suggests it for what is ticked."""
    labels = {label["id"]: label["name"] for label in project["labels"]}
    count = len(found["items"]) - len(left_out)
    if not labels or not found["items"]:
        return
    known = found["source"]["label"]
    row = st.container(horizontal=True, vertical_alignment="bottom")
    label = row.selectbox(
        "Label",
        list(labels),
        index=list(labels).index(known) if known in labels else None,
        placeholder="Choose a label",
        format_func=lambda one: labels[one],
        width=260,
    )
    asked = row.button(
        f"Suggest it for {count} {'stretch' if count == 1 else 'stretches'}",
        type="primary",
        icon=":material/label:",
        disabled=count == 0 or label is None,
    )
    whom = "to everybody who has the tasks" if "manager" in project["my_roles"] else "to you alone"
    st.caption(f"They become suggestions, shown {whom}, to accept or reject; their score is the similarity.")
    if asked and label is not None:
        with showing_errors():
            made = propagations.propagate(
                actor,
                project["id"],
                wanted,
                label=label,
                least=least,
                limit=count,
                leave_out=left_out,
            )
            st.toast(
                f"Suggested in {counted(made['tasks'], 'task')}. It can be taken back below.", icon=":material/label:"
            )


def past_propagations(actor: Actor, project: dict[str, Any]) -> None:
    """Draw what was propagated before, newest first, with a button to take each back."""
    pager = Pager("propagations", project["id"])
    found = propagations.list_propagations(actor, project["id"], limit=10, cursor=pager.cursor)
    if not found["items"]:
        return
    names = {label["id"]: label["name"] for label in project["labels"]}
    st.subheader("Propagated labels", anchor=False)
    for one in found["items"]:
        source = one["source"]
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        where = "a deleted task" if source["task"] is None else stretch({**source})
        row.markdown(
            f"**{plain(names.get(one['label'], one['label']))}** for "
            f"{counted(one['stretches'], 'stretch', 'stretches')} like {plain(where)}, "
            f"from {one['least']:.2f} on, by {plain(one['by'] or 'somebody')}",
            width="content",
        )
        if one["undone_at"] is None:
            row.button(
                "Take back",
                key=f"take-back-{one['id']}",
                icon=":material/undo:",
                on_click=_undo,
                args=(actor, one["id"]),
                help="Removes the suggestions that nobody has accepted yet",
            )
        else:
            row.markdown(f":gray-badge[taken back by {plain(one['undone_by'] or 'somebody')}]", width="content")
    pager.buttons(found["next_cursor"])


def _undo(actor: Actor, propagation: str) -> None:
    propagations.undo(actor, propagation)
