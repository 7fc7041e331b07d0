"""People: accounts, for administrators."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.services.accounts import accounts
from pages._dialogs import dialog
from pages._elements import plain, showing_errors
from pages._session import require_actor

actor = require_actor()
if not actor.is_administrator:
    st.error("This page is for administrators.")
    st.stop()


@dialog("Add a person")
def add_person() -> None:
    """Ask for a new account."""
    values = {
        "username": st.text_input("Username", help="Letters a–z, digits, dots, hyphens, underscores."),
        "name": st.text_input("Name"),
        "email": st.text_input("E-mail (optional)"),
        "password": st.text_input("First password", type="password", help="At least 10 characters; tell it to them."),
        "can_create_projects": st.checkbox("May create projects"),
        "is_administrator": st.checkbox("Administrator"),
    }
    if st.button("Add", type="primary"):
        with showing_errors():
            accounts.create_user(actor, values)
            st.rerun()


@dialog("Change a person")
def change_person(user: dict) -> None:
    """Change flags or set a new password."""
    st.markdown(f"**{plain(user['name'])}** · `{user['username']}`")
    changes = {
        "name": st.text_input("Name", user["name"]),
        "email": st.text_input("E-mail", user["email"]),
        "can_create_projects": st.checkbox("May create projects", user["can_create_projects"]),
        "is_administrator": st.checkbox("Administrator", user["is_administrator"]),
        "active": st.checkbox("Active (may sign in)", user["active"]),
    }
    password = st.text_input("New password (leave empty to keep it)", type="password")
    if st.button("Save", type="primary"):
        with showing_errors():
            accounts.update_user(actor, user["id"], {**changes, **({"password": password} if password else {})})
            st.rerun()


head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
head.title("People")
if head.button("Add a person", type="primary", icon=":material/person_add:"):
    add_person()
for user in accounts.list_users(actor):
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
    flags = [
        ":blue-badge[administrator]" if user["is_administrator"] else "",
        ":green-badge[may create projects]" if user["can_create_projects"] else "",
        "" if user["active"] else ":red-badge[deactivated]",
    ]
    about = [f"**{plain(user['name'])}** `{user['username']}`", plain(user["email"] or ""), *flags]
    row.markdown(" ".join(part for part in about if part))
    if row.button("Change", key=f"change-{user['id']}"):
        change_person(user)
