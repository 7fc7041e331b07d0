"""Models: what is declared, declaring another by its YAML, and using one in a project."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.services import models, projects
from pages._elements import empty_state, plain, showing_errors
from pages._session import require_actor

actor = require_actor()
RUNS = {
    "container": (":material/deployed_code:", "Docker container"),
    "process": (":material/memory:", "process on this machine"),
    "remote": (":material/cloud:", "remote server"),
}
EXAMPLE = """image: "my-repo/my-model:v1"
input_schema: { "audio": "wav" }
output_schema:
  - { "type": "region", "labels": ["speech", "music"] }
resources: { "gpu": "false" }
"""


@st.dialog("Declare a model", width="large")
def declare(model: dict | None = None) -> None:
    """Write or paste the YAML of a model."""
    st.markdown("A model is declared by a YAML file: where it runs, what it hears and what it answers.")
    source = st.text_area("YAML", value=model["source"] if model else EXAMPLE, height=340)
    if not st.button("Save", type="primary"):
        return
    try:
        if model:
            models.update_model(actor, model["id"], source)
        else:
            models.create_model(actor, source)
    except SpecificationProblem as problem:
        st.error(plain(problem.detail))
        lines = source.splitlines()
        line = int(problem.extra.get("line") or 0)
        if 0 < line <= len(lines):
            st.code(f"{line}: {lines[line - 1]}", language="yaml")
        return
    with showing_errors():
        st.rerun()


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
    found = models.label_suggestions(actor, chosen, model["id"])
    names = {label["id"]: label["name"] for label in by_id[chosen]["labels"]}
    if found["suggested"]:
        pairs = ", ".join(f"{theirs} → {names[ours]}" for theirs, ours in found["suggested"].items())
        st.markdown(f"**Matched by name:** {plain(pairs)}")
    added = st.multiselect(
        "Labels of the model to add to this project",
        found["missing"],
        help="What the model says with other labels is left out.",
    )
    threshold = st.slider("Lowest score to suggest", 0.0, 1.0, 0.2, 0.01)
    automatic = st.checkbox("Ask the model about every new recording by itself")
    if model["license"]:
        st.caption(f"License: {plain(model['license'])}")
    if st.button("Use the model", type="primary", disabled=not (found["suggested"] or added)):
        with showing_errors():
            models.link_model(actor, chosen, model["id"], threshold=threshold, automatic=automatic, add_labels=added)
            st.rerun()


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
