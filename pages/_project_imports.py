"""Imports on the project page: begin one from the server or a URL, see what became of each file, resume, stop."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.services.recordings import import_reports, imports
from pages._dialogs import dialog
from pages._elements import plain, showing_errors

Project = dict[str, Any]
STATES = {
    "waiting": "waiting",
    "added": "added",
    "known": "already here",
    "ignored": "left out",
    "failed": "failed",
    "cancelled": "cancelled",
}
_ROWS = 1000
_SHOWN = 5
_ASKED = "_labelbuddy_files_of_import"


def imports_area(actor: Actor, project: Project) -> None:
    """A way to begin an import, and the last ones."""
    with st.expander("Import from a folder of the server, or a URL", icon=":material/drive_folder_upload:"):
        _begin(actor, project)
    found = import_reports.list_imports(actor, project["id"], limit=_SHOWN)["items"]
    if found:
        st.caption("Imports")
        asked = st.session_state.pop(_ASKED, None)
        for one in found:
            if one["id"] == asked:
                _files(actor, one)
        busy = any(_is_at_work(one) for one in found)
        st.fragment(_last_imports, run_every=1.0 if busy else None)(actor, project)


def _last_imports(actor: Actor, project: Project) -> None:
    for one in import_reports.list_imports(actor, project["id"], limit=_SHOWN)["items"]:
        _one_import(actor, one)


def _is_at_work(one: dict[str, Any]) -> bool:
    return one["job"] is not None and one["job"]["state"] in ("queued", "running")


def _begin(actor: Actor, project: Project) -> None:
    places = imports.places(actor, project["id"])
    if not places["folders"] and not places["urls"]:
        st.markdown(
            "This installation imports from no folder and no URL yet. The administrator names them in the settings "
            "`LABELBUDDY_IMPORT_FOLDERS` and `LABELBUDDY_IMPORT_URLS`. Archives and lists can be dropped above as well."
        )
        return
    st.caption("Allowed: " + ", ".join(plain(place) for place in [*places["folders"], *places["urls"]]))
    with st.form(f"import-{project['id']}", border=False):
        address = st.text_input(
            "Folder, archive (ZIP, TAR) or list (CSV)",
            value=places["folders"][0] if places["folders"] else places["urls"][0],
            help="A list names a file a row, and says what is known about it in further columns.",
        )
        watch = st.checkbox("Go on watching this folder: what appears in it later is imported as well")
        if st.form_submit_button("Import", type="primary"):
            with showing_errors():
                imports.begin_import(actor, project["id"], address, watch=watch)
                st.rerun()


def _one_import(actor: Actor, one: dict[str, Any]) -> None:
    at_work = _is_at_work(one)
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
    icon = ":material/visibility:" if one["watched"] else ":material/inventory_2:"
    row.markdown(f"{icon} **{plain(one['source'])}** – {plain(_told(one, at_work))}")
    buttons = row.container(horizontal=True, width="content")
    if buttons.button("Files", key=f"import-files-{one['id']}"):
        st.session_state[_ASKED] = one["id"]  # a dialog of what is drawn every second would be closed within one
        st.rerun()
    again = one["files"]["failed"] + one["files"]["cancelled"] + (one["files"]["waiting"] if not at_work else 0)
    if not at_work and (again or one["problem"]) and buttons.button("Resume", key=f"import-resume-{one['id']}"):
        with showing_errors():
            imports.resume_import(actor, one["id"])
            st.rerun()
    if not at_work and buttons.button(
        "Stop watching" if one["watched"] else "Dismiss",
        key=f"import-remove-{one['id']}",
        help="The recordings stay.",
    ):
        with showing_errors():
            imports.remove_import(actor, one["id"])
            st.rerun()
    if one["problem"]:
        st.error(plain(one["problem"]))


def _told(one: dict[str, Any], at_work: bool) -> str:
    counts = [f"{number:,} {STATES[state]}" for state, number in one["files"].items() if number]
    size = f"{readable_size(one['size_done'])} of {readable_size(one['size'])}" if one["size"] else ""
    if at_work:
        doing = "at work"
    elif one["watched"]:
        doing = "watched"
    else:
        doing = {"cancelled": "cancelled", "failed": "stopped"}.get((one["job"] or {}).get("state", ""), "done")
    return " · ".join(part for part in (doing, ", ".join(counts), size) if part)


@dialog("Files of the import", width="large")
def _files(actor: Actor, one: dict[str, Any]) -> None:
    names = {state: f"{title} ({one['files'][state]:,})" for state, title in STATES.items() if one["files"][state]}
    state = st.selectbox(
        "State",
        [None, *names],
        index=list(names).index("failed") + 1 if "failed" in names else 0,
        format_func=lambda chosen: names[chosen] if chosen else "Every state",
    )
    found = import_reports.list_files(actor, one["id"], state=state, limit=_ROWS)
    if not found["items"]:
        st.caption("No files yet.")
        return
    rows = [
        {
            "File": file["address"],
            "Size": "" if file["size"] is None else readable_size(file["size"]),
            "State": STATES[file["state"]],
            "Why": file["reason"] or "",
        }
        for file in found["items"]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if found["next_cursor"]:
        st.caption(f"The first {_ROWS:,}; the API lists all of them.")
