"""The tabs of the project page about labels and the project itself."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels import label_edits
from labelbuddy_core.services.projects import projects
from pages._dialogs import dialog
from pages._elements import STRATEGIES, plain, showing_errors
from pages._label_changes import label_changes_area
from pages._label_table import attribute_table, attributes_from, label_table, labels_from
from pages._opened_labels import open_anew, opened_labels
from pages._opened_settings import OpenedSettings, opened_settings, overtaken_line, save_settings

Project = dict[str, Any]
ORDERS = {
    "added": "In the order in which they were added",
    "uncertainty": "Those a model is least sure of",
    "disagreement": "Those on which models differ most",
    "diversity": "Those least like the ones before",
}
LANES = {"labels": "One for each label", "tiers": "Tiers that annotators lay out"}
SUGGESTIONS = {
    "shown": "From the start",
    "after_first_pass": "After a first pass of their own",
    "hidden": "Never",
}
TITLES = {
    "name": "Name",
    "instructions": "Instructions for annotators (Markdown)",
    "strategy": "Who gets which task?",
    "annotators_per_task": "Annotators per task",
    "blind": "Annotators do not see each other's work",
    "suggestions": "When do annotators see suggestions of models?",
    "queue_order": "Which tasks come first?",
    "lanes": "What are the lanes of the editor?",
    "tiers": "Tiers to begin with, one a line",
    "review_reasons": "Reasons that reviewers choose from, one a line",
    "state": "Active (new tasks can be claimed)",
}
WORDS = {"strategy": STRATEGIES, "suggestions": SUGGESTIONS, "queue_order": ORDERS, "lanes": LANES}
_TABLE = "labels"


def labels_tab(actor: Actor, project: Project) -> None:
    """Edit the label set; labels in use cannot be removed."""
    st.caption(
        "Renaming a label keeps everything marked with it. Keys 1–9 pick labels in the editor. "
        "A new label goes into the empty row at the end of the table, a label goes with its tick at the left."
    )
    opened = opened_labels(_TABLE, project)
    rows = label_table(opened.labels, key=opened.key)
    if opened.overtaken:
        _overtaken()
    if st.button("Save labels", type="primary"):
        with showing_errors():
            edited = labels_from(rows, opened.labels)
            if label_edits.edit_labels(actor, project["id"], opened=opened.labels, edited=edited):
                open_anew(_TABLE)
                st.toast("Labels saved", icon=":material/check:")
                st.rerun()
            st.toast("Nothing to save: no label was changed", icon=":material/info:")
    with st.expander("Ask about every region of a label", icon=":material/checklist:"):
        _attributes(actor, project)
    label_changes_area(actor, project)


def _overtaken() -> None:
    """Somebody changed the set while edits are in the table."""
    st.info(
        "Somebody changed the label set since you began to edit it. The table still shows it as you opened it; "
        "saving puts both together, or says what does not fit.",
        icon=":material/group:",
    )
    if st.button("Show the labels of today", help="Your edits that are not saved go.", icon=":material/refresh:"):
        open_anew(_TABLE)
        st.rerun()


def _attributes(actor: Actor, project: Project) -> None:
    """What annotators are asked about each region of one label."""
    labels = {label["id"]: label for label in project["labels"]}
    if not labels:
        st.caption("Add labels first.")
        return
    chosen = st.selectbox("Label", list(labels), format_func=lambda one: labels[one]["name"], key="attributes-of")
    area = f"attributes-{chosen}"
    opened = opened_labels(area, project)
    before = {label["id"]: label for label in opened.labels}
    rows = attribute_table(before[chosen]["attributes"], key=opened.key)
    if st.button("Save questions"):
        with showing_errors():
            before[chosen] = {**before[chosen], "attributes": attributes_from(rows)}
            if label_edits.edit_labels(actor, project["id"], opened=opened.labels, edited=list(before.values())):
                open_anew(area)
                st.toast("Questions saved", icon=":material/check:")
                st.rerun()
            st.toast("Nothing to save: no question was changed", icon=":material/info:")


def settings_tab(actor: Actor, project: Project) -> None:
    """Name, instructions, assignment; deleting the project."""
    opened = opened_settings("settings", project, TITLES)
    overtaken_line(opened)
    values, key = opened.values, opened.field
    with st.form(opened.key):
        name = st.text_input(TITLES["name"], values["name"], max_chars=120, key=key("name"))
        instructions = st.text_area(TITLES["instructions"], values["instructions"], height=160, key=key("instructions"))
        left, right = st.columns([3, 1])
        strategy = _choice(left, "strategy", opened)
        number = right.number_input(
            TITLES["annotators_per_task"], 1, 100, values["annotators_per_task"], key=key("annotators_per_task")
        )
        blind = st.checkbox(TITLES["blind"], values["blind"], key=key("blind"))
        suggestions = _choice(
            st,
            "suggestions",
            opened,
            help="A first pass without them shows how far people follow what a model says. You see them in any case.",
        )
        order = _choice(
            st,
            "queue_order",
            opened,
            help="Among tasks of equal priority. All but the first need predictions; tasks without one come last.",
        )
        lanes = _choice(st, "lanes", opened)
        tiers = st.text_area(
            TITLES["tiers"],
            "\n".join(values["tiers"]),
            key=key("tiers"),
            help="Used with tiers only. Annotators add, rename and remove tiers of their own.",
        )
        reasons = st.text_area(
            TITLES["review_reasons"],
            "\n".join(values["review_reasons"]),
            key=key("review_reasons"),
            help="Offered as buttons next to the free text, kept with the review and exported with it.",
        )
        active = st.checkbox(TITLES["state"], values["state"] == "active", key=key("state"))
        if st.form_submit_button("Save", type="primary"):
            typed = {
                "name": name,
                "instructions": instructions,
                "strategy": strategy,
                "annotators_per_task": int(number),
                "blind": blind,
                "suggestions": suggestions,
                "queue_order": order,
                "lanes": lanes,
                "tiers": tiers.splitlines(),
                "review_reasons": reasons.splitlines(),
                "state": "active" if active else "archived",
            }
            save_settings(actor, project, opened, typed, TITLES, WORDS)
    if st.button("Delete this project …", icon=":material/delete:"):
        _confirm_delete(actor, project)


def _choice(place: Any, name: str, opened: OpenedSettings, **more: Any) -> Any:
    """A list of what a setting can be, in words."""
    words = WORDS[name]
    index = list(words).index(opened.values[name])
    return place.selectbox(
        TITLES[name], list(words), index, format_func=words.__getitem__, key=opened.field(name), **more
    )


@dialog("Delete the project?")
def _confirm_delete(actor: Actor, project: Project) -> None:
    counts = project["counts"]
    st.markdown(
        f"**{plain(project['name'])}** with {counted(sum(counts['recordings'].values()), 'recording')}, "
        f"{counted(counts['tasks'], 'task')} and all annotations and reviews will be deleted for good. "
        "Export first what you want to keep."
    )
    typed = st.text_input("Type the project's name to confirm")
    if st.button("Delete for good", type="primary", disabled=typed != project["name"]):
        with showing_errors():
            projects.delete_project(actor, project["id"])
            st.switch_page("dashboard.py")
