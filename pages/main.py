"""The gate: runs before every page, shows the sign-in page to strangers, and the pages of their roles to the rest."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

from labelbuddy_core.services.installation.disk_space import disk_space  # noqa: E402
from labelbuddy_core.services.projects import projects  # noqa: E402
from pages import _session, _sign_in  # noqa: E402
from pages._brand import ICON, LOGO  # noqa: E402
from pages._dialogs import page_begins  # noqa: E402
from pages._elements import plain  # noqa: E402
from pages._tour import tour_panel  # noqa: E402

PAGES = {
    "dashboard": ("dashboard.py", "Dashboard", ":material/space_dashboard:"),
    "annotate": ("annotate.py", "Annotate", ":material/graphic_eq:"),
    "review": ("review.py", "Review", ":material/rate_review:"),
    "similar": ("similar.py", "Find similar", ":material/saved_search:"),
    "insight": ("insight.py", "Insight", ":material/insights:"),
    "project": ("project.py", "Project", ":material/folder_open:"),
    "models": ("model_management.py", "Models", ":material/neurology:"),
    "training": ("training.py", "Training", ":material/model_training:"),
    "people": ("people.py", "People", ":material/group:"),
    "account": ("account.py", "Account", ":material/account_circle:"),
    "headphones": ("headphones.py", "Headphones", ":material/headphones:"),
    "help": ("help.py", "Help", ":material/help:"),
}
# Pages whose height belongs to the editor; there is nothing to do about the installation there. (Streamlit would draw a
# string that stands alone here.)
ROOMY = ("annotate", "review", "similar")

page_begins()
st.set_page_config(page_title="LabelBuddy", page_icon=str(ICON), layout="wide")
# Streamlit leaves a hand's breadth above every page; no setting changes that. The choice of the project, which pages
# draw last, stands above a tour in the sidebar.
st.html(
    "<style>.stMainBlockContainer { padding: 2.6rem 2.5rem 3rem; } "
    "[class*='st-key-project-for-'] { order: -1; }</style>"
)

actor = _session.current_actor()
if _sign_in.finish_pending():
    st.stop()
if actor is None:
    # every address leads to the sign-in page, so that a deep link is still there after signing in
    doors = [
        st.Page(_sign_in.sign_in_page, title="LabelBuddy", url_path=name, default=name == "dashboard") for name in PAGES
    ]
    st.navigation(doors, position="hidden").run()
    st.stop()

roles = {role for project in projects.list_projects(actor) for role in project["my_roles"]}
trains = "manager" in roles or actor.is_administrator
manages = "manager" in roles or actor.is_administrator or actor.can_create_projects


def page(name: str) -> st.Page:  # pyright: ignore[reportInvalidTypeForm]
    """A page by its name in the address."""
    file, title, icon = PAGES[name]
    return st.Page(HERE / file, title=title, icon=icon, url_path=name, default=name == "dashboard")


sections = {
    "Work": [
        "dashboard",
        *(["annotate"] if "annotator" in roles else []),
        *(["review"] if "reviewer" in roles else []),
        *(["similar"] if roles & {"manager", "annotator"} or actor.is_administrator else []),
        *(["insight"] if roles & {"manager", "reviewer"} or actor.is_administrator else []),
    ],
    "Manage": [
        *(["project", "models"] if manages else []),
        *(["training"] if trains else []),
        *(["people"] if actor.is_administrator else []),
    ],
    "You": ["account", "headphones", "help"],
}
chosen = st.navigation({title: [page(name) for name in names] for title, names in sections.items() if names})
st.logo(str(LOGO), size="large", icon_image=str(ICON))
with st.sidebar:
    tour_panel(actor, chosen.url_path or "dashboard")
    st.caption(f"Signed in as **{plain(actor.name)}**")
    if st.button("Sign out", icon=":material/logout:", width="stretch"):
        _sign_in.sign_out(_session.cookie())
        st.rerun()
if manages and chosen.url_path not in ROOMY:
    space = disk_space()
    if space.warning:
        st.warning(space.warning, icon=":material/hard_disk:")
chosen.run()
