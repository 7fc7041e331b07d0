"""Account: my password, my sessions, what I set for the editor, and my API tokens."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.domain.preferences import LEAST_LOUDNESS, MOST_LOUDNESS
from labelbuddy_core.services.accounts import accounts, preferences, sign_in, tokens
from pages import _session, _sign_in
from pages._elements import empty_state, plain, showing_errors

actor = _session.require_actor()
st.title("Account")
st.markdown(f"**{plain(actor.name)}** · `{actor.username}`")

left, right = st.columns(2)
with left, st.form("password", clear_on_submit=True):
    st.subheader("Password")
    present = st.text_input("Present password", type="password", autocomplete="current-password")
    new = st.text_input("New password", type="password", autocomplete="new-password", help="At least 10 characters.")
    again = st.text_input("New password again", type="password", autocomplete="new-password")
    if st.form_submit_button("Change password"):
        if new != again:
            st.error("The two new passwords differ.")
        else:
            with showing_errors():
                accounts.change_own_password(actor, present, new)
                _sign_in.sign_out(_session.cookie())
                st.rerun()
with right, st.container(border=True):
    st.subheader("Sessions")
    st.markdown("Left a browser open somewhere? This ends every sign-in of yours at its next action, this one too.")
    if st.button("Sign out everywhere", icon=":material/logout:"):
        sign_in.close_all_sessions(actor)
        _sign_in.sign_out(_session.cookie())
        st.rerun()
with right, st.container(border=True):
    st.subheader("Editor")
    mine_now = preferences.get_preferences(actor)
    levels = st.toggle(
        "Play all recordings equally loud",
        mine_now.leveling == "on",
        help="By their measured loudness, never past full scale. In the editor, Alt+N switches it.",
    )
    loudness = st.number_input(
        "Loudness (LUFS)",
        LEAST_LOUDNESS,
        MOST_LOUDNESS,
        mine_now.loudness,
        1.0,
        format="%.0f",
        disabled=not levels,
        help="−23 is the level of EBU R 128. Louder than that, recordings with high peaks stay quieter than others.",
    )
    if (wanted := "on" if levels else "off", loudness) != (mine_now.leveling, mine_now.loudness):
        mine_now = mine_now.model_copy(update={"leveling": wanted, "loudness": loudness})
        preferences.set_preferences(actor, mine_now)
        st.toast("Kept. The editor plays accordingly when it is opened the next time.")
    names = {"auto": "As the browser prefers", "en": "English", "de": "Deutsch"}
    language = st.selectbox(
        "Language of the editor", list(names), index=list(names).index(mine_now.language), format_func=names.__getitem__
    )
    if language != mine_now.language:
        preferences.set_preferences(actor, mine_now.model_copy(update={"language": language}))
        st.toast("Kept. The editor speaks it when it is opened the next time.")

st.subheader("API tokens")
with st.form("token", clear_on_submit=True):
    name, scope, days = st.columns([3, 1, 1])
    called = name.text_input("What is it for?", placeholder="Nightly export")
    may = scope.selectbox("It may", list(tokens.SCOPES), index=1)
    lasts = days.number_input("Days", 1, tokens.MAX_DAYS, 90)
    if st.form_submit_button("Make a token"):
        with showing_errors():
            made = tokens.create_token(actor, name=called, scope=may, days=int(lasts))
            st.success("Copy the token now; it is not shown again.")
            st.code(made["token"], language=None)
mine = tokens.list_tokens(actor)
if not mine:
    empty_state("No tokens", "Scripts use tokens to reach the HTTP API in your name.", ":material/key:")
for token in mine:
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
    row.markdown(f"**{plain(token['name'])}** · {token['scope']} · until {(token['expires_at'] or 'for ever')[:10]}")
    if row.button("Revoke", key=f"revoke-{token['id']}"):
        tokens.revoke_token(actor, token["id"])
        st.rerun()
