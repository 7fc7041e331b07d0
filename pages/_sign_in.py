"""The sign-in form of streamlit-authenticator over our own credentials, lock-out and sessions.

A checked password becomes a one-time ticket, which the browser exchanges for an HttpOnly cookie and then reloads, so
that the page's connection carries it.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit_authenticator import Authenticate

from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.accounts import sign_in
from labelbuddy_core.services.installation import setup
from pages._brand import brand
from pages._session import address, was_signed_in

_TICKET = "_labelbuddy_ticket"
_SIGN_OUT = "_labelbuddy_sign_out"

_EXCHANGE = """
export default async function (component) {
  const answer = await fetch(new URL("api/v1/session/exchange", document.baseURI), {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({ticket: component.data.ticket})
  });
  if (answer.ok) location.reload();
  else component.parentElement.textContent = "The sign-in did not work; please reload the page.";
}
"""

_LEAVE = """
export default async function () {
  await fetch(new URL("api/v1/session", document.baseURI), {method: "DELETE"});
  location.assign(document.baseURI);
}
"""


def sign_in_page() -> None:
    """The form, or the set-up form while nobody has an account."""
    _, middle, _ = st.columns([1, 1.2, 1])
    with middle:
        brand()
        if was_signed_in():
            st.info("You were signed out, in another tab or because the session ended.", icon=":material/logout:")
        if setup.is_set_up():
            _sign_in_form()
        else:
            _set_up_form()


def finish_pending() -> bool:
    """Exchange a ticket, or sign out, when that is what this rerun is for; True when the page should stop here."""
    ticket = st.session_state.pop(_TICKET, None)
    if ticket is not None:
        component("labelbuddy.exchange", js=_EXCHANGE)(key="exchange", data={"ticket": ticket})
        st.caption("Signing in…")
        return True
    if st.session_state.pop(_SIGN_OUT, False):
        component("labelbuddy.leave", js=_LEAVE)(key="leave")
        return True
    return False


def sign_out(token: str | None) -> None:
    """End this session; every tab with it ends at its next action."""
    if token:
        sign_in.close_session(token)
    st.session_state[_SIGN_OUT] = True


def begin_session(user_id: int) -> None:
    """Sign somebody in whose credentials were just checked."""
    st.session_state[_TICKET] = sign_in.issue_ticket(user_id)
    st.rerun()


class _OwnCredentials:
    """Stands where streamlit-authenticator checks its dictionary of users: ours are in the database, with lock-out."""

    def login(self, username: str, password: str, *_: object, **__: object) -> bool:
        """Begin a session; the error of a refusal is shown under the form."""
        try:
            actor = sign_in.check_credentials(username, password, address())
        except LabelBuddyError as error:
            st.error(error.detail)
            return False
        begin_session(actor.id)
        return True


class _NoCookie:
    """Stands where streamlit-authenticator keeps its cookie, which scripts can read and nobody can revoke."""

    def get_cookie(self) -> None:
        """There is none: the session's cookie is HttpOnly and set by the exchange of the ticket."""

    def set_cookie(self) -> None:
        """Done by the exchange."""


class _SignInForm(Authenticate):
    """streamlit-authenticator's form over our credentials and sessions."""

    def __init__(self) -> None:  # its own would hash a dictionary of users and start its cookie manager
        self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.authentication_controller = _OwnCredentials()
        self.cookie_controller = _NoCookie()


def _sign_in_form() -> None:
    _SignInForm().login(fields={"Form name": "Sign in", "Login": "Sign in"}, key="sign-in")


def _set_up_form() -> None:
    st.info("Welcome. Nobody has an account yet: make the first administrator. The token stands in the console.")
    with st.form("set-up"):
        st.subheader("Set up LabelBuddy")
        token = st.text_input("Set-up token", help="Printed by `bin/run` when it starts.")
        name = st.text_input("Your name", autocomplete="name")
        username = st.text_input("Username", autocomplete="username")
        password = st.text_input(
            "Password", type="password", autocomplete="new-password", help="At least 10 characters."
        )
        again = st.text_input("Password again", type="password", autocomplete="new-password")
        sent = st.form_submit_button("Create administrator", type="primary", width="stretch")
    if not sent:
        return
    if password != again:
        st.error("The two passwords differ.")
        return
    values: dict[str, Any] = {"username": username, "name": name, "password": password}
    try:
        user = setup.create_first_administrator(token, values)
    except LabelBuddyError as error:
        st.error(error.detail)
        return
    begin_session(int(user["id"]))
