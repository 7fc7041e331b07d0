"""Insight: how far annotators agree, figure by figure with sentences, who differs, the worst tasks, the consensus."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from labelbuddy_core.services import agreement
from labelbuddy_core.services.actors import Actor
from pages import _insight_parts as parts
from pages._elements import empty_state, page_header, pick_project
from pages._session import require_actor

actor = require_actor()
project = pick_project(actor, "manager", "reviewer")
if project is None:
    st.title("Insight")
    empty_state("No project", "Insight is for managers and reviewers; a manager can make you one.")
    st.stop()


@st.cache_data(max_entries=16, show_spinner="Measuring agreement …")
def report_of(_actor: Actor, person: int, project_id: str, version: str, given: dict[str, float]) -> dict[str, Any]:
    """The report, measured again only when answers or settings are others; what a person may see is in it."""
    return agreement.agreement(
        _actor, project_id, agreement.Choices(step=given["step"], collar=given["collar"], overlap=given["overlap"])
    )


answers = agreement.answers_now(actor, project["id"])
if not answers["comparable"]:
    page_header(project["name"], "Insight")
    parts.nothing_to_compare(answers["handed_in"])
    st.stop()

with st.sidebar.expander("How to measure"):
    choices = {
        "step": st.number_input("Frame (s)", 0.01, 60.0, 0.1, 0.01, help="Time is compared in frames this long."),
        "collar": st.number_input(
            "Collar (s)", 0.0, 60.0, 0.2, 0.05, help="By how much the boundaries of the same event may differ."
        ),
        "overlap": st.number_input(
            "Overlap", 0.01, 1.0, 0.5, 0.05, help="Least share of their united time that the same event has in common."
        ),
    }
report = report_of(actor, actor.id, project["id"], answers["version"], choices)
page_header(project["name"], f"{report['recordings']} recordings · {report['tasks']} tasks compared")
st.link_button(
    "Numbers as CSV",
    f"/api/v1/projects/{project['id']}/agreement?{urlencode({'format': 'csv', **choices})}",
    icon=":material/download:",
)
kinds = [kind for kind in parts.KINDS if any(one["kind"] == kind for one in report["figures"])]
if kinds:
    for tab, kind in zip(st.tabs([parts.KINDS[kind][0] for kind in kinds]), kinds, strict=True):
        with tab:
            parts.figures_of(report, kind)
else:
    st.caption("Nobody has marked anything in the tasks that can be compared.")
parts.people(report)
parts.worst_tasks(actor, project, report)
parts.consensus_part(actor, project)
with st.expander("Methods text for a paper"):
    st.code(report["methods"], language=None, wrap_lines=True)
