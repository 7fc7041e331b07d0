"""The dialog that asks a model about chosen tasks of a project."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links
from labelbuddy_core.services.predictions import prediction_requests
from pages._dialogs import dialog
from pages._elements import plain, showing_errors
from pages._names_apart import names_apart


@dialog("Predict chosen tasks")
def predict_chosen(actor: Actor, project: str, tasks: list[str]) -> None:
    """Choose a model of the project and ask it about these tasks."""
    names = {link["model"]: plain(link["name"]) for link in model_links.project_models(actor, project)}
    if not names:
        st.markdown("The project uses no model yet: link one on the *Models* page.")
        return
    model = st.selectbox("Model", list(names), format_func=names_apart(names).__getitem__, key="model-of-chosen-tasks")
    again = st.checkbox("Ask again about tasks that it has predicted", help="The model runs anew.")
    if st.button(f"Predict {counted(len(tasks), 'task')}", type="primary") and model is not None:
        with showing_errors():
            prediction_requests.predict_tasks(actor, project, model, tasks, again=again)
            st.rerun()
