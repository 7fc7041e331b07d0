"""The tab of the project page about members and their roles."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from pages._elements import ROLE_NAMES, plain, showing_errors
from pages._reassigning import hand_work_over

_REDRAWN = "_labelbuddy_roles_redrawn"


def people_tab(actor: Actor, project: dict[str, Any]) -> None:
    """Members with their roles; adding and removing them."""
    members = memberships.list_members(actor, project["id"])
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
        if not roles:
            _confirm_removal(actor, project, member)
        elif sorted(roles) != sorted(member["roles"]):
            with showing_errors():
                memberships.set_member(actor, project["id"], member["username"], roles)
                st.rerun()
    annotators = [one["username"] for one in members if "annotator" in one["roles"]]
    if len(annotators) > 1 and st.button(
        "Hand somebody's work over …",
        icon=":material/sync_alt:",
        help="When somebody falls ill: drafts with their history, what was sent back, and tasks not begun.",
    ):
        hand_work_over(actor, project["id"], annotators)
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


@st.dialog("Remove from the project?", on_dismiss=_show_roles_as_they_are)
def _confirm_removal(actor: Actor, project: dict[str, Any], member: dict[str, Any]) -> None:
    st.markdown(
        f"**{plain(member['name'])}** would have no role left. Tasks not begun go to others; what was annotated stays."
    )
    keep, remove = st.columns(2)
    if keep.button("Keep", width="stretch"):
        _show_roles_as_they_are()
        st.rerun()
    if remove.button("Remove", type="primary", width="stretch"):
        with showing_errors():
            memberships.set_member(actor, project["id"], member["username"], [])
            st.rerun()
