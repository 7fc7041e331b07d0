"""The versions of a model in a project: which one is used, promote and roll back, weights and cards to download."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services import training_sets, training_versions
from labelbuddy_core.services.actors import Actor
from pages._elements import empty_state, plain, showing_errors

Project = dict[str, Any]
_LABELS = 12


def versions_part(actor: Actor, project: Project) -> None:
    """Every model of the project with its versions."""
    known = training_sets.teachable_models(actor, project["id"])
    if not known:
        empty_state("No model helps here yet", "Choose one on the **Models** page and use it in this project.")
        return
    for one in known:
        _model(actor, project, one)


def _model(actor: Actor, project: Project, model: dict[str, Any]) -> None:
    number = model["model"]
    found = training_versions.list_versions(actor, project["id"], number)
    with st.container(border=True, key=f"versions-{number}"):
        head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        head.markdown(f"**{plain(model['name'])}** · the project uses **{plain(model['version'])}**")
        if found["before"] and head.button(
            f"Roll back to {found['before']}", icon=":material/undo:", key=f"back-{number}"
        ):
            with showing_errors():
                training_versions.roll_back(actor, project["id"], number)
                st.rerun()
        if not found["items"]:
            st.caption("No version has been trained for this project yet.")
        for version in found["items"]:
            _version(actor, project, number, found["present"], version)
        with st.expander("Weights trained elsewhere", key=f"register-{number}"):
            st.markdown(
                "A safetensors file with its labels in the header is registered over the API, by whoever has a token:"
            )
            st.code(
                f"curl -X PUT -H 'Authorization: Bearer TOKEN' --data-binary @weights.safetensors \\\n"
                f"  ADDRESS/api/v1/projects/{project['id']}/models/{number}/versions/NAME",
                language="shell",
            )


def _version(actor: Actor, project: Project, number: str, present: str, version: dict[str, Any]) -> None:
    name = version["version"]
    row = st.container(horizontal=True, vertical_alignment="center")
    labels = ", ".join(version["labels"][:_LABELS]) + (" …" if len(version["labels"]) > _LABELS else "")
    used = " :green-badge[in use]" if name == present else ""
    origin = f"from {version['parent']}" if version["run"] else "trained elsewhere"
    row.markdown(f"**{plain(name)}**{used} · {plain(origin)} · {plain(labels)}")
    if name != present and row.button("Promote", icon=":material/verified:", key=f"promote-{number}-{name}"):
        with showing_errors():
            training_versions.promote(actor, project["id"], number, name)
            st.rerun()
    address = f"/api/v1/models/{number}/versions/{name}"
    row.link_button("Weights", f"{address}/weights", icon=":material/download:", type="tertiary")
    row.link_button("Model card", f"{address}/card", icon=":material/description:", type="tertiary")
