"""Who looks at a page: the session cookie that came with the page's connection, looked up at every rerun."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.services.accounts.sign_in import session_actor
from labelbuddy_core.services.actors import Actor

COOKIE = "lb_session"
_SIGNED_IN = "_labelbuddy_signed_in"


def cookie() -> str | None:
    """The session token of this browser. Tests replace this function."""
    return st.context.cookies.get(COOKIE)


def current_actor() -> Actor | None:
    """The person signed in, or None; a revoked session is None at the next rerun."""
    token = cookie()
    actor = session_actor(token) if token else None
    if actor is not None:
        st.session_state[_SIGNED_IN] = True
    return actor


def was_signed_in() -> bool:
    """Whether somebody was signed in on this page before: where nobody is now, that ended elsewhere."""
    return _SIGNED_IN in st.session_state


def require_actor() -> Actor:
    """The person signed in; stops the page otherwise. Called at the top of every page, behind the gate as well."""
    actor = current_actor()
    if actor is None:
        st.error("Please sign in.")
        st.stop()
    return actor


def address() -> str:
    """Where this browser is, as far as Streamlit says (nothing on localhost)."""
    return st.context.ip_address or "local"
