"""The tab of the project page about reviews: who reviews, which share, in which order, and how it stands."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.domain.caption_lexicon import LEXICON, as_lines, entries_of_lines
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews import review_assignments, review_claims, review_sampling
from pages._dialogs import dialog
from pages._elements import plain, showing_errors
from pages._names_apart import names_apart
from pages._opened_settings import opened_settings, overtaken_line, save_settings
from pages._review_queue import not_reviewed

Project = dict[str, Any]
REVIEWERS = {
    "pool": "Every reviewer, where nobody is named for the task",
    "dealt": "Dealt out: each task to the reviewer with least waiting",
    "by_hand": "Only whom you name",
}
ORDERS = {"oldest": "Oldest first", "disagreement": "Those first whose answers differ most"}
UNSAMPLED = {"leave": "They stay submitted, unreviewed", "approve": "They are approved without a review"}
RULES = {
    "reviewers": "Who reviews?",
    "order": "What comes first?",
    "share": "Share that is reviewed (%)",
    "below_confidence": "Or a confidence below",
    "below_agreement": "Or an agreement below",
    "unsampled": "And the others?",
}
_PREFIX = "reviewing."
_WORDS = {"reviewers": REVIEWERS, "order": ORDERS, "unsampled": UNSAMPLED}
_LEXICON = "Your own words, one value a line"


def review_tab(actor: Actor, project: Project) -> None:
    """How reviews stand, and the rules for them."""
    _standing(actor, project)
    st.divider()
    _rules(actor, project)
    with st.expander("Words of captions that contradict each other", icon=":material/dictionary:", key="caption-words"):
        _lexicon(actor, project)


def _standing(actor: Actor, project: Project) -> None:
    load = review_assignments.review_load(actor, project["id"])
    if not load["reviewers"]:
        st.info("The project has no reviewer yet; give somebody the role in the tab *People*.")
        return
    waiting = f"**{load['waiting']:,}** {'annotation waits' if load['waiting'] == 1 else 'annotations wait'}"
    st.markdown(f"{waiting} for a review. {not_reviewed(load)}")
    rows = [
        {"Reviewer": one["name"], "Named for": one["named"], "Decided": one["decided"]} for one in load["reviewers"]
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "Named for": st.column_config.NumberColumn(help="Tasks with something waiting that only they, or few, see"),
            "Decided": st.column_config.NumberColumn(help="Annotations approved or sent back so far"),
        },
    )
    _open_now(actor, project)
    row = st.container(horizontal=True, vertical_alignment="center")
    without = load["unnamed"]
    if row.button(
        f"Name reviewers for {counted(without, 'task')}",
        icon=":material/person_add:",
        disabled=not without,
        help="Each goes to whoever has least waiting, never to somebody who annotates it. Others do not see it then.",
    ):
        with showing_errors():
            done = review_assignments.share_out(actor, project["id"])
            left = f"; for {done['without']} nobody is left" if done["without"] else ""
            st.toast(
                f"{counted(done['named'], 'task has', 'tasks have')} a reviewer now{left}", icon=":material/check:"
            )
            st.rerun()
    address = f"{base_path()}/api/v1/projects/{project['id']}/reviews?format=csv"
    row.link_button("Reviews with their reasons", address, icon=":material/download:", help="CSV, a row a reason")
    if row.button(
        "Measure and sample again",
        icon=":material/refresh:",
        help="After models predicted or labels were imported: what nobody decided yet is looked at anew.",
    ):
        with showing_errors():
            review_sampling.sample_again(actor, project["id"])
            st.rerun()


def _open_now(actor: Actor, project: Project) -> None:
    """What reviewers have open, each with the way to give it back to the others."""
    held = review_claims.claims(actor, project["id"])
    if not held:
        return
    with st.expander(f"Being reviewed now ({len(held)})", icon=":material/visibility:", key="being-reviewed"):
        for one in held:
            row = st.container(horizontal=True, vertical_alignment="center")
            row.markdown(
                f"{plain(one['recording'])} by {plain(one['annotator'])}: open at **{plain(one['reviewer'])}**, "
                f"last worked on {_ago(one['idle'])}"
            )
            if row.button(
                "Release",
                key=f"release-{one['annotation']}",
                type="tertiary",
                help="Others may review it then; what this reviewer decides afterwards counts only if they are first.",
            ):
                with showing_errors():
                    review_claims.release(actor, one["annotation"])
                    st.rerun()


def _ago(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes} min ago" if minutes else "just now"


def _rules(actor: Actor, project: Project) -> None:
    opened = opened_settings("review-rules", project, _prefixed(RULES))
    overtaken_line(opened)
    rules = {name: opened.values[f"{_PREFIX}{name}"] for name in RULES}
    with st.form(opened.key):
        reviewers = st.selectbox(
            RULES["reviewers"],
            list(REVIEWERS),
            list(REVIEWERS).index(rules["reviewers"]),
            format_func=REVIEWERS.__getitem__,
            key=opened.field("reviewers"),
        )
        order = st.selectbox(
            RULES["order"],
            list(ORDERS),
            list(ORDERS).index(rules["order"]),
            format_func=ORDERS.__getitem__,
            key=opened.field("order"),
        )
        left, middle, right = st.columns(3)
        share = left.number_input(
            RULES["share"],
            0.0,
            100.0,
            rules["share"],
            5.0,
            key=opened.field("share"),
            help="Drawn by a hash; 100: everything.",
        )
        confidence = middle.number_input(
            RULES["below_confidence"],
            0.0,
            1.0,
            rules["below_confidence"],
            0.05,
            key=opened.field("below_confidence"),
            placeholder="No rule",
            help="Of an annotation that took suggestions of a model: the score of the least sure one.",
        )
        agreement = right.number_input(
            RULES["below_agreement"],
            0.0,
            1.0,
            rules["below_agreement"],
            0.05,
            key=opened.field("below_agreement"),
            placeholder="No rule",
            help="1 − disagreement of the task's answers; of a single answer, with what models said.",
        )
        unsampled = st.selectbox(
            RULES["unsampled"],
            list(UNSAMPLED),
            list(UNSAMPLED).index(rules["unsampled"]),
            format_func=UNSAMPLED.__getitem__,
            key=opened.field("unsampled"),
        )
        st.caption("What was sent back once is always reviewed again. Rules hold for all that no reviewer has decided.")
        if st.form_submit_button("Save rules", type="primary"):
            typed = {
                "reviewers": reviewers,
                "order": order,
                "share": share,
                "below_confidence": confidence,
                "below_agreement": agreement,
                "unsampled": unsampled,
            }
            save_settings(actor, project, opened, _prefixed(typed), _prefixed(RULES), _prefixed(_WORDS))


def _prefixed(rules: dict[str, Any]) -> dict[str, Any]:
    return {f"{_PREFIX}{name}": value for name, value in rules.items()}


def _lexicon(actor: Actor, project: Project) -> None:
    """The project's own words beside those that are built in."""
    opened = opened_settings("lexicon", project, ("lexicon",))
    overtaken_line(opened)
    with st.form(opened.key):
        lines = st.text_area(
            _LEXICON,
            "\n".join(as_lines(opened.values["lexicon"])),
            key=opened.field("lexicon"),
            placeholder="noise: rain = patter, downpour\nnoise: keyboard = typing, key clicks",
            help="facet: value = word, word. Captions that name different values of a facet contradict each other.",
        )
        st.caption(f"Built in: {', '.join(sorted({entry.facet for entry in LEXICON}))}, keys, meters and tempi in bpm.")
        if st.form_submit_button("Save words"):
            with showing_errors():
                typed = {"lexicon": entries_of_lines(lines.splitlines())}
                save_settings(actor, project, opened, typed, {"lexicon": _LEXICON}, {})


@dialog("Name reviewers")
def name_reviewers(actor: Actor, project: str, tasks: list[str]) -> None:
    """Choose who reviews some tasks."""
    people = {
        one["username"]: plain(one["name"]) for one in review_assignments.review_load(actor, project)["reviewers"]
    }
    if not people:
        st.markdown("The project has no reviewer yet; give somebody the role in the tab *People*.")
        return
    first = review_assignments.reviewers_of(actor, tasks[0]) if len(tasks) == 1 else []
    chosen = st.multiselect(
        "Reviewers", list(people), default=first, format_func=names_apart(people).__getitem__, key="reviewers-of-tasks"
    )
    everybody = st.checkbox("Each task by all of them", value=len(tasks) == 1, help="Else they are shared out.")
    st.caption("Nobody is named for a task that they annotate. Without reviewers a task goes back to the pool.")
    if st.button(f"Save for {counted(len(tasks), 'task')}", type="primary"):
        with showing_errors():
            if not chosen:
                for task in tasks:
                    review_assignments.name_reviewers(actor, task, [])
            else:
                review_assignments.share_out(actor, project, tasks=tasks, reviewers=chosen, everybody=everybody)
            st.rerun()
