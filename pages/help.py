"""Help: the guided tours of one's roles, and the documentation to read here."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.services.first_steps import samples, tours
from labelbuddy_core.services.installation import documentation
from pages._dialogs import dialog
from pages._elements import empty_state, plain, showing_errors
from pages._session import require_actor

actor = require_actor()
_WORDS = {"": "", "open": "under way", "left": "left", "finished": "finished"}


def documents() -> None:
    """The pages of the documentation as links, or the one that the address names."""
    titles = documentation.titles()
    if not titles:
        st.caption("The documentation is not installed here; it is in the folder docs of LabelBuddy.")
        return
    columns = st.columns(3)
    for number, (name, title) in enumerate(titles.items()):
        place = columns[number * 3 // len(titles)]
        place.button(title, type="tertiary", key=f"doc-{name}", on_click=open_document, args=(name,))


def open_document(name: str | None) -> None:
    """Show a page of the documentation, or all of the help."""
    if name is None:
        st.query_params.pop("doc", None)
    else:
        st.query_params["doc"] = name


def tour_row(choice: tours.Choice) -> None:
    """One tour: where it would be, how it stands, and the buttons."""
    with st.container(border=True):
        head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        total = len(choice.tour.steps)
        stands = f" · {_WORDS[choice.state]}, {choice.passed} of {total} steps" if choice.state else ""
        head.markdown(f"**{choice.tour.title}** · {total} steps, about five minutes{stands}", width="content")
        buttons = head.container(horizontal=True, width="content")
        role = choice.tour.role.value
        if choice.state == "left" and buttons.button("Go on", type="primary", key=f"resume-{role}"):
            with showing_errors():
                tours.resume(actor, role)
                st.rerun()
        label = "Begin again" if choice.state else "Begin"
        if buttons.button(label, key=f"begin-{role}", type="secondary" if choice.state else "primary"):
            with showing_errors():
                tours.start(actor, role)
                st.rerun()
        if choice.sample:
            st.caption(f"In {plain(choice.project)}, a sample.")
        else:
            st.caption(
                f":material/warning: In {plain(choice.project)}, which is real work: what you do there counts. A "
                "sample project is better for it: **New project**, *Try it with sample recordings*."
            )


@dialog("Remove all sample projects?")
def confirm_removal(names: list[str]) -> None:
    """Say what would go; what was labeled in it goes too."""
    st.markdown("These go with everything that was labeled in them:")
    st.markdown("\n".join(f"- {plain(one)}" for one in names))
    if st.button("Remove them", type="primary"):
        with showing_errors():
            samples.remove_my_samples(actor)
            st.rerun()


name = st.query_params.get("doc")
if name:
    with showing_errors():
        st.button("All of the help", icon=":material/arrow_back:", on_click=open_document, args=(None,))
        with st.container(width=900):
            st.markdown(documentation.page_called(name))
    st.stop()
st.title("Help")
st.subheader("Tours")
mine = tours.choices(actor)
if not mine:
    empty_state(
        "No tour yet",
        "There is one for each role in a project. Make a sample project on the dashboard: **New project**, *Try it "
        "with sample recordings*."
        if actor.is_administrator or actor.can_create_projects
        else "There is one for each role in a project; a manager can add you to one.",
        ":material/tour:",
    )
for one in mine:
    tour_row(one)
removable = samples.my_samples(actor)
if removable and st.button("Remove sample projects …", icon=":material/delete:"):
    confirm_removal([one["name"] for one in removable])
st.subheader("Documentation")
documents()
