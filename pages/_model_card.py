"""The card of a model: what it does, what it is, how fast it is, what it said lately, and what can be done with it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_states, models
from labelbuddy_core.services.predictions import latest_predictions
from labelbuddy_core.services.projects import projects
from pages._elements import plain, showing_errors
from pages._model_license import license_part
from pages._model_links import link_editor
from pages._model_state import state_part
from pages._model_trial import begin_trial
from pages._model_yaml import history, yaml_editor
from pages._names_apart import names_apart

Model = dict[str, Any]
RUNS = {
    "container": "in a container",
    "process": "as a process on this machine",
    "remote": "on another server",
}
_LABELS = 12
_PREDICTIONS = 10
_LOG_CHARACTERS = 100_000
_LOG_SECONDS = 2.0


def model_card(actor: Actor, model: Model) -> None:
    """Draw one model, with its `state` and `speed`."""
    number = model["id"]
    with st.container(border=True, key=f"model-card-{number}"):
        state_part(actor, model)
        st.markdown(plain(model["description"]) or "No description.")
        st.caption("  \n".join(_facts(model)))
        row = st.container(horizontal=True)
        if model["outputs"] != ["embedding"] and row.button(
            "Try it out", key=f"try-{number}", icon=":material/experiment:"
        ):
            begin_trial(number)
            st.rerun()
        if row.button("Use in a project", key=f"link-{number}", icon=":material/add_link:"):
            _link(actor, model)
        if row.button("Logs", key=f"logs-{number}", type="tertiary", icon=":material/terminal:"):
            _logs(actor, model)
        if row.button("YAML", key=f"yaml-{number}", type="tertiary", icon=":material/code:"):
            declare(actor, models.get_model(actor, number))
        if row.button("History", key=f"history-{number}", type="tertiary", icon=":material/history:"):
            _history(actor, models.get_model(actor, number))
        if row.button("Remove", key=f"remove-{number}", type="tertiary", icon=":material/delete:"):
            _remove(actor, model)
        lately = st.expander(
            "Latest predictions", key=f"lately-{number}", icon=":material/auto_awesome:", on_change="rerun"
        )
        if lately.open:
            with lately, showing_errors():
                _latest(actor, model)


def _facts(model: Model) -> list[str]:
    labels = ", ".join(model["labels"][:_LABELS])
    more = f" … {len(model['labels'])} in all" if len(model["labels"]) > _LABELS else ""
    lines = [
        f"Runs {RUNS[model['runs']]} (`{model['place']}`) · answers {', '.join(model['outputs']) or 'nothing declared'}"
        f" · license: {plain(model['license']) or 'none given'}{_unconfirmed(model)}"
    ]
    if labels:
        lines.append(f"Labels: {plain(labels)}{more}")
    if model["speed"] and model["speed"]["audio_per_second"]:  # vectors alone are not timed
        lines.append(_speed(model["speed"]))
    return lines


def _unconfirmed(model: Model) -> str:
    return ", to be confirmed before use" if model["license_state"]["to_confirm"] else ""


def _speed(speed: dict[str, Any]) -> str:
    """For example "Last 100 predictions: 0.42 s in the middle, 95 % within 0.9 s, 71 s of sound a second"."""
    count = speed["predictions"]
    told = [
        f"{_seconds(speed['median_seconds'])}{' in the middle' if count > 1 else ''}",
        *([f"95 % within {_seconds(speed['p95_seconds'])}"] if count > 1 else []),
        f"{speed['audio_per_second']:.3g} s of sound a second",
    ]
    return f"{'Last prediction' if count == 1 else f'Last {count} predictions'}: {', '.join(told)}"


def _seconds(seconds: float) -> str:
    """Two digits below ten seconds, else whole ones."""
    return f"{seconds:.2g} s" if seconds < 9.95 else f"{seconds:,.0f} s"


def _latest(actor: Actor, model: Model) -> None:
    """A table of the newest predictions in projects that I manage, each with a link that opens its task."""
    found = latest_predictions.latest_predictions(actor, model["id"], _PREDICTIONS)
    if not found:
        st.caption("None yet in the projects that you manage.")
        return
    annotated = {one["id"] for one in projects.list_projects(actor) if "annotator" in one["my_roles"]}
    rows = [
        {
            "Recording": one["recording"],
            "Project": one["project_name"],
            "Stretch (s)": f"{one['start']:.1f} – {one['stop']:.1f}",
            "When": pd.Timestamp(one["created_at"]),
            "Took (s)": None if one["kept"] else one["seconds"],
            "Version": one["version"],
            "Open": f"annotate?task={one['task']}"
            if one["project"] in annotated
            else f"project?project={one['project']}&task={one['task']}",
        }
        for one in found
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        column_config={
            "Recording": st.column_config.TextColumn(width="large"),
            "When": st.column_config.DatetimeColumn(format="distance", width=130),
            "Took (s)": st.column_config.NumberColumn(
                format="%.2f", width="small", help="Empty: the model had answered the same before."
            ),
            "Open": st.column_config.LinkColumn(
                display_text="Open", width="small", help="The task: to annotate, or what models said of it"
            ),
        },
    )


@st.dialog("Declare a model", width="large")
def declare(actor: Actor, model: Model | None = None) -> None:
    """Write, paste or upload the YAML of a model."""
    yaml_editor(actor, model)


@st.dialog("History", width="large")
def _history(actor: Actor, model: Model) -> None:
    history(actor, model)


@st.dialog("Use in a project", width="large")
def _link(actor: Actor, model: Model) -> None:
    """Choose the project, how labels correspond, and the threshold."""
    mine = [one for one in projects.list_projects(actor) if "manager" in one["my_roles"]]
    if not mine:
        st.info("Create a project first.")
        return
    by_id = {one["id"]: one for one in mine}
    names = names_apart({one["id"]: one["name"] for one in mine})
    chosen = st.selectbox("Project", list(by_id), format_func=names.__getitem__)
    chosen = chosen or mine[0]["id"]
    if not license_part(actor, models.get_model(actor, model["id"]), "link"):
        return
    with showing_errors():
        link_editor(actor, by_id[chosen], model["id"])


@st.dialog("Logs", width="large")
def _logs(actor: Actor, model: Model) -> None:
    """The end of what a model wrote; it goes on while it is open."""
    st.markdown(f"What **{plain(model['name'])}** wrote, the newest lines last.")
    lines = st.segmented_control("Lines", [50, 200, 1000], default=200, required=True, key=f"log-lines-{model['id']}")
    st.fragment(_log_text, run_every=_LOG_SECONDS)(actor, model, lines)


def _log_text(actor: Actor, model: Model, lines: int) -> None:
    with showing_errors():
        text = model_states.logs(actor, model["id"], lines)["text"]
        if text:
            st.code(text[-_LOG_CHARACTERS:], language=None, height=420)
        elif model["runs"] == "remote":
            st.caption("It runs on another server, which keeps its log.")
        else:
            st.caption("It has written nothing on this machine yet.")


@st.dialog("Remove the model?")
def _remove(actor: Actor, model: Model) -> None:
    st.markdown(
        f"**{plain(model['name'])}** is stopped and forgotten, with its history and what it kept in /data; "
        "no project can use it any more. A model that projects have predictions of cannot be removed."
    )
    if st.button("Remove for good", type="primary"):
        with showing_errors():
            models.delete_model(actor, model["id"])
            st.rerun()
