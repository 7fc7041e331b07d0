"""The versions of a model in a project: which one is used, promote and roll back, weights and cards to download."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models.model_history import PROMOTED
from labelbuddy_core.services.models.weight_files import MAX_FIELD_BYTES, folder_for_weights
from labelbuddy_core.services.training import training_sets, training_versions
from pages._elements import empty_state, plain, showing_errors

Project = dict[str, Any]
_LABELS = 12
_MOST_MB = MAX_FIELD_BYTES // 1024**2
_REGISTERED = "_labelbuddy_weights_registered"
_TURN = "_labelbuddy_weights_turn"


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
        before = found["declared"] if found["before"] == PROMOTED else found["before"]
        if before and head.button(f"Roll back to {before}", icon=":material/undo:", key=f"back-{number}"):
            with showing_errors():
                training_versions.roll_back(actor, project["id"], number)
                st.rerun()
        for version in found["items"]:
            _version(actor, project, number, found["present"], version)
        if model["problem"] is not None:
            st.caption(plain(model["problem"]))
            return
        if not found["items"]:
            st.caption("No version has been trained for this project yet.")
        with st.expander("Weights trained elsewhere", icon=":material/upload:", key=f"register-{number}"):
            _register(actor, project, number)


def _register(actor: Actor, project: Project, number: str) -> None:
    """Weights from a file become a version, which nobody uses before it is promoted."""
    done = st.session_state.pop(_REGISTERED, None)
    if done is not None and done[0] == number:
        st.success(f"Version {plain(done[1])} is registered. Promote it above to use it.", icon=":material/check:")
    # another key empties the fields after a registration
    turn = st.session_state.get(_TURN, 0)
    file = st.file_uploader(
        "File of weights (safetensors)",
        type="safetensors",
        max_upload_size=_MOST_MB,
        key=f"weights-{number}-{turn}",
        help="Of the form that this model gives out, with its labels in the header as the metadata `labels`, a JSON "
        "list. Whether it fits is seen when the model is started with it.",
    )
    row = st.container(horizontal=True, vertical_alignment="bottom")
    name = row.text_input("Called", max_chars=40, key=f"weights-name-{number}-{turn}", placeholder="for example lab-2")
    note = row.text_input("Note", max_chars=2000, key=f"weights-note-{number}-{turn}", placeholder="their origin")
    ready = file is not None and bool(name.strip())
    if row.button("Register", icon=":material/add:", disabled=not ready, key=f"weights-register-{number}") and file:
        with showing_errors():
            with folder_for_weights() as folder:
                given = folder / "weights"
                given.write_bytes(file.getbuffer())
                training_versions.register_version(actor, project["id"], number, name.strip(), given, note.strip())
            st.session_state[_REGISTERED], st.session_state[_TURN] = (number, name.strip()), turn + 1
            st.rerun()
    st.caption(
        f"Or by a script, with a token: `PUT /api/v1/projects/{project['id']}/models/{number}/versions/NAME`, the file "
        f"as the body; so also for files above {_MOST_MB} MB."
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
    address = f"{base_path()}/api/v1/models/{number}/versions/{name}"
    row.link_button("Weights", f"{address}/weights", icon=":material/download:", type="tertiary")
    row.link_button("Model card", f"{address}/card", icon=":material/description:", type="tertiary")
