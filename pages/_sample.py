"""What the project page says of a sample project, also while it is being made, and its removal in one go."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.first_steps import samples
from pages._dialogs import dialog
from pages._elements import empty_state, plain, showing_errors


def sample_line(actor: Actor, project: dict[str, Any]) -> None:
    """That this is a sample, and the way to be rid of it."""
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(":material/science: A sample project: its sounds are made by formula. Try anything here.")
    if row.button("Remove this sample …", type="tertiary", icon=":material/delete:"):
        _confirm(actor, project)


def nothing_yet(actor: Actor, project: dict[str, Any], title: str, text: str) -> None:
    """What a part of the page says that nothing is in: what to do, or that the sample is still being made."""
    if project["sample"] and samples.is_being_made(actor, project["id"]):
        title, text = "The sample is being made", "Its recordings and tasks appear here; the progress is above."
    empty_state(title, text)


@dialog("Remove the sample?")
def _confirm(actor: Actor, project: dict[str, Any]) -> None:
    st.markdown(
        f"**{plain(project['name'])}** goes with its recordings and everything that was labeled in it. "
        "*New project* on the dashboard makes it again."
    )
    if st.button("Remove it", type="primary"):
        with showing_errors():
            samples.remove_sample(actor, project["id"])
            st.switch_page("dashboard.py")
