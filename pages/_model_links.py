"""How a project uses a model: which label means which, lowest scores, version, and whether it is asked by itself."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links
from pages._dialogs import dialog
from pages._elements import plain, showing_errors

IGNORE = "(ignore)"
ADD = "(add to the project)"
COLUMNS = ["theirs", "means", "lowest"]


def link_editor(actor: Actor, project: dict[str, Any], model_id: str) -> None:
    """A table of the model's labels, and the settings of the link; saving begins to use the model, or changes how."""
    found = model_links.label_suggestions(actor, project["id"], model_id)
    present = next((one for one in model_links.project_models(actor, project["id"]) if one["model"] == model_id), None)
    names = {label["id"]: label["name"] for label in project["labels"]}
    key = f"link-{project['id']}-{model_id}"
    texts = found["protocol"] == "openai-embeddings"
    if found["similar"] and present is None:
        st.caption("Labels that only come near are proposed as well: look at each.")
    rows = pd.DataFrame(label_rows(found, present, names), columns=COLUMNS).astype({"lowest": "float"})
    if texts:
        st.caption("It compares captions in reviews and on the Insight page; it is never sent audio.")
    elif rows.empty:
        st.caption("Its file names no labels; those it answers are matched with the labels of this project by name.")
    else:
        rows = _label_table(rows, key, list(names.values()))
    threshold = present["threshold"] if present else 0.2
    if not texts:
        threshold = st.slider("Lowest score to suggest", 0.0, 1.0, threshold, 0.01, key=f"{key}-threshold")
    versions = found["versions"]
    chosen = present["version"] if present and present["version"] in versions else versions[0]
    version = st.selectbox(
        "Version",
        versions,
        versions.index(chosen),
        format_func=lambda one: "As the model's file says" if one == "promoted" else one,
        key=f"{key}-version",
    )
    automatic = st.checkbox(
        "Ask the model about every caption that is handed in"
        if texts
        else "Ask the model about every new recording by itself",
        bool(present["automatic"] if present else texts),
        key=f"{key}-auto",
    )
    webhook = found["protocol"] == "label-studio" and st.checkbox(
        "Tell the model of every annotation that is handed in or approved",
        bool(present and present["webhook"]),
        key=f"{key}-webhook",
        help="As Label Studio does: POST /webhook with ANNOTATION_CREATED or ANNOTATION_UPDATED.",
    )
    label_map, thresholds, added = link_from(rows, names)
    useless = found["needs_labels"] and not (label_map or added)
    if useless:
        st.caption(
            f"Say of at least one label what it means here, or choose *{ADD[1:-1]}*: without that it suggests nothing."
        )
    if st.button(
        "Save" if present else "Use the model",
        type="primary",
        disabled=useless,
    ):
        with showing_errors():
            model_links.link_model(
                actor,
                project["id"],
                model_id,
                label_map=label_map,
                threshold=threshold,
                label_thresholds=thresholds,
                version=version or "promoted",
                automatic=automatic,
                webhook=webhook,
                add_labels=added,
            )
            st.rerun()


def _label_table(rows: pd.DataFrame, key: str, names: list[str]) -> pd.DataFrame:
    """The labels of the model to edit: which of the project each means."""
    edited: pd.DataFrame = st.data_editor(
        rows,
        key=f"{key}-labels",
        hide_index=True,
        width="stretch",
        disabled=["theirs"],
        column_config={
            "theirs": st.column_config.TextColumn("Label of the model"),
            "means": st.column_config.SelectboxColumn(
                "Means in this project", options=[IGNORE, ADD, *names], required=True
            ),
            "lowest": st.column_config.NumberColumn(
                "Lowest score", min_value=0.0, max_value=1.0, help="Empty: the one below", width="small"
            ),
        },
    )
    return edited


def label_rows(found: dict[str, Any], present: dict[str, Any] | None, names: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each label of the model: as it is linked, or else as is proposed."""
    chosen = present["label_map"] if present else {**found["similar"], **found["suggested"]}
    own = present["label_thresholds"] if present else {}
    labels = dict.fromkeys([*found["suggested"], *found["missing"], *chosen])
    return [
        {"theirs": label, "means": names.get(chosen.get(label, ""), IGNORE), "lowest": own.get(chosen.get(label))}
        for label in labels
    ]


def link_from(rows: pd.DataFrame, names: dict[str, str]) -> tuple[dict[str, str], dict[str, float], list[str]]:
    """The label map, the lowest scores by label, and the labels to add, from an edited table."""
    ids = {name: label_id for label_id, name in names.items()}
    label_map: dict[str, str] = {}
    thresholds: dict[str, float] = {}
    added: list[str] = []
    for row in rows.to_dict("records"):
        theirs, means = str(row["theirs"]), str(row["means"])
        if means == ADD:
            added.append(theirs)
        elif means in ids:
            label_map[theirs] = ids[means]
            if pd.notna(row["lowest"]):
                lowest = float(row["lowest"])
                thresholds[ids[means]] = min(lowest, thresholds.get(ids[means], lowest))
    return label_map, thresholds, added


@dialog("Labels and scores", width="large")
def edit_link(actor: Actor, project: dict[str, Any], model: dict[str, Any]) -> None:
    """Change how a project uses a model."""
    st.markdown(f"How **{plain(project['name'])}** uses **{plain(model['name'])}**.")
    link_editor(actor, project, model["model"])
