"""The tab of the project page about members and their roles."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.tasks import hand_overs
from pages._dialogs import dialog
from pages._elements import ROLE_NAMES, plain, showing_errors
from pages._reassigning import counts_told, hand_work_over

_REDRAWN = "_labelbuddy_roles_redrawn"


def people_tab(actor: Actor, project: dict[str, Any]) -> None:
    """Members with their roles; adding and removing them."""
    members = memberships.list_members(actor, project["id"])
    annotators = [one["username"] for one in members if "annotator" in one["roles"]]
    work = hand_overs.open_work(actor, project["id"])
    redrawn = st.session_state.setdefault(_REDRAWN, 0)
    for member in members:
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
        row.markdown(f"**{plain(member['name'])}** `{member['username']}` {_headphones(member['headphones'])}")
        roles = row.pills(
            "Roles",
            list(ROLE_NAMES),
            format_func=ROLE_NAMES.__getitem__,
            selection_mode="multi",
            default=member["roles"],
            key=f"roles-{project['id']}-{member['username']}-{'-'.join(member['roles'])}-{redrawn}",
            label_visibility="collapsed",
        )
        leaves = "annotator" in member["roles"] and "annotator" not in roles
        if not roles or (leaves and member["username"] in work):
            others = [one for one in annotators if one != member["username"]]
            _ask(actor, project, member, list(roles), work.get(member["username"]), others)
        elif sorted(roles) != sorted(member["roles"]):
            with showing_errors():
                memberships.set_member(actor, project["id"], member["username"], roles)
                st.rerun()
    givers = sorted({*annotators, *work})
    if (
        annotators
        and len(givers) > 1
        and st.button(
            "Hand somebody's work over …",
            icon=":material/sync_alt:",
            help="When somebody falls ill, or has left: drafts with history, what was sent back or not begun.",
        )
    ):
        hand_work_over(actor, project["id"], givers, annotators)
    known = {member["username"] for member in members}
    others = [one["username"] for one in memberships.people_to_invite(actor) if one["username"] not in known]
    with st.form("add-member", clear_on_submit=True):
        left, right = st.columns(2)
        username = left.selectbox("Add a person", others, index=None, placeholder="Choose somebody with an account")
        roles = right.multiselect("Roles", list(ROLE_NAMES), default=["annotator"], format_func=ROLE_NAMES.__getitem__)
        if st.form_submit_button("Add") and username:
            with showing_errors():
                memberships.set_member(actor, project["id"], username, roles)
                st.rerun()
    if not others:
        st.caption("Everybody with an account is a member. An administrator adds accounts on the People page.")


def _headphones(check: dict[str, Any] | None) -> str:
    """The last headphones check of a member, in a badge."""
    if check is None:
        return ""
    color, word = ("green", "headphones passed") if check["passed"] else ("orange", "headphones not passed")
    return f":{color}-badge[:material/headphones: {word}, {check['at'][:10]}] :small[{plain(check['device'])}]"


def _show_roles_as_they_are() -> None:
    """The browser remembers what was deselected; only other pills show the roles again."""
    st.session_state[_REDRAWN] += 1


def _ask(actor: Actor, project: dict[str, Any], member: dict[str, Any], roles: list[str], *about: Any) -> None:
    """Ask before somebody leaves the project, or annotates no more and has work left."""
    title = "Take the role of annotator?" if roles else "Remove from the project?"
    ask = dialog(title, on_dismiss=_show_roles_as_they_are)
    ask(_confirm_removal)(actor, project, member, roles, *about)


def _confirm_removal(
    actor: Actor,
    project: dict[str, Any],
    member: dict[str, Any],
    roles: list[str],
    work: dict[str, int] | None,
    others: list[str],
) -> None:
    name = plain(member["name"])
    st.markdown(
        f"**{name}** would annotate no more in this project."
        if roles
        else f"**{name}** would have no role left, and not see this project any more."
    )
    st.markdown("What was handed in stays, under their name.")
    taker = None
    if work is not None:
        st.markdown(f"Still open: **{counts_told(work)}**.")
        taker = st.selectbox(
            "What becomes of it?",
            [None, *others],
            format_func=lambda one: f"Hand it over to {one}" if one else "Give the tasks free",
            key=f"work-of-{member['username']}",
        )
        st.caption(
            "It goes on as their work; every revision keeps the name of who made it."
            if taker
            else "Others can take these tasks at once. Drafts are kept with their history, and can be handed over "
            "later; what was sent back waits for that."
        )
    keep, remove = st.columns(2)
    if keep.button("Keep", width="stretch"):
        _show_roles_as_they_are()
        st.rerun()
    if remove.button("Take the role" if roles else "Remove", type="primary", width="stretch"):
        with showing_errors():
            memberships.set_member(actor, project["id"], member["username"], roles, hand_over_to=taker)
            st.rerun()
