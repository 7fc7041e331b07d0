"""The tab of the project page about models: how far each is with the tasks, its batches, and how it is used."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.states import JobState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_links
from labelbuddy_core.services.models.model_history import PROMOTED
from labelbuddy_core.services.predictions import prediction_batches, prediction_requests
from labelbuddy_core.services.reviews import caption_embedding
from pages._dialogs import dialog
from pages._elements import empty_state, plain, showing_errors
from pages._model_links import edit_link

Project = dict[str, Any]
Link = dict[str, Any]
Batches = dict[str, Any]
_LOOK_SECONDS = 1.0
_NONE: Batches = {"running": [], "last": None}
_LABELS = 12


def models_tab(actor: Actor, project: Project) -> None:
    """The models that help in this project."""
    linked = model_links.project_models(actor, project["id"])
    if not linked:
        empty_state("No model helps here yet", "Choose one on the **Models** page and use it in this project.")
        st.page_link("model_management.py", label="Models", icon=":material/neurology:")
        return
    names = {label["id"]: label["name"] for label in project["labels"]}
    found = prediction_batches.batches(actor, project["id"])
    for one in linked:
        with st.container(border=True, key=f"project-model-{one['model']}"):
            version = one["model_version"] if one["version"] == PROMOTED else one["version"]
            st.markdown(f"**{plain(one['name'])}** :gray-badge[{plain(version)}] {plain(one['description'])}")
            if one["embeds_text"]:
                _text_model(actor, project, one)
                continue
            st.caption("  \n".join(_used(one, names)))
            of_model = found.get(one["model"], _NONE)
            waiting = prediction_requests.waiting_tasks(actor, project["id"], one["model"])
            total = project["counts"]["tasks"]
            st.markdown(
                f"**{waiting:,}** of {total:,} tasks wait for a prediction."
                if waiting
                else "Every task that can be heard has a prediction."
                if total
                else "There are no tasks yet."
            )
            if of_model["running"]:
                st.fragment(_running, run_every=_LOOK_SECONDS)(actor, project, one)
            if of_model["last"]:
                _ended(of_model["last"])
            row = st.container(horizontal=True)
            if row.button("Predict tasks …", key=f"all-{one['model']}", icon=":material/auto_awesome:"):
                _predict(actor, project, one)
            if row.button("Labels and scores …", key=f"labels-of-model-{one['model']}", icon=":material/tune:"):
                edit_link(actor, project, one)
            if row.button("Stop using …", key=f"unlink-{one['model']}", icon=":material/link_off:"):
                _confirm_unlink(actor, project, one)


def _text_model(actor: Actor, project: Project, link: Link) -> None:
    """A model that compares captions: how many it was asked about; the captions are read when that is asked for."""
    found = caption_embedding.kept_vectors(actor, project["id"])
    in_use = found is not None and found["model"] == link["model"]
    if found is None or not in_use:
        st.caption("Captions are compared by another model of this project, the first by name.")
    elif found["kept"]:
        st.markdown(f"**{found['kept']:,}** different caption(s) have a vector.")
    else:
        st.markdown("No caption has a vector yet.")
    if link["automatic"]:
        st.caption("Asked by itself about captions that are handed in.")
    row = st.container(horizontal=True)
    if row.button("Compare captions …", key=f"embed-{link['model']}", icon=":material/compare:", disabled=not in_use):
        _compare_captions(actor, project)
    if row.button("Settings …", key=f"labels-of-model-{link['model']}", icon=":material/tune:"):
        edit_link(actor, project, link)
    if row.button("Stop using …", key=f"unlink-{link['model']}", icon=":material/link_off:"):
        _confirm_unlink(actor, project, link)


@dialog("Compare the captions of this project")
def _compare_captions(actor: Actor, project: Project) -> None:
    with showing_errors():
        found = caption_embedding.caption_vectors(actor, project["id"])
        if found is None or not found["captions"]:
            st.markdown("No caption was handed in yet.")
            return
        known = found["captions"] - found["missing"]
        st.markdown(f"**{known:,}** of {found['captions']:,} different captions that were handed in have a vector.")
        st.caption(
            f"{plain(found['name'])} is asked for a vector of every caption that has none, in the background. "
            "Reviews and *Insight* show how alike captions are."
        )
        if st.button("Compare", type="primary", disabled=not found["missing"]):
            caption_embedding.embed_captions(actor, project["id"])
            st.rerun()


def _used(link: Link, names: dict[str, str]) -> list[str]:
    """How the project uses the model, in lines."""
    label_map: dict[str, str] = link["label_map"]
    pairs = [
        named if (named := names.get(ours, ours)).casefold() == theirs.casefold() else f"{theirs} → {named}"
        for theirs, ours in label_map.items()
    ]
    more = f" … {len(pairs)} in all" if len(pairs) > _LABELS else ""
    shown = plain(", ".join(pairs[:_LABELS])) + more
    own = f", for {len(link['label_thresholds'])} label(s) their own" if link["label_thresholds"] else ""
    options = [
        *([_suggests(link, shown, own)] if link["predicts"] else []),
        f"License: {plain(link['license']) or 'none given'}",
    ]
    besides = [
        *([f"always version {plain(link['version'])}"] if link["version"] != PROMOTED else []),
        *(["asked by itself about every new recording"] if link["automatic"] else []),
        *(["told of annotations that are handed in or approved"] if link["webhook"] else []),
    ]
    if besides:
        options.append("; ".join(besides).capitalize())
    return options


def _suggests(link: Link, shown: str, own: str) -> str:
    if not shown and not link["needs_labels"]:
        return f"Suggests scores from {link['threshold']:.2f} on; no labels need to be matched"
    return f"Suggests scores from {link['threshold']:.2f} on{own}: {shown or 'no labels matched yet'}"


def _running(actor: Actor, project: Project, link: Link) -> None:
    """The batches of a model that wait or run: how far they are, and a way to cancel them."""
    with showing_errors():
        for job in prediction_batches.batches(actor, project["id"]).get(link["model"], _NONE)["running"]:
            row = st.container(horizontal=True, vertical_alignment="center")
            waits = job["state"] == JobState.QUEUED.value
            text = (
                counted(job["tasks"], "task waits for its turn", "tasks wait for their turn")
                if waits
                else plain(job["message"])
            )
            row.progress(job["progress"], text=text)
            if row.button("Cancel", key=f"cancel-batch-{job['id']}"):
                jobs.cancel_job(actor, job["id"])
                st.rerun()


def _ended(job: dict[str, Any]) -> None:
    """What became of the last batch: how much, and what went wrong."""
    when = f" ({job['finished_at'][:16].replace('T', ' ')} UTC)" if job["finished_at"] else ""
    result = job["result"] or {}
    failed = result.get("failed", 0)
    if job["state"] == JobState.FAILED.value:
        st.error(f"The last batch{when} failed: {plain(job['problem'] or 'no reason is known')}")
    elif job["state"] == JobState.CANCELLED.value:
        st.caption(f"The last batch{when} was cancelled; what it had predicted is kept.")
    else:
        said = f"The last batch{when}: {result.get('predicted', 0):,} of {job['tasks']:,} predicted"
        st.caption(f"{said}, {failed:,} failed." if failed else f"{said}.")
    problems = result.get("problems", [])
    if problems:
        with st.expander(f"What went wrong ({failed:,})", icon=":material/warning:", key=f"wrong-{job['id']}"):
            st.markdown("\n".join(f"- {plain(problem)}" for problem in problems))
            if failed > len(problems):
                st.caption(f"The first {len(problems)} of {failed:,}.")


@dialog("Predict the tasks of this project")
def _predict(actor: Actor, project: Project, model: Link) -> None:
    waiting = prediction_requests.waiting_tasks(actor, project["id"], model["model"])
    total = project["counts"]["tasks"]
    st.markdown(f"**{plain(model['name'])}** has not predicted {waiting} of {total} tasks as it is declared now.")
    again = st.checkbox("Ask again about all tasks", help="Also what it has answered before; the model runs anew.")
    if st.button("Predict", type="primary", disabled=not (total if again else waiting)):
        with showing_errors():
            prediction_requests.predict_project(actor, project["id"], model["model"], again=again)
            st.rerun()


@dialog("Stop using the model?")
def _confirm_unlink(actor: Actor, project: Project, model: Link) -> None:
    st.markdown(
        f"**{plain(model['name'])}** will not predict here any more. Its threshold and label map are forgotten; "
        "what annotators accepted stays."
    )
    if st.button("Stop using", type="primary"):
        with showing_errors():
            model_links.unlink_model(actor, project["id"], model["model"])
            st.rerun()
