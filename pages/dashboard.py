"""Dashboard: the person's projects, what waits in each, and the way to the work; creating a project."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.first_steps import samples
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.reviews import review_queues
from labelbuddy_core.services.tasks import queues
from pages._elements import ROLE_NAMES, STRATEGIES, TASK_STATES, empty_state, plain, remember_project, showing_errors
from pages._label_table import label_table, labels_from
from pages._session import require_actor

actor = require_actor()
may_create = actor.is_administrator or actor.can_create_projects


@st.dialog("New project", width="large")
def new_project() -> None:
    """Ask for what a project needs; everything can be changed later."""
    template = st.selectbox(
        "What should be labeled?",
        list(TEMPLATES),
        format_func=lambda one: f"{TEMPLATES[one].title}: {TEMPLATES[one].description}",
    )
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption("Not sure yet? A sample project has seven short recordings, two annotators who disagree, and reviews.")
    if row.button("Try it with sample recordings", icon=":material/science:", width="content"):
        with showing_errors():
            open_sample(template)
    name = st.text_input("Name", max_chars=120, placeholder="Street sounds 2026")
    instructions = st.text_area("Instructions for annotators (Markdown)", height=110)
    st.markdown("**Labels**")
    rows = label_table([{"name": label} for label in TEMPLATES[template].labels], key=f"new-labels-{template}")
    left, right = st.columns([3, 1])
    strategy = left.selectbox("Who gets which task?", list(STRATEGIES), format_func=STRATEGIES.__getitem__)
    number = right.number_input("Annotators per task", 1, 100, 1, disabled=strategy == "all")
    blind = st.checkbox("Annotators do not see each other's work", value=True)
    people = [one["username"] for one in memberships.people_to_invite(actor)]
    annotators = st.multiselect("Annotators", people)
    reviewers = st.multiselect("Reviewers", people)
    managers = st.multiselect("Further managers", [one for one in people if one != actor.username])
    if not st.button("Create project", type="primary"):
        return
    members: dict[str, list[str]] = {}
    for role, chosen in (("annotator", annotators), ("reviewer", reviewers), ("manager", managers)):
        for username in chosen:
            members.setdefault(username, []).append(role)
    with showing_errors():
        made = projects.create_project(
            actor,
            name=name,
            template=template,
            instructions=instructions,
            labels=labels_from(rows),
            strategy=strategy,
            annotators_per_task=int(number),
            blind=blind,
            members=members,
        )
        remember_project(made["id"])
        st.switch_page("project.py")


def open_sample(template: str) -> None:
    """Make my sample of a template unless it is there, and show it; the project page tells how far its job is."""
    remember_project(samples.begin_sample(actor, template)["project"])
    st.switch_page("project.py")


def card(project: dict) -> None:
    """One project: where it stands, and buttons for what this person does in it."""
    with st.container(border=True):
        head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        head.markdown(f"#### {plain(project['name'])}", width="content")
        badges = [f":gray-badge[{ROLE_NAMES[role]}]" for role in project["my_roles"]]
        head.markdown(" ".join([":blue-badge[Sample]", *badges] if project["sample"] else badges), width="content")
        counts = project["counts"]
        if counts:
            total, by_state = counts["tasks"], counts["by_state"]
            done = by_state.get("approved", 0)
            st.progress(done / total if total else 0.0, text=f"{done} of {total} tasks approved")
            st.markdown(
                " ".join(
                    f":{color}-badge[{title} {by_state[state]}]"
                    for state, (title, color) in TASK_STATES.items()
                    if by_state.get(state)
                )
                or "No tasks yet: upload recordings on the project page."
            )
        buttons = st.container(horizontal=True)
        if "annotator" in project["my_roles"]:
            queue = queues.my_queue(actor, project["id"])
            waiting = queue["rejected"] + queue["draft"] + queue["new"] + queue["pool"]
            sent_back = f" · {queue['rejected']} sent back" if queue["rejected"] else ""
            st.caption(
                f"{waiting} to annotate{sent_back} · {queue['submitted']} submitted · {queue['approved']} approved"
            )
            go(buttons, project, "Annotate", "annotate.py", ":material/graphic_eq:", primary=waiting > 0)
        if "reviewer" in project["my_roles"]:
            waiting = review_queues.review_counts(actor, project["id"])["waiting"]
            go(buttons, project, f"Review ({waiting})", "review.py", ":material/rate_review:", primary=waiting > 0)
        if "manager" in project["my_roles"]:
            go(buttons, project, "Manage", "project.py", ":material/folder_open:", primary=False)


def go(place, project: dict, text: str, page: str, icon: str, *, primary: bool) -> None:
    """A button to a page with this project chosen."""
    key = f"{page}-{project['id']}"
    if place.button(text, icon=icon, key=key, type="primary" if primary else "secondary"):
        remember_project(project["id"])
        st.switch_page(page)


head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
head.title("Dashboard")
if may_create and head.button("New project", type="primary", icon=":material/add:"):
    new_project()
mine = projects.list_projects(actor)
if not mine:
    empty_state(
        "No project yet",
        "Create one with **New project**: choose what to label, add labels and people, then upload recordings."
        if may_create
        else "A manager adds you to a project; it appears here then.",
    )
columns = st.columns(2)
for number, one in enumerate(mine):
    with columns[number % 2]:
        card(one)
