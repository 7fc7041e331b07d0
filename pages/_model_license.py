"""The license of a model: shown where it is about to be used, and confirmed there when it restricts what one may do."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import models
from pages._elements import plain, showing_errors


def license_part(actor: Actor, model: dict[str, Any], place: str) -> bool:
    """Show the license, and a way to confirm it where that is lacking; returns whether the model may be used.

    `place` keeps the parts of one page apart.
    """
    state = model["license_state"]
    if not state["to_confirm"]:
        if state["license"]:
            who = f" · confirmed by {plain(state['confirmed_by'])}" if state["confirmed_by"] else ""
            st.caption(f"License: {plain(state['license'])}{who}")
        return True
    st.warning(
        f"**{plain(model['name'])}** has a license that restricts its use: {plain(state['license'])}. "
        "It holds for what it predicts, too, and goes into every export that contains that.",
        icon=":material/gavel:",
    )
    key = f"{place}-license-{model['id']}"
    read = st.checkbox("I have read the license, and our use keeps to it", key=f"{key}-read")
    if st.button("Confirm the license", key=key, type="primary", disabled=not read):
        with showing_errors():
            models.confirm_license(actor, model["id"], state["license"])
            st.rerun()
    return False
