"""Trying a model out: a recording, a stretch, and what the model says about it."""

from __future__ import annotations

from typing import Any

import orjson
import streamlit as st

from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_trials
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import recordings, sound_pictures
from pages._answer_tables import count, draw_answer
from pages._elements import empty_state, length, plain, showing_errors
from pages._model_license import license_part
from pages._names_apart import names_apart
from pages._sound_strips import sound_strip

Model = dict[str, Any]
_TRIAL = "_labelbuddy_trial"
_FOUND = 50
_USUAL = 30.0
_LOOK_SECONDS = 0.5


def begin_trial(model_id: str) -> None:
    """From now on the Models page shows the trial of this model."""
    st.session_state[_TRIAL] = {"model": model_id, "job": None}


def tried_model() -> str | None:
    """The model that is tried out, if one is."""
    return (st.session_state.get(_TRIAL) or {}).get("model")


def trial_page(actor: Actor, model: Model) -> None:
    """Choose what to ask about, ask, and see the answer."""
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    head.title(f"Try {plain(model['name'])} out", width="content")
    if head.button("Back to the models", icon=":material/arrow_back:"):
        del st.session_state[_TRIAL]
        st.rerun()
    st.caption("Nothing is kept: no prediction, no suggestion; only the person who asks, and managers, see the answer.")
    if not license_part(actor, model, "trial"):
        return
    trial = st.session_state[_TRIAL]
    job = _job(actor, trial)
    _question(actor, model, trial, waits=job is not None and not _over(job))
    if job is None:
        return
    if not _over(job):
        st.fragment(_progress, run_every=_LOOK_SECONDS)(actor, trial)
    elif job["state"] == JobState.FAILED.value:
        st.error(plain(job["problem"] or "The trial failed."))
    elif job["state"] == JobState.CANCELLED.value:
        st.info("The trial was cancelled.")
    else:
        _answer(actor, job["result"], trial["recording"])


def _question(actor: Actor, model: Model, trial: dict[str, Any], *, waits: bool) -> None:
    mine = {one["id"]: one for one in projects.list_projects(actor) if "manager" in one["my_roles"]}
    if not mine:
        empty_state("No project to take a recording from", "Create a project and add a recording first.")
        return
    with st.container(border=True):
        left, right = st.columns(2)
        names = names_apart({one: project["name"] for one, project in mine.items()})
        project = left.selectbox("Project", list(mine), format_func=names.__getitem__, key="trial-project")
        query = right.text_input("Search recordings", placeholder="Words of the name or the attributes", key="trial-q")
        project = project or next(iter(mine))
        found = recordings.list_recordings(actor, project, state="ready", query=query or None, limit=_FOUND)
        by_id = {one["id"]: one for one in found["items"]}
        if not by_id:
            st.info("No recording fits the search." if query else "This project has no recording that is ready yet.")
            return
        words = names_apart({one: f"{row['name']} · {length(row['duration'])}" for one, row in by_id.items()})
        chosen = st.selectbox(
            f"Recording ({found['total']:,} found)",
            list(by_id),
            format_func=words.__getitem__,
            key=f"trial-recording-{project}",
        )
        recording = by_id.get(chosen or "") or found["items"][0]
        whole = float(recording["duration"])
        key = f"trial-{recording['id']}"
        first, second, third, last = st.columns([3, 3, 4, 2], vertical_alignment="bottom")
        start = first.number_input("Start (s)", 0.0, whole, 0.0, 1.0, key=f"{key}-start")
        longest = min(whole, model_trials.MAX_SECONDS)
        seconds = second.number_input("Length (s)", 0.0, longest, min(_USUAL, longest), 1.0, key=f"{key}-length")
        threshold = third.slider("Lowest score", 0.0, 1.0, 0.2, 0.01, key="trial-threshold")
        if last.button("Ask", type="primary", icon=":material/play_arrow:", disabled=waits, width="stretch"):
            with showing_errors():
                stop = min(whole, start + seconds)
                asked = model_trials.try_model(
                    actor, model["id"], recording["id"], start=start, stop=stop, threshold=threshold
                )
                trial["job"], trial["recording"] = asked["id"], recording["id"]
                st.rerun()


def _job(actor: Actor, trial: dict[str, Any]) -> dict[str, Any] | None:
    """The job of the trial; None when there is none, or its project has gone."""
    if trial["job"] is None:
        return None
    try:
        return jobs.get_job(actor, trial["job"])
    except LabelBuddyError:
        trial["job"] = None
        return None


def _over(job: dict[str, Any]) -> bool:
    return JobState(job["state"]) in FINAL_JOB_STATES


def _progress(actor: Actor, trial: dict[str, Any]) -> None:
    """How far it is; when it is over the page draws the answer."""
    job = _job(actor, trial)
    if job is None or _over(job):
        st.rerun()
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    row.progress(job["progress"], text=plain(job["message"]))
    if row.button("Cancel", key="trial-cancel"):
        with showing_errors():
            jobs.cancel_job(actor, job["id"])
        st.rerun()


def _answer(actor: Actor, answer: dict[str, Any], recording: str) -> None:
    spent = answer["seconds"]
    heard = answer["stop"] - answer["start"]
    counts = answer["counts"]
    said = [
        count(counts["regions"], "region"),
        *([count(counts["points"], "point")] if counts.get("points") else []),
        count(counts["tags"], "tag"),
        *(["text"] if answer["text"] else []),
        f"in {spent:.2f} s",
        *([f"{heard / spent:.3g} s of sound a second"] if spent else []),
        f"version {plain(answer['version'])}",
    ]
    st.subheader(
        f"{plain(answer['recording'])}, {answer['start']:g} – {answer['stop']:g} s", anchor=False, width="content"
    )
    st.caption(" · ".join(said))
    for note in answer["notes"]:
        st.warning(plain(note))
    task = sound_pictures.task_to_hear(actor, recording, start=answer["start"], stop=answer["stop"])
    if task is not None:
        place = (task, answer["start"], answer["stop"])
        (picture,) = sound_pictures.pictures(actor, [place])
        what = f"{answer['recording']}, {answer['start']:g} – {answer['stop']:g} s"
        sound_strip(actor, picture, *place, what=what, key="trial-sound")
    draw_answer(answer, key="trial")
    with st.expander("As the model answered", icon=":material/data_object:"):
        if answer["raw_cut"]:
            st.caption("The answer is long; this is its beginning.")
            st.code(answer["raw"], language=None, wrap_lines=True)
        else:
            for piece in answer["raw"].splitlines():
                st.json(orjson.loads(piece), expanded=2)
