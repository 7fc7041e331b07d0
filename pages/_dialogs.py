"""Dialogs that stay open: Streamlit closes one whenever the page is run anew, and what was typed into it is gone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st

_OPEN = "a-dialog-is-open"
Parameters = ParamSpec("Parameters")
Shown = Callable[Parameters, None]


def dialog(
    title: str, *, width: Literal["small", "medium", "large"] = "small", on_dismiss: Callable[[], None] | None = None
) -> Callable[[Shown[Parameters]], Shown[Parameters]]:
    """As `st.dialog`, for one that a button opens; `show_changes` waits until it is closed.

    The page is run when somebody dismisses it, which forgets what was typed: long forms on pages that call no
    `show_changes` are better off with `st.dialog`.
    """

    def dismissed() -> None:
        st.session_state[_OPEN] = False
        if on_dismiss is not None:
            on_dismiss()

    def as_dialog(draw: Shown[Parameters]) -> Shown[Parameters]:
        shown = st.dialog(title, width=width, on_dismiss=dismissed)(draw)

        @wraps(draw)
        def call(*args: Parameters.args, **named: Parameters.kwargs) -> None:
            st.session_state[_OPEN] = True
            shown(*args, **named)

        return call

    return as_dialog


def page_begins() -> None:
    """A page that is run has no dialog until it opens one."""
    st.session_state[_OPEN] = False


def show_changes() -> None:
    """Run the page anew because of something that ended elsewhere, as soon as no dialog is open."""
    if not st.session_state.get(_OPEN):
        st.rerun()
