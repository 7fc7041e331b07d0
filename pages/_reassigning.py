"""Who has the chosen tasks, and handing a person's open work over to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.tasks import hand_overs, task_assignment
from pages._dialogs import dialog
from pages._elements import plain, showing_errors

Project = dict[str, Any]


def _named(actor: Actor, project: str) -> Callable[[str], str]:
    """How a username is shown to choose from: with the person's name, so that either finds them."""
    names = {one["username"]: one["name"] for one in memberships.list_members(actor, project)}
    return lambda one: f"{names[one]} ({one})" if names.get(one, one) != one else one


@dialog("Who has these tasks?")
def reassign_chosen(actor: Actor, project: str, tasks: list[str], people: list[str]) -> None:
    """Give chosen tasks to annotators, or take them back."""
    named = _named(actor, project)
    chosen = st.multiselect("Annotators", people, key="annotators-of-chosen-tasks", format_func=named)
    instead = st.radio(
        "How",
        [False, True],
        format_func=lambda one: "Instead of those who have them" if one else "Besides those who have them",
        key="assign-how",
    )
    st.caption("Whoever has begun a task keeps it; hand it over, or release it, if somebody else should go on.")
    if st.button(f"Assign {counted(len(tasks), 'task')}", type="primary", disabled=not chosen):
        with showing_errors():
            done = task_assignment.assign_many(actor, project, tasks, chosen, add=not instead)
            kept = f", {done['kept']} kept by who has begun" if done["kept"] else ""
            told = f"{done['assigned']} assigned, {done['released']} taken back{kept}"
            if not (done["assigned"] or done["released"]):
                told = f"Nothing changed: who was chosen has {'it' if len(tasks) == 1 else 'them'} already{kept}."
            st.toast(told, icon=":material/check:")
            st.rerun()
    if st.button(
        f"Release {counted(len(tasks), 'task')}",
        help="Their places are free for others at once. Drafts stay, as if their authors had skipped the task.",
    ):
        with showing_errors():
            done = task_assignment.release_many(actor, project, tasks)
            st.toast(f"{done['released']} taken back, {done['drafts']} drafts put off", icon=":material/check:")
            st.rerun()


@dialog("Hand work over")
def hand_work_over(
    actor: Actor, project: str, givers: list[str], takers: list[str], tasks: list[str] | None = None
) -> None:
    """Choose whose open work goes to whom; what would go is told before. Who has left the project gives too."""
    st.caption(
        "Drafts, what was sent back and what is not begun go over; what was handed in stays with its author. Every "
        "revision keeps the name of who made it. The pool does not give these tasks to the first person again."
    )
    named = _named(actor, project)
    giver = st.selectbox(
        "From",
        givers,
        index=None,
        key="hand-over-from",
        format_func=lambda one: named(one) if one in takers else f"{named(one)}, no annotator any more",
    )
    others = [one for one in takers if one != giver]
    taker = st.selectbox("To", others, index=None, key=f"hand-over-to-{giver}", format_func=named)
    if giver is None or taker is None:
        return
    with showing_errors():
        found = hand_overs.preview(actor, project, giver=giver, taker=taker, tasks=tasks)
        st.markdown(told(found))
        for one in found["left"][:10]:
            st.caption(f"Left: {plain(one['recording'])}: {one['why']}")
        going = found["drafts"] + found["sent_back"] + found["not_begun"]
        if st.button("Hand over", type="primary", disabled=not going):
            hand_overs.hand_over(actor, project, giver=giver, taker=taker, tasks=tasks)
            st.toast(f"{counted(going, 'task')} handed over", icon=":material/sync_alt:")
            st.rerun()


def told(found: dict[str, Any]) -> str:
    """What goes over, in words."""
    left = f"; {len(found['left'])} stay, for the other person has begun them too" if found["left"] else ""
    return f"**{counts_told(found)}** go over{left}."


def counts_told(found: dict[str, Any]) -> str:
    """How much open work there is, in words."""
    return f"{counted(found['drafts'], 'draft')}, {found['sent_back']} sent back, {found['not_begun']} not begun"
