"""Find similar: more stretches that sound like one, and a label suggested for all of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import sound_pictures
from labelbuddy_core.services.similarity import similar_preparing, similar_sounds
from labelbuddy_core.services.similarity.similar_sounds import MOST_RESULTS, SimilarTo
from labelbuddy_core.services.tasks import tasks
from pages._address import seconds_asked
from pages._elements import empty_state, page_header, pick_project, plain, showing_errors
from pages._names_apart import names_apart
from pages._session import require_actor
from pages._similar_results import clock, past_propagations, results, stretch, suggest_label
from pages._sound_strips import sound_strip

actor = require_actor()


def search_by(project: dict[str, Any]) -> str | None:
    """Draw what can be searched, and have it prepared; returns the chosen model."""
    models = similar_preparing.searchable(actor, project["id"])
    ready = {one["model"]: one for one in models if one["tasks"]}
    if "manager" in project["my_roles"] and (not models or any(one["tasks"] < one["of"] for one in models)):
        with st.container(border=True):
            missing = [
                f"{counted(one['of'] - one['tasks'], 'task')} for {one['name']}"
                for one in models
                if one["tasks"] < one["of"]
            ]
            about = (
                f"Not searched yet: {', '.join(missing)}." if missing else "Nothing was compared in this project yet."
            )
            st.markdown(f"{plain(about)} A search needs feature vectors of every task.")
            row = st.container(horizontal=True)
            lacking = [one for one in models if one["tasks"] < one["of"]]
            for one in lacking or [{"model": None, "name": similar_preparing.LIKENESS}]:
                row.button(
                    f"Prepare with {one['name']}",
                    key=f"prepare-{one['model']}",
                    icon=":material/model_training:",
                    on_click=prepare,
                    args=(actor, project["id"], one["model"]),
                )
    if not ready:
        return None
    if len(ready) == 1:
        return next(iter(ready))
    names = names_apart({model: one["name"] for model, one in ready.items()})
    return st.sidebar.selectbox("Compared by", list(ready), format_func=names.__getitem__)


def prepare(actor: Actor, project_id: str, model: str | None) -> None:
    """A manager asked for the vectors that are missing."""
    try:
        similar_preparing.prepare(actor, project_id, model)
        st.toast("The vectors are computed; the project page shows how far it is.", icon=":material/hourglass:")
    except LabelBuddyError as error:
        st.toast(plain(error.detail), icon=":material/block:")


def choose_task(project: dict[str, Any]) -> None:
    """Draw a way to a task for those who did not come from the editor."""
    name = st.text_input("Find a recording by its name", key="similar-name", icon=":material/search:")
    found = tasks.list_tasks(actor, project["id"], name=name or None, order="newest", limit=10)["items"]
    for one in found:
        st.button(
            f"{plain(one['recording']['name'])}, {clock(one['start'])} – {clock(one['stop'])}",
            key=f"like-{one['id']}",
            type="tertiary",
            icon=":material/graphic_eq:",
            on_click=look_for,
            args=(one["id"],),
        )


def look_for(task: str) -> None:
    """Another task is looked for, as a whole."""
    for name in ("start", "stop", "region"):
        st.query_params.pop(name, None)
    st.query_params["task"] = task


def leave() -> None:
    """Nothing is looked for any more."""
    for name in ("task", "start", "stop", "region"):
        st.query_params.pop(name, None)


task_id = st.query_params.get("task")
linked = None
if task_id:
    try:
        linked = tasks.get_task(actor, task_id)["project"]
    except LabelBuddyError as error:
        st.warning(plain(error.detail), icon=":material/block:")
        task_id = None
project = pick_project(actor, "manager", "annotator", linked=linked)
if project is None:
    st.title("Find similar")
    empty_state("No project", "You neither manage nor annotate a project yet.")
    st.stop()
page_header("Find similar", plain(project["name"]))
model = search_by(project)
if task_id is None or linked != project["id"]:
    if model is not None:
        empty_state(
            "Find more like this",
            "Select a region in the editor and press *Find more like this*, or choose a recording here.",
            ":material/saved_search:",
        )
        choose_task(project)
    elif "manager" not in project["my_roles"]:
        empty_state(
            "Nothing to search yet",
            "A search needs feature vectors of every task: a manager of this project has them prepared on this page.",
            ":material/saved_search:",
        )
    past_propagations(actor, project)
    st.stop()

wanted = SimilarTo(task_id, seconds_asked("start"), seconds_asked("stop"), st.query_params.get("region"), model)
controls = st.container(horizontal=True, vertical_alignment="bottom")
least = controls.slider("Similarity from", 0.0, 1.0, 0.6, 0.05, width=320)
limit = int(controls.select_slider("At most", [12, 24, 50, 100, MOST_RESULTS], 50, width=320))
controls.button("Look for something else", icon=":material/arrow_back:", on_click=leave)
with showing_errors():
    found = similar_sounds.find_similar(actor, project["id"], wanted, limit=limit, least=least)
    source, searched = found["source"], found["searched"]
    with st.container(border=True):
        left, right = st.columns([1, 2], vertical_alignment="center")
        place = (source["task"], source["start"], source["stop"])
        with left:
            (picture,) = sound_pictures.pictures(actor, [place])
            sound_strip(actor, picture, *place, what=stretch(source), key="similar-source-sound")
        with right:
            names = {label["id"]: label["name"] for label in project["labels"]}
            label = f" :blue-badge[{plain(names.get(source['label'], source['label']))}]" if source["label"] else ""
            st.markdown(f"**More like {plain(stretch(source))}**{label}")
            st.caption(
                f"{len(found['items'])} found among {counted(searched['vectors'], 'stretch', 'stretches')} of "
                f"{counted(searched['tasks'], 'task')}, "
                f"compared by {plain(found['model']['name'])} {plain(found['model']['version'])}"
            )
            if searched["unread"]:
                unread = counted(searched["unread"], "recording was", "recordings were")
                st.caption(f"{unread} not read yet: search again to go on.")
    if not found["items"]:
        empty_state("Nothing is as similar as that", "Lower the similarity.", ":material/search_off:")
    key = f"similar-{task_id}-{source['start']:g}-{source['stop']:g}-{model}"
    left_out = results(actor, project, found, key)
    suggest_label(actor, project, found, wanted, least, left_out)
past_propagations(actor, project)
