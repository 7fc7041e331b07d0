"""A form that writes the YAML of a model, for people who do not want to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.models.written_specifications import write_specification
from pages._model_form_fields import fields_of, specification_of

PLACES = {
    "image": "In a container (image)",
    "endpoint": "On another server (URL)",
    "process": "On this machine, bundled with LabelBuddy (name)",
}
PROTOCOLS = {
    "labelbuddy": "LabelBuddy",
    "labelbuddy-2022": "LabelBuddy of 2022",
    "label-studio": "Label Studio ML backend",
    "openai-chat": "OpenAI chat with audio",
    "openai-embeddings": "OpenAI embeddings, of captions",
}
LABELED = {"region", "point", "tag"}
OUTPUTS = ["region", "point", "tag", "text", "embedding"]


def model_form(target: str, present: dict[str, Any]) -> None:
    """Fields for the common keys, begun with what is declared at `present`; *Write the YAML* replaces the text of the
    editor whose key is `target`, and keeps what the form has no field for."""

    def key(name: str) -> str:
        return f"{target}-form-{name}"

    for name, value in fields_of(present).items():
        st.session_state.setdefault(key(name), value)
    left, right = st.columns(2)
    left.selectbox("Where it runs", list(PLACES), format_func=PLACES.__getitem__, key=key("where"))
    right.text_input("Image, URL or name", key=key("place"))
    left.text_input("Name", key=key("name"), max_chars=80)
    right.text_input("Version", key=key("version"), max_chars=40)
    st.text_input("Description", key=key("description"))
    left, right = st.columns(2)
    left.text_input("License", key=key("license"))
    right.text_input("Homepage", key=key("homepage"))
    left.selectbox("Protocol", list(PROTOCOLS), format_func=PROTOCOLS.__getitem__, key=key("protocol"))
    right.text_input("Name of the secret with the token", key=key("token"), help="`labelbuddy secret set NAME`")
    types = st.multiselect("What it answers", OUTPUTS, key=key("types"))
    labels = st.text_area("Labels, one a line", key=key("labels"), height=90)
    if not labels.strip() and set(types) & LABELED:
        st.caption("Without labels here, those that it answers are matched with the labels of a project by name.")
    left, middle, right = st.columns(3)
    left.selectbox("Audio", ["wav", "flac"], key=key("audio"))
    middle.number_input("Sample rate (Hz), 0: as it is", 0, 192_000, key=key("rate"))
    right.selectbox("Channels", ["as it is", "mono", "stereo"], key=key("channels"))
    left.number_input("Longest stretch (s), 0: any", 0.0, key=key("seconds"))
    middle.text_input("Memory", key=key("memory"))
    right.number_input("Processor cores", 0.1, 256.0, key=key("cpus"))
    left.number_input("Longest prediction (s)", 1.0, 86_400.0, key=key("timeout"))
    middle.checkbox("Needs a GPU", key=key("gpu"))
    right.checkbox("Can be fine-tuned", key=key("training"))
    st.text_area(
        "Environment variables of the container, one `NAME=value` a line",
        key=key("environment"),
        height=70,
        help="A secret is given by its name: `HF_TOKEN=secret:hf`.",
    )
    st.text_input("What an audio-language model is asked", key=key("prompt"), help="With the OpenAI protocol only.")
    st.button("Write the YAML", key=key("write"), on_click=_write, args=(target, present))


def _write(target: str, present: dict[str, Any]) -> None:
    head = f"{target}-form-"
    values = {
        name.removeprefix(head): st.session_state[name] for name in st.session_state if str(name).startswith(head)
    }
    st.session_state[target] = write_specification(specification_of(values, present))
