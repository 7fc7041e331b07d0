"""The tab of the project page that brings in labels of other tools: files, what would happen, choices, import, undo."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component import label_files_area
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_imports
from pages._elements import empty_state, plain, showing_errors

Project = dict[str, Any]
Choices = dict[str, str | None]
STATES = {
    "submitted": "Handed in, to be reviewed",
    "approved": "Approved: ground truth at once",
    "draft": "Drafts that members go on with",
    "kept": "As the files say, else handed in",
}
CONTENTS = {"labels": "Labels", "texts": "Texts; their tiers are the labels"}
_SHOWN = 5
_NEW, _OUT, _OUTSIDE = "New label", "Leave out", "Kept by name, without an account"
_AS_TOLD = ""
"""No choice: what the files say."""


def annotation_imports_tab(actor: Actor, project: Project) -> None:
    """Drop files; below are the imports, newest first."""
    label_files_area(project=project["id"], key=f"labels-{project['id']}", on_uploaded=_nothing)
    found = annotation_imports.list_imports(actor, project["id"], limit=_SHOWN)["items"]
    if not found:
        empty_state("No labels imported yet", "Add the recordings first; files of labels are matched to them by name.")
        return
    for number, one in enumerate(found):
        with st.container(border=True):
            _one_import(actor, project, one, first=number == 0)


def _one_import(actor: Actor, project: Project, one: dict[str, Any], *, first: bool) -> None:
    names = ", ".join(one["names"][:3]) + (f" and {one['files'] - 3} more" if one["files"] > 3 else "")
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    row.markdown(f":material/label: **{plain(names or 'No files yet')}** – {plain(_told(one))}")
    if _is_at_work(one):
        st.caption("At work; its progress is at the top of the page.")
        return
    job, report = one["job"], one["report"]
    if job is not None and job["state"] == "failed":
        st.error(plain(job["problem"] or "The import stopped; check it again."))
    buttons = row.container(horizontal=True, width="content")
    if (
        report
        and report["problems"]
        and buttons.button(_problem_count(report["problems"]), key=f"problems-{one['id']}")
    ):
        _problems(actor, one)
    undoable = one["state"] == "applied"
    if undoable and buttons.button("Undo …", key=f"undo-{one['id']}"):
        _confirm_undo(actor, one)
    if buttons.button("Dismiss", key=f"dismiss-{one['id']}", help="Forget the files. What was imported stays."):
        with showing_errors():
            annotation_imports.remove(actor, one["id"])
            st.rerun()
    if not report:
        if one["files"] and st.button("Check", key=f"check-{one['id']}"):
            _start(actor, one, "check", one["choices"])
        return
    with st.expander("Labels, authors and what to do", expanded=first and one["state"] != "applied"):
        _choices(actor, project, one)


def _told(one: dict[str, Any]) -> str:
    report = one["report"]
    if not report:
        return f"{one['files']} file(s)"
    if one["state"] == "undone":
        done = report["undone"]
        return f"taken back: {done['removed']:,} removed, {done['kept']:,} kept because somebody changed them"
    applied = one["state"] == "applied"
    parts = [
        f"{report['new']:,} {'imported' if applied else 'new'}",
        f"{report['present']:,} there already" if report["present"] else "",
        f"{report['recordings']:,} recording(s)",
    ]
    return " · ".join(part for part in parts if part)


def _problem_count(count: int) -> str:
    return "1 problem" if count == 1 else f"{count:,} problems"


def _choices(actor: Actor, project: Project, one: dict[str, Any]) -> None:
    chosen, report, key = one["choices"], one["report"], one["id"]
    left, middle, right = st.columns(3)
    state = left.selectbox(
        "Count as", list(STATES), list(STATES).index(chosen["state"]), STATES.__getitem__, f"s-{key}"
    )
    contents = middle.selectbox(
        "Words on tiers are", list(CONTENTS), list(CONTENTS).index(chosen["contents"]), CONTENTS.__getitem__, f"c-{key}"
    )
    titles = annotation_imports.format_titles()
    forms = [None, *titles]
    form = right.selectbox(
        "Format",
        forms,
        forms.index(chosen["format"]),
        lambda name: titles[name] if name else "Told by itself",
        f"f-{key}",
    )
    columns = _column_choices(chosen["columns"], report["columns"], key)
    author = st.text_input("Who annotated, where files do not say", chosen["author"], key=f"a-{key}", max_chars=120)
    labels = _label_choices(project, chosen["labels"], report, key)
    authors = _author_choices(actor, project, chosen["authors"], report, key)
    wanted = {
        "labels": labels,
        "authors": authors,
        "author": author,
        "state": state,
        "contents": contents,
        "format": form,
        "columns": columns,
    }
    row = st.container(horizontal=True)
    if row.button("Check again", key=f"again-{key}", help="Goes through the files with these choices"):
        _start(actor, one, "check", wanted)
    if row.button("Import", key=f"import-{key}", type="primary", icon=":material/download:"):
        _start(actor, one, "apply", wanted)


def _column_choices(chosen: dict[str, str], columns: list[str], key: str) -> dict[str, str]:
    """Of tables: which column is what, where their names do not tell."""
    if not columns:
        return {}
    told = annotation_imports.told_columns(columns, chosen)
    if "start" not in told:
        st.warning("No name of a column says where marks start. Choose it in *Column of start*, then *Check again*.")
    found: dict[str, str] = {}
    places = st.columns(4)
    for number, field in enumerate(annotation_imports.table_fields()):
        options = ["", *columns]
        present = told.get(field, "")
        column = places[number % 4].selectbox(
            f"Column of {field}", options, options.index(present), lambda one: one or "None", f"column-{field}-{key}"
        )
        if column != present or field in chosen:
            found[field] = column
    return found


def _label_choices(project: Project, chosen: Choices, report: dict[str, Any], key: str) -> Choices:
    """What becomes of each label of the files."""
    names = {label["id"]: label["name"] for label in project["labels"]}
    ids = {name: label for label, name in names.items()}
    rows = report["labels"]
    before = [_OUT if one["left_out"] else names.get(one["label"], _NEW) for one in rows]
    after = _edited("Label", rows, before, [_NEW, _OUT, *ids], f"labels-of-{key}")
    return _with_changes(chosen, rows, before, after, {_NEW: _AS_TOLD, _OUT: None, **ids})


def _author_choices(actor: Actor, project: Project, chosen: Choices, report: dict[str, Any], key: str) -> Choices:
    """Who made what each author of the files made."""
    rows = report["authors"]
    people = [one["username"] for one in memberships.list_members(actor, project["id"])] if rows else []
    before = [_OUT if one["left_out"] else one["username"] if one["username"] in people else _OUTSIDE for one in rows]
    after = _edited("Author", rows, before, [_OUTSIDE, _OUT, *people], f"authors-of-{key}")
    return _with_changes(chosen, rows, before, after, {_OUTSIDE: _AS_TOLD, _OUT: None} | {one: one for one in people})


def _edited(what: str, rows: list[dict[str, Any]], before: list[str], options: list[str], key: str) -> list[str]:
    """A table of the names in the files, with a choice for each."""
    if not rows:
        return []
    table = st.data_editor(
        pd.DataFrame(
            {
                "In the files": [one["name"] or "(none)" for one in rows],
                "How often": [one["count"] for one in rows],
                what: before,
            }
        ),
        column_config={what: st.column_config.SelectboxColumn(options=options, required=True)},
        disabled=["In the files", "How often"],
        hide_index=True,
        width="stretch",
        key=key,
    )
    return list(table[what])


def _with_changes(
    chosen: Choices, rows: list[dict[str, Any]], before: list[str], after: list[str], meaning: Choices
) -> Choices:
    """The choices with those that were just made; what is as the files tell it again is no choice any more."""
    found = dict(chosen)
    for one, was, now in zip(rows, before, after, strict=True):
        if now != was:
            found[one["name"]] = meaning[now]
    return {name: choice for name, choice in found.items() if choice != _AS_TOLD}


def _start(actor: Actor, one: dict[str, Any], action: str, choices: dict[str, Any] | None) -> None:
    with showing_errors():
        annotation_imports.start(actor, one["id"], action, choices)
        st.rerun()


@st.dialog("Take the import back")
def _confirm_undo(actor: Actor, one: dict[str, Any]) -> None:
    st.markdown("What it added goes. What people changed since stays, and so do new labels.")
    if st.button("Undo", type="primary", key=f"really-{one['id']}"):
        _start(actor, one, "undo", None)


@st.dialog("What cannot be taken", width="large")
def _problems(actor: Actor, one: dict[str, Any]) -> None:
    found = annotation_imports.list_problems(actor, one["id"], limit=1000)
    rows = [{"File": row["file"], "Where": row["place"], "Why": row["reason"]} for row in found["items"]]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if found["next_cursor"]:
        st.caption("The first 1,000; the API lists all of them.")


def _is_at_work(one: dict[str, Any]) -> bool:
    return one["job"] is not None and one["job"]["state"] in ("queued", "running")


def _nothing() -> None:
    """An upload runs the page again, which shows the import."""
