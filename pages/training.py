"""Training: models learn from what a project has approved; runs with live curves, their versions side by side."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.services.training import training_runs
from pages._elements import empty_state, page_header, pick_project, plain
from pages._session import require_actor
from pages._training_form import STARTED, new_run
from pages._training_run import OPEN, STATES, run_part, side_by_side
from pages._training_versions import versions_part

actor = require_actor()
project = pick_project(actor, "manager")
if project is None:
    st.title("Training")
    empty_state("No project", "Training is for those who manage a project.", ":material/model_training:")
    st.stop()

runs = training_runs.list_runs(actor, project["id"])
working = sum(run["state"] in OPEN for run in runs)
page_header(
    project["name"],
    f"{len(runs)} training run{'' if len(runs) == 1 else 's'}"
    + (f" · {working} at work or waiting" if working else ""),
)
by_id = {run["id"]: run for run in runs}


def words(run_id: str) -> str:
    """A run in a line."""
    run: dict[str, Any] = by_id[run_id]
    made = f" → {run['version']}" if run["version"] else ""
    # a browser goes on showing the line that was chosen: one that changes would be wrong then
    state = "" if run["state"] in OPEN else f" · {STATES[run['state']][0]}"
    return f"Run {run_id} · {run['model_name']} {run['parent']}{made}{state}"


started = st.session_state.pop(STARTED, None)
if started in by_id:  # who has started a run wants to see it
    st.toast(f"Run {started} is started.")
    st.session_state["training-run"], st.session_state["training-tab"] = started, "Runs"
tab_runs, tab_new, tab_versions = st.tabs(["Runs", "New run", "Versions"], key="training-tab", on_change="rerun")
with tab_runs:
    if not runs:
        empty_state(
            "Nothing has been trained yet",
            "Approve some annotations, then start a run under **New run**: a model learns from them and is compared "
            "with the version before.",
            ":material/model_training:",
        )
    else:
        chosen = str(st.selectbox("Run", list(by_id), format_func=words, key="training-run"))
        run_part(actor, chosen)
        others = st.multiselect(
            "Side by side with",
            [one for one in by_id if one != chosen],
            format_func=words,
            max_selections=7,
            key="training-beside",
            placeholder=plain("choose other runs"),
        )
        if others:
            side_by_side(actor, [chosen, *others])
with tab_new:
    new_run(actor, project)
with tab_versions:
    versions_part(actor, project)
