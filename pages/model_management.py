"""Models: what is declared, declaring another by its YAML, and using one in a project."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.services import models, projects
from pages._elements import empty_state, plain, showing_errors
from pages._model_links import link_editor
from pages._model_yaml import history, yaml_editor
from pages._session import require_actor

actor = require_actor()
RUNS = {
    "container": (":material/deployed_code:", "Docker container"),
    "process": (":material/memory:", "process on this machine"),
    "remote": (":material/cloud:", "remote server"),
}


@st.dialog("Declare a model", width="large")
def declare(model: dict | None = None) -> None:
    """Write, paste or upload the YAML of a model."""
    yaml_editor(actor, model)


@st.dialog("History", width="large")
def show_history(model: dict) -> None:
    """Earlier versions of the model's file."""
    history(actor, model)


@st.dialog("Use in a project", width="large")
def link(model: dict) -> None:
    """Choose the project, how labels correspond, and the threshold."""
    mine = [one for one in projects.list_projects(actor) if "manager" in one["my_roles"]]
    if not mine:
        st.info("Create a project first.")
        return
    by_id = {one["id"]: one for one in mine}
    chosen = st.selectbox("Project", list(by_id), format_func=lambda one: by_id[one]["name"])
    chosen = chosen or mine[0]["id"]
    if model["license"]:
        st.caption(f"License: {plain(model['license'])}")
    with showing_errors():
        link_editor(actor, by_id[chosen], model["id"])


head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
head.title("Models")
if head.button("Declare a model", type="primary", icon=":material/add:"):
    declare()
with showing_errors():
    found = models.list_models(actor)
    if not found:
        empty_state("No models yet", "Declare one with its YAML file; it then helps annotators with suggestions.")
    for model in found:
        icon, runs = RUNS[model["runs"]]
        with st.container(border=True):
            title, buttons = st.columns([3, 2], vertical_alignment="center")
            title.markdown(f"#### {icon} {plain(model['name'])} :gray-badge[{plain(model['version'])}]")
            row = buttons.container(horizontal=True, horizontal_alignment="right")
            if row.button("Use in a project", key=f"link-{model['id']}", type="primary"):
                link(model)
            if row.button("YAML", key=f"yaml-{model['id']}"):
                declare(models.get_model(actor, model["id"]))
            if row.button("History", key=f"history-{model['id']}"):
                show_history(models.get_model(actor, model["id"]))
            st.markdown(plain(model["description"]) or "No description.")
            labels = ", ".join(model["labels"][:12]) + (
                f" … {len(model['labels'])} in all" if len(model["labels"]) > 12 else ""
            )
            memory = model["resources"]["memory"] // 1024**2
            st.caption(
                f"Runs as a {runs} (`{model['place']}`) · {', '.join(model['outputs']) or 'no declared output'} · "
                f"up to {memory} MB, {model['resources']['cpus']:g} cores"
                f"{' · GPU' if model['resources']['gpu'] else ''} · {plain(model['license']) or 'no license given'}"
            )
            if labels:
                st.caption(f"Labels: {plain(labels)}")
