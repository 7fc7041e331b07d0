"""Insight: how far annotators agree, what they confuse, who differs where, the worst tasks, the consensus."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import agreement
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_over_time import agreement_over_time
from labelbuddy_core.services.agreement.handed_in_answers import Period
from pages import _insight_parts as parts
from pages import _insight_people as people
from pages._elements import empty_state, page_header, pick_project
from pages._insight_confusion import confusion
from pages._insight_task import asked_task, draw_task
from pages._insight_time import over_time
from pages._session import require_actor

actor = require_actor()
shown = asked_task(actor)
project = pick_project(actor, "manager", "reviewer", linked=shown["project"] if shown else None)
if project is None:
    st.title("Insight")
    empty_state("No project", "Insight is for managers and reviewers; a manager can make you one.")
    st.stop()


def midnight(day: date | None) -> str:
    """The beginning of a day (UTC), for addresses; empty for none."""
    return "" if day is None else datetime.combine(day, time(), UTC).isoformat()


def choices_of(given: dict[str, Any]) -> Choices:
    """What was chosen in the sidebar."""
    since, until = (datetime.fromisoformat(given[name]) if given.get(name) else None for name in ("since", "until"))
    return Choices(given["step"], given["collar"], overlap=given["overlap"], period=Period(since, until),
                   gamma=given.get("gamma", 0))  # fmt: skip


@st.cache_data(max_entries=16, show_spinner="Measuring agreement …")
def report_of(_actor: Actor, person: int, project_id: str, version: str, given: dict[str, Any]) -> dict[str, Any]:
    """The report, measured again only when answers or settings are others; what a person may see is in it."""
    return agreement.agreement(_actor, project_id, choices_of(given))


@st.cache_data(max_entries=16, show_spinner="Measuring month by month …")
def months_of(_actor: Actor, person: int, project_id: str, version: str, given: dict[str, Any]) -> dict[str, Any]:
    """Agreement over time, measured again only when answers or settings are others."""
    return agreement_over_time(_actor, project_id, choices_of(given))


answers = agreement.answers_now(actor, project["id"])
if shown is not None and shown["project"] != project["id"]:
    shown = None
if shown is not None and not parts.opened_in_list(shown["task"]):
    draw_task(actor, shown)
    shown = None
if not answers["comparable"]:
    page_header(project["name"], "Insight")
    parts.nothing_to_compare(answers["handed_in"])
    st.stop()

with st.sidebar.expander("How to measure"):
    choices: dict[str, Any] = {
        "step": st.number_input("Frame (s)", 0.01, 60.0, 0.1, 0.01, help="Time is compared in frames this long."),
        "collar": st.number_input(
            "Collar (s)", 0.0, 60.0, 0.2, 0.05, help="By how much the boundaries of the same event may differ."
        ),
        "overlap": st.number_input(
            "Overlap", 0.01, 1.0, 0.5, 0.05, help="Least share of their united time that the same event has in common."
        ),
    }
    if st.checkbox(
        "γ on a sample", help="Aligns the regions of 100 tasks of the project by chance; takes some seconds."
    ):
        choices["gamma"] = 100
with st.sidebar.expander("Which answers"):
    since = st.date_input("Handed in from", None, help="A phase of the project: answers from this day on.")
    until = st.date_input("Until", None, min_value=since, help="The last day that counts.")
choices |= {
    name: moment
    for name, moment in (("since", midnight(since)), ("until", midnight(until + timedelta(days=1) if until else None)))
    if moment
}
report = report_of(actor, actor.id, project["id"], answers["version"], choices)
page_header(
    project["name"], f"{counted(report['recordings'], 'recording')} · {counted(report['tasks'], 'task')} compared"
)
files = st.container(horizontal=True)
for words, form, icon in (("Report as PDF", "pdf", "picture_as_pdf"), ("Report as HTML", "html", "description"),
                          ("Numbers as CSV", "csv", "download")):  # fmt: skip
    address = f"{base_path()}/api/v1/projects/{project['id']}/agreement?{urlencode({'format': form, **choices})}"
    files.link_button(words, address, icon=f":material/{icon}:")
kinds = [kind for kind in parts.KINDS if any(one["kind"] == kind for one in report["figures"])]
if kinds:
    for tab, kind in zip(st.tabs([parts.KINDS[kind][0] for kind in kinds]), kinds, strict=True):
        with tab:
            parts.figures_of(report, kind)
else:
    st.caption("Nobody has marked anything in the tasks that can be compared.")
people.pairs(report)
people.annotators(report)
confusion(report)
parts.worst_tasks(actor, project, report, shown)
st.subheader("Over time", anchor=False)
if st.toggle("Measure month by month", key="by-month"):
    over_time(months_of(actor, actor.id, project["id"], answers["version"], choices))
parts.consensus_part(actor, project)
with st.expander("Methods text for a paper"):
    st.code(report["methods"], language=None, wrap_lines=True)
