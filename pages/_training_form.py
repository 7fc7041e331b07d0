"""The form of a training run: what is learned, how it is called, what is held out, and the numbers of the run."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.training import training_runs, training_sets
from labelbuddy_core.services.training.training_sets import Choices
from pages._elements import empty_state, plain, showing_errors
from pages._names_apart import names_apart
from pages._training_balance import balance_part

Project = dict[str, Any]
STARTED = "_labelbuddy_training_started"
_WORDS = {
    "epochs": "Epochs",
    "learning_rate": "Learning rate",
    "batch": "Batch",
    "patience": "Patience",
    "layers": "Layers",
    "seed": "Seed",
}
_HELP = {
    "epochs": "Times through all examples.",
    "patience": "Epochs without a better validation loss after which the run ends; 0 goes on to the end.",
    "layers": "0 teaches the output alone, 1 the whole network.",
    "seed": "Order of the examples; the same seed gives the same version.",
}


def new_run(actor: Actor, project: Project) -> None:
    """Choose a model and what it learns from, look at the balance, and start."""
    known = training_sets.teachable_models(actor, project["id"])
    able = {one["model"]: one for one in known if one["problem"] is None}
    if not able:
        empty_state(
            "No model of this project can be trained",
            "Use a model here whose file says that it can be trained, such as musicnn, PANNs or YOHO."
            + "".join(f"  \n{plain(one['problem'])}" for one in known),
            ":material/model_training:",
        )
        st.page_link("model_management.py", label="Models", icon=":material/neurology:")
        return
    names = names_apart({model: f"{one['name']} {one['version']}" for model, one in able.items()})
    chosen = str(st.selectbox("Model", list(able), format_func=names.__getitem__, key="train-model"))
    problems = [one["problem"] for one in known if one["problem"] is not None]
    if problems:
        with st.expander(f"Why {counted(len(problems), 'other model')} cannot be trained"):
            for problem in problems:
                st.caption(plain(problem))
    try:
        choices, shown = _training_set(actor, project, chosen)
    except LabelBuddyError as error:
        st.error(plain(error.detail))
        return
    _balance(shown)
    values = _parameters(chosen, shown["parameters"])
    if st.button("Start the run", type="primary", icon=":material/play_arrow:", key="train-start"):
        with showing_errors():
            run = training_runs.start_run(actor, project["id"], chosen, parameters=values, choices=choices)
            st.session_state[STARTED] = run["id"]
            st.rerun()


def _training_set(actor: Actor, project: Project, model: str) -> tuple[Choices, dict[str, Any]]:
    first = training_sets.preview(actor, project["id"], model, Choices())
    row = st.container(horizontal=True)
    groups = ["", *first["attributes"]]
    group_by = row.selectbox(
        "Keep together by",
        groups,
        format_func=lambda one: one or "recording alone",
        key="train-group",
        help="Recordings that share this attribute are learned from, or held out, together.",
    )
    validation = row.number_input(
        "Validation", 0.05, 0.5, 0.15, 0.05, key="train-validation", help="Share of examples."
    )
    test = row.number_input("Held out", 0.05, 0.5, 0.15, 0.05, key="train-test", help="Share that is measured on.")
    seed = row.number_input("Seed of the split", 0, 2**31 - 1, 0, key="train-split-seed")
    names = {label["id"]: label["name"] for label in project["labels"]}
    table = pd.DataFrame(
        [
            {"id": label, "Label": names.get(label, label), "Learned as": word}
            for label, word in first["learn_as"].items()
        ]
    )
    if table.empty:
        st.caption(
            "There is no label to learn yet: no approved annotation or consensus has a region or a tag with a label."
        )
        choices = Choices(None, group_by or "", validation, test, int(seed))
        return choices, first
    st.caption("Labels: give two the same name to join them, empty one to not learn it.")
    edited = st.data_editor(
        table,
        hide_index=True,
        width="stretch",
        disabled=["Label"],
        column_order=["Label", "Learned as"],
        key=f"train-labels-{project['id']}-{model}",
    )
    learn_as = {
        str(row["id"]): str(row["Learned as"]).strip()
        for row in edited.to_dict("records")
        if isinstance(row["Learned as"], str) and row["Learned as"].strip()
    }
    choices = Choices(learn_as, group_by or "", validation, test, int(seed))
    return choices, training_sets.preview(actor, project["id"], model, choices)


def _balance(shown: dict[str, Any]) -> None:
    balance_part(shown, "train-balance")
    if shown["left_out"]:
        reasons = " · ".join(f"{count:,} ({plain(reason)})" for reason, count in shown["left_out"].items())
        st.caption(f"Tasks that are left out: {reasons}")
    for warning in shown["warnings"]:
        st.warning(plain(warning), icon=":material/warning:")


def _parameters(model: str, bounds: dict[str, dict[str, Any]]) -> dict[str, float]:
    values: dict[str, float] = {}
    row = st.container(horizontal=True)
    for name, one in bounds.items():
        kind = int if one["whole"] else float
        values[name] = row.number_input(
            _WORDS.get(name, name),
            kind(one["min"]),
            kind(one["max"]),
            kind(one["default"]),
            format="%d" if one["whole"] else "%g",
            step=1 if one["whole"] else kind(one["default"]) / 2 or 0.1,
            help=_HELP.get(name),
            key=f"train-parameter-{model}-{name}",  # another model has other defaults
        )
    return values
