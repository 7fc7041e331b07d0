"""Project: recordings, tasks, people, labels, models, export and settings, for managers."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.installation import jobs
from pages import (
    _project_annotation_imports,
    _project_data,
    _project_models,
    _project_people,
    _project_recordings,
    _project_releases,
    _project_review,
    _project_settings,
)
from pages._address import tab_asked
from pages._dialogs import show_changes
from pages._elements import empty_state, page_header, pick_project, plain
from pages._predicted_task import predicted_task
from pages._sample import sample_line
from pages._session import require_actor

actor = require_actor()
project = pick_project(actor, "manager")
if project is None:
    st.title("Project")
    empty_state("No project", "Create one on the dashboard.")
    st.stop()


WORDS = {
    "import": "Importing",
    "import-annotations": "Importing labels",
    "ingest": "Reading recordings",
    "analyze": "Analyzing",
    "predict": "Predicting",
    "try-model": "Trying a model out",
    "compatible-copy": "Copying",
    "consensus": "Merging annotations",
    "release": "Making a release",
    "preview-release": "Preview of a release",
    "compare-releases": "Comparing two releases",
    "sample": "Making the sample",
    "sample-reviews": "Applying the rules of reviews",
    "change-labels": "Changing labels",
    "embed-captions": "Comparing captions",
}


def open_jobs(project_id: str) -> list[dict]:
    """Jobs of the project that are not finished."""
    return jobs.list_jobs(actor, project_id=int(project_id), state=jobs.OPEN, limit=20)["items"]


def work_in_progress(project_id: str) -> None:
    """Draw the jobs that are not finished; when one ends, the page shows what it made."""
    running = open_jobs(project_id)
    if at_work - {job["id"] for job in running}:
        show_changes()
    for job in running:
        row = st.container(horizontal=True, vertical_alignment="center")
        words = WORDS.get(job["kind"], job["kind"])
        row.progress(job["progress"], text=f"{words}: {plain(job['message'])}")
        if row.button("Cancel", key=f"cancel-{job['id']}"):
            jobs.cancel_job(actor, job["id"])


counts = project["counts"]
page_header(
    project["name"], f"{counted(counts['tasks'], 'task')} · {counted(sum(counts['recordings'].values()), 'recording')}"
)
# the container is always there, so that a job that begins or ends moves nothing below it; an upload, or asking a model,
# runs the page again, which is when polling begins
at_work = {job["id"] for job in open_jobs(project["id"])}
with st.container(key="work-in-progress"):
    st.fragment(work_in_progress, run_every=1.0 if at_work else None)(project["id"])

if project["sample"]:
    sample_line(actor, project)
if task := st.query_params.get("task"):
    predicted_task(actor, task)
names = [
    "Tasks",
    "Recordings",
    "People",
    "Labels",
    "Models",
    "Review",
    "Import labels",
    "Export",
    "Releases",
    "Settings",
]
asked = tab_asked(names)  # with a key of its own, so that a link to another tab of this page opens it too
tabs = st.tabs(names, default=asked, key="project-tabs" if asked is None else f"project-tabs-{asked}")
with tabs[0]:
    _project_data.tasks_tab(actor, project)
with tabs[1]:
    _project_recordings.recordings_tab(actor, project)
with tabs[2]:
    _project_people.people_tab(actor, project)
with tabs[3]:
    _project_settings.labels_tab(actor, project)
with tabs[4]:
    _project_models.models_tab(actor, project)
with tabs[5]:
    _project_review.review_tab(actor, project)
with tabs[6]:
    _project_annotation_imports.annotation_imports_tab(actor, project)
with tabs[7]:
    _project_data.export_tab(actor, project)
with tabs[8]:
    _project_releases.releases_tab(actor, project)
with tabs[9]:
    _project_settings.settings_tab(actor, project)
