"""Project: recordings, tasks, people, labels, models, export and settings, for managers."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.services import jobs
from pages import _project_data, _project_people, _project_settings
from pages._elements import empty_state, page_header, pick_project
from pages._session import require_actor

actor = require_actor()
project = pick_project(actor, "manager")
if project is None:
    st.title("Project")
    empty_state("No project", "Create one on the dashboard.")
    st.stop()


@st.fragment(run_every=1.0)
def work_in_progress(project_id: str) -> None:
    """Jobs of the project that are not finished; when the last one ends, the page shows what they made."""
    found = jobs.list_jobs(actor, project_id=int(project_id), limit=10)["items"]
    running = [job for job in found if job["state"] in ("queued", "running")]
    for job in running:
        row = st.container(horizontal=True, vertical_alignment="center")
        words = {"ingest": "Reading recordings", "predict": "Predicting"}.get(job["kind"], job["kind"])
        row.progress(job["progress"], text=f"{words}: {job['message']}")
        if row.button("Cancel", key=f"cancel-{job['id']}"):
            jobs.cancel_job(actor, job["id"])
    if not running:
        st.session_state.pop("_labelbuddy_watch", None)
        st.rerun()


counts = project["counts"]
page_header(project["name"], f"{counts['tasks']} tasks · {sum(counts['recordings'].values())} recordings")
open_jobs = [
    job
    for job in jobs.list_jobs(actor, project_id=int(project["id"]), limit=10)["items"]
    if job["state"] in ("queued", "running")
]
if open_jobs:
    work_in_progress(project["id"])

tabs = st.tabs(["Tasks", "Recordings", "People", "Labels", "Models", "Export", "Settings"])
with tabs[0]:
    _project_data.tasks_tab(actor, project)
with tabs[1]:
    _project_data.recordings_tab(actor, project)
with tabs[2]:
    _project_people.people_tab(actor, project)
with tabs[3]:
    _project_settings.labels_tab(actor, project)
with tabs[4]:
    _project_settings.models_tab(actor, project)
with tabs[5]:
    _project_data.export_tab(actor, project)
with tabs[6]:
    _project_settings.settings_tab(actor, project)
