"""Review: what comes first in the project's order of what others submitted; decide, and the next one comes."""

from __future__ import annotations

import streamlit as st

from components.wavesurfer_component import review_editor
from labelbuddy_core.errors import InvalidState, LabelBuddyError
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.reviews import review_claims, review_queues
from labelbuddy_core.services.tasks import tasks
from pages._caption_differences import captions_compared
from pages._elements import empty_state, length, page_header, pick_project, plain
from pages._review_queue import not_reviewed, row_of, why
from pages._session import require_actor
from pages._verify_grid import verify_one_label

actor = require_actor()
_REVIEW = "review-editor"


def decided() -> None:
    """The component sent a decision: say so and go on."""
    done = st.session_state[_REVIEW].reviewed
    if done is not None:
        st.query_params.pop("annotation", None)
        words = "Approved." if done["decision"] == "approve" else "Sent back with your feedback."
        st.session_state["_labelbuddy_reviewed"] = words


def open_annotation(annotation: str) -> None:
    """Review another one of the queue."""
    st.query_params["annotation"] = annotation


wanted = st.query_params.get("annotation")
linked, notice = None, ""
if wanted:
    try:
        linked = tasks.get_task(actor, annotations.get_annotation(actor, wanted)["task"])["project"]
    except LabelBuddyError as error:
        notice = plain(error.detail)
project = pick_project(actor, "reviewer", linked=linked)
if project is None:
    st.title("Review")
    empty_state("Nothing to review", "You are not a reviewer in any project yet; a manager can add you.")
    st.stop()

ONE_BY_ONE, GRID = "Annotations", "Regions of one label"
first = GRID if st.query_params.get("view") == "label" else ONE_BY_ONE
if st.segmented_control("Review", [ONE_BY_ONE, GRID], default=first, label_visibility="collapsed") == GRID:
    review_claims.leave_all(actor, project["id"])  # what was open there is not looked at any more
    verify_one_label(actor, project)
    st.stop()
if words := st.session_state.pop("_labelbuddy_reviewed", None):
    st.toast(words, icon=":material/check:")
opened = None
if wanted and linked == project["id"]:
    if review_queues.review_queue(actor, project["id"], annotation=wanted):
        try:
            opened = review_claims.open_annotation(actor, wanted)["annotation"]
        except InvalidState as error:  # another reviewer has it open
            notice = plain(error.detail)
    else:
        notice = "The annotation of this address does not wait for your review: it was decided or withdrawn."
opened = opened or review_claims.open_next(actor, project["id"])
waiting = review_queues.review_queue(actor, project["id"])
counts = review_queues.review_counts(actor, project["id"])
if wanted and opened != wanted:
    st.info(f"{notice} Here is the one that comes first." if opened else notice)
    st.query_params.pop("annotation", None)
chosen = next(iter(review_queues.review_queue(actor, project["id"], annotation=opened)), None) if opened else None
if chosen is None:
    st.title("Review")
    with_others = f"Other reviewers have {len(waiting)} open. " if waiting else ""
    empty_state(
        "Nothing to review",
        f"{with_others}Submitted annotations of **{plain(project['name'])}** appear here. "
        f"You have decided {counts['decided']} so far. {not_reviewed(counts)}",
        ":material/task_alt:",
    )
    st.stop()

task = tasks.get_task(actor, chosen["task"])
annotation = annotations.get_annotation(actor, chosen["annotation"])
who = plain(annotation["annotator"]["name"])
page_header(
    task["recording"]["name"], f"by **{who}** · {length(task['stop'] - task['start'])} · {counts['waiting']} waiting"
)
if about := why(chosen):
    st.caption(about)
review_editor(
    person=actor.id,
    task=chosen["task"],
    project=project["id"],
    annotation=chosen["annotation"],
    key=_REVIEW,
    on_reviewed=decided,
)
captions_compared(actor, chosen["task"])
if len(waiting) > 1:
    title = f"Waiting for review ({counts['waiting']})"
    if len(waiting) < counts["waiting"]:
        title = f"{title}, the first {len(waiting)}"
    with st.expander(title, key="waiting-for-review"):
        for one in waiting:
            if one["reviewer"]:
                st.caption(row_of(one))
                continue
            st.button(
                row_of(one),
                key=f"review-{one['annotation']}",
                on_click=open_annotation,
                args=(one["annotation"],),
                type="tertiary",
            )
if told := not_reviewed(counts):
    st.caption(told)
