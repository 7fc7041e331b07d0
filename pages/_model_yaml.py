"""The YAML of a model: written, uploaded or filled in by a form, checked while it is written, and its history."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import models
from labelbuddy_core.services.models.written_specifications import read_specification
from pages._elements import plain, showing_errors
from pages._live_field import read_while_typed
from pages._model_form import model_form

EXAMPLE = """image: "my-repo/my-model:v1"
input_schema: { "audio": "wav" }
output_schema:
  - { "type": "region", "labels": ["speech", "music"] }
resources: { "gpu": "false" }
"""

_MONOSPACED = "<style>.st-key-yaml-source textarea { font-family: ui-monospace, monospace; font-size: 0.9rem; }</style>"
_MOST = 100_000
"""Bytes of an uploaded file that are shown; the check says when it is larger than a model's file may be."""


def yaml_editor(actor: Actor, model: dict[str, Any] | None) -> None:
    """Write a model's file; every mistake is shown with its line before anything is saved."""
    key = f"model-yaml-{model['id'] if model else 'new'}"
    st.session_state.setdefault(key, model["source"] if model else EXAMPLE)
    st.markdown("A model is declared by a YAML file: where it runs, what it hears and what it answers.")
    _allowed(actor)
    with st.expander("Fill in a form instead", icon=":material/list_alt:"):
        model_form(key, read_specification(model["source"]) if model else {})
    with st.expander("Upload a file", icon=":material/upload_file:"):
        uploaded = f"{key}-file"
        st.file_uploader(
            "YAML file", ["yaml", "yml"], max_upload_size=1, key=uploaded, on_change=_take, args=(uploaded, key)
        )
    st.html(_MONOSPACED)
    with st.container(key="yaml-source"):
        source = st.text_area("YAML", key=key, height=320, help="Checked while you write.")
    read_while_typed(key)
    with showing_errors():
        found = models.check_model(actor, source, model["id"] if model else None)
        _mistakes(found["mistakes"], source)
        for note in found["notes"]:
            st.info(plain(note))
        if found["valid"]:
            st.success(f"Valid: {plain(found['name'])}, version {plain(found['version'])}.")
        if st.button("Save", type="primary", disabled=not found["valid"]):
            if model:
                models.update_model(actor, model["id"], source)
            else:
                models.create_model(actor, source)
            del st.session_state[key]
            st.rerun()


def history(actor: Actor, model: dict[str, Any]) -> None:
    """Every version of a model's file, with what changed; each but the newest can be taken back."""
    with showing_errors():
        for one in models.list_history(actor, model["id"]):
            who = one["by"] or "LabelBuddy"
            back = f" · taken back from {one['restored_from']}" if one["restored_from"] else ""
            title = f"{one['number']} · version {plain(one['version'])} · {plain(who)} · {one['at'][:16]}{back}"
            with st.expander(title.replace("T", " ")):
                if one["diff"]:
                    st.code(one["diff"], language="diff")
                st.code(one["source"], language="yaml", line_numbers=True)
                same = one["source"] == model["source"]
                if st.button("Take back", key=f"restore-{model['id']}-{one['number']}", disabled=same):
                    models.restore_model(actor, model["id"], one["number"])
                    st.session_state.pop(f"model-yaml-{model['id']}", None)
                    st.rerun()


def _mistakes(mistakes: list[dict[str, Any]], source: str) -> None:
    """What is wrong, each with its line as it stands in the file and a mark under the column."""
    lines = source.splitlines()
    for one in mistakes:
        st.error(f"Line {one['line']}, column {one['column']}: {plain(one['message'])}")
        if 0 < one["line"] <= len(lines):
            head = f"{one['line']}: "
            st.code(f"{head}{lines[one['line'] - 1]}\n{' ' * (len(head) + one['column'] - 1)}^", language=None)


def _allowed(actor: Actor) -> None:
    found = models.allowed_places(actor)
    images, hosts = _patterns(found["images"]), _patterns(found["endpoints"])
    st.caption(f"Allowed here by the administrator: images {images}; servers {hosts}.")


def _patterns(allowed: list[str]) -> str:
    if "*" in allowed:
        return "any"
    return ", ".join(f"`{one}`" for one in allowed) or "none"


def _take(uploaded: str, key: str) -> None:
    """Put an uploaded file into the editor."""
    file = st.session_state[uploaded]
    if file is not None:
        st.session_state[key] = file.getvalue()[:_MOST].decode("utf-8", errors="replace")
