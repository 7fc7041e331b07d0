"""The guided tour in the sidebar: the offer, and the step to do now; it sees by itself when that is done."""

from __future__ import annotations

import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.domain import tours as steps
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.tour_steps import TOURS
from labelbuddy_core.domain.tours import Step
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.first_steps import tours
from pages._dialogs import show_changes
from pages._elements import remember_project

PAGES = {
    "dashboard": "dashboard.py",
    "annotate": "annotate.py",
    "review": "review.py",
    "insight": "insight.py",
    "project": "project.py",
}
_MARKS = {steps.DONE: ":green[:material/check_circle:]", steps.SKIPPED: ":gray[:material/redo:]"}
_SECONDS = 2.0
_STYLE = """<style>
.st-key-tour p { font-size: 0.9rem; line-height: 1.4; }
@media (max-height: 860px) {
  [data-testid="stSidebarNav"] a { margin-block: 0; padding-block: 0; min-height: 1.6rem; }
  .st-key-tour [data-testid="stCaptionContainer"] { display: none; }
  .st-key-tour, .st-key-tour [data-testid="stVerticalBlock"] { gap: 0.5rem; }
}
</style>"""
# the card stays in view below the pages of a manager on a low screen
_PASSED = "_labelbuddy_tour_passed"


def tour_panel(actor: Actor, page: str) -> None:
    """Draw the open tour, or offer one; nothing for everybody else."""
    following = tours.follow(actor, page, st.context.locale or "en")
    if following is not None:
        st.html(_STYLE)
        _panel(actor, following)
        st.fragment(_watch, run_every=_SECONDS)(actor, page, following.steps)
        return
    role = tours.offered(actor)
    if role is not None:
        _offer(actor, role)


def read_more(step: Step) -> str:
    """The address of what the documentation says about a step."""
    return f"{base_path()}/help?doc={step.doc}"


def go_to(actor: Actor, step: Step, project_id: str) -> None:
    """Open the page of a step, with what it is about."""
    remember_project(project_id)
    st.switch_page(PAGES[step.page], query_params=tours.lead(actor, step, project_id))


def _offer(actor: Actor, role: Role) -> None:
    tour = TOURS[role]
    with st.container(border=True, key="tour"):
        st.markdown(f"**New here?** A tour of {tour.title.lower()}, step by step, takes five minutes.")
        row = st.container(horizontal=True)
        if row.button("Begin the tour", type="primary", key="tour-begin"):
            tours.start(actor, role.value)
            st.rerun()
        if row.button("Not now", type="tertiary", key="tour-decline", help="It stays on the page Help."):
            tours.decline(actor, role.value)
            st.rerun()


def _watch(actor: Actor, page: str, known: dict[str, str]) -> None:
    """Run the page again when a step was done, as the editor and jobs do things that no rerun follows.

    It draws nothing itself: what switches pages from within a fragment that runs by itself can lose the page.
    """
    following = tours.follow(actor, page, st.context.locale or "en")
    if following is None or following.steps != known:
        show_changes()


def _panel(actor: Actor, following: tours.Following) -> None:
    total = len(following.tour.steps)
    step = following.present
    with st.container(border=True, key="tour"):
        st.progress(
            following.number / total, text=f"Tour: {following.tour.title.lower()}, {following.number} of {total}"
        )
        if step is None:
            _end(actor, following)
            return
        if last := _done_last(following):
            st.caption(f":green[:material/check_circle:] {last}")
        st.markdown(f"**{step.title}**")
        st.markdown(f"{step.text} [Read more]({read_more(step)})")
        row = st.container(horizontal=True)
        if row.button("Show me", type="primary", key=f"tour-go-{step.id}"):
            go_to(actor, step, following.project_id)
        row.button("Skip", type="tertiary", key=f"tour-skip-{step.id}", on_click=tours.skip, args=(actor, step.id))
        row.button(
            "Leave",
            type="tertiary",
            key="tour-leave",
            on_click=tours.leave,
            args=(actor,),
            help="Go on later from the page Help.",
        )
        with st.expander("All steps"):
            for one in following.tour.steps:
                mark = _MARKS.get(following.steps.get(one.id, ""), ":material/radio_button_unchecked:")
                st.markdown(f"{mark} {one.title}")


def _end(actor: Actor, following: tours.Following) -> None:
    skipped = [one.title for one in following.tour.steps if following.steps[one.id] == steps.SKIPPED]
    st.markdown("**That was the tour.** *Help* has the tours of your other roles, and all that was linked here.")
    if skipped:
        st.caption(f"Skipped: {', '.join(skipped)}.")
    st.button("Close", type="primary", key="tour-close", on_click=tours.leave, args=(actor,))


def _done_last(following: tours.Following) -> str:
    """The title of the step that was done last while this browser looked; empty while none was."""
    done = [step.id for step in following.tour.steps if following.steps.get(step.id) == steps.DONE]
    key = f"{following.tour.role.value}-{following.project_id}"
    kept = st.session_state.get(_PASSED, {})
    if kept.get("tour") != key:
        kept = {"tour": key, "done": done, "last": ""}
    fresh = [step for step in done if step not in kept["done"]]
    last = fresh[-1] if fresh else kept["last"]
    st.session_state[_PASSED] = {"tour": key, "done": done, "last": last}
    found = following.tour.step(last)
    return "" if found is None else found.title
