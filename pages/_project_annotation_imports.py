"""The tab of the project page that brings in labels of other tools: files, what would happen, choices, import, undo."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component import label_files_area
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_imports
from labelbuddy_core.services.imports.import_outcomes import told_joined
from pages._dialogs import dialog
from pages._elements import Pager, empty_state, plain, showing_errors
from pages._project_import_choices import import_choices

Project = dict[str, Any]
_SHOWN = 5


def annotation_imports_tab(actor: Actor, project: Project) -> None:
    """Drop files; below are the imports, newest first."""
    label_files_area(person=actor.id, project=project["id"], key=f"labels-{project['id']}", on_uploaded=_nothing)
    pager = Pager(f"annotation-imports-{project['id']}", "")
    listed = annotation_imports.list_imports(actor, project["id"], limit=_SHOWN, cursor=pager.cursor)
    found = listed["items"]
    if not found and pager.number == 1:
        empty_state("No labels imported yet", "Add the recordings first; files of labels are matched to them by name.")
        return
    for number, one in enumerate(found):
        with st.container(border=True):
            _one_import(actor, project, one, first=number == 0 and pager.number == 1)
    pager.buttons(listed["next_cursor"])


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
    undoable = one["undoable"]
    if undoable and buttons.button("Undo …", key=f"undo-import-{one['id']}"):
        _confirm_undo(actor, one)
    if undoable and buttons.button("Dismiss …", key=f"dismiss-{one['id']}"):
        _confirm_dismissal(actor, one)
    if not undoable and buttons.button("Dismiss", key=f"dismiss-{one['id']}", help="Forget the files."):
        with showing_errors():
            annotation_imports.remove(actor, one["id"])
            st.rerun()
    if one["part"]:
        st.caption("*Import* goes on with it" + ("; *Undo* takes out what is in." if undoable else "."))
    for line in _taken_back(report) if one["state"] == "undone" else _left(report or {}):
        st.caption(plain(line))
    if not report:
        if one["files"] and st.button("Check", key=f"check-{one['id']}"):
            _start(actor, one, "check", one["choices"])
        return
    with st.expander("Labels, authors and what to do", expanded=first and one["state"] != "applied"):
        wanted = import_choices(actor, project, one)
        row = st.container(horizontal=True)
        key = one["id"]
        if row.button("Check again", key=f"again-{key}", help="Goes through the files with these choices"):
            _start(actor, one, "check", wanted)
        idle = _brings_nothing(report) and all(wanted[name] == one["choices"][name] for name in wanted)
        why = f"Nothing can be taken of these files ({_problem_count(report['problems'])}) with these choices."
        if row.button(
            "Import", key=f"import-{key}", type="primary", icon=":material/download:", disabled=idle,
            help=why if idle else None,
        ):  # fmt: skip
            _start(actor, one, "apply", wanted)


def _told(one: dict[str, Any]) -> str:
    report = one["report"]
    if not report:
        return counted(one["files"], "file")
    if one["state"] == "undone":
        done = report["undone"]
        kept = f", {done['kept']:,} kept because somebody changed them" if done["kept"] else ""
        return f"taken back: {done['removed']:,} removed{kept}"
    if part := one["part"]:
        of = "" if part["of"] is None else f" of {part['of']:,}"
        is_in = f"{part['added']:,}{of} {'is' if part['added'] == 1 else 'are'} in"
        return is_in if _is_at_work(one) else f"stopped: {is_in}"
    applied = one["state"] == "applied"
    new = f"{report['new']:,} {'imported' if applied else 'new'}"
    if not applied and _brings_nothing(report):
        new = "nothing to import"
    where = f" in {counted(report['recordings'], 'recording')}" if report["recordings"] else ""
    there = f" · {report['present']:,} there already" if report["present"] else ""
    return new + where + there


def _brings_nothing(report: dict[str, Any]) -> bool:
    """Whether all that was found of these files are problems; who marked nothing brings an empty annotation."""
    return bool(report["problems"]) and not any(report[name] for name in ("new", "present", "annotations"))


def _untaken(one: dict[str, Any]) -> str:
    """Recordings of which nothing is taken, and why."""
    recordings = f"{counted(one['count'], 'recording')} ({_some(one['names'], one['count'])})"
    return f"Nothing is taken of {recordings}: {one['reason']}."


def _some(names: list[str], count: int | None = None) -> str:
    """The first of these names, and how many more there are."""
    more = (len(names) if count is None else count) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _left(report: dict[str, Any]) -> list[str]:
    return [*told_joined(report), *(_untaken(untaken) for untaken in report.get("untaken", ()))]


def _taken_back(report: dict[str, Any]) -> list[str]:
    """What became of the labels that an import made."""
    labels = report.get("undone_labels", {"removed": (), "kept": ()})
    removed = f"Labels removed: {_some(labels['removed'])}."
    kept = [f"The label {one['name']} stays: {one['reason']}." for one in labels["kept"][:_SHOWN]]
    more = len(labels["kept"]) - len(kept)
    return [*([removed] if labels["removed"] else ()), *kept, *([f"{more:,} more labels stay."] if more > 0 else ())]


def _problem_count(count: int) -> str:
    return counted(count, "problem")


def _start(actor: Actor, one: dict[str, Any], action: str, choices: dict[str, Any] | None) -> None:
    with showing_errors():
        annotation_imports.start(actor, one["id"], action, choices)
        st.rerun()


@dialog("Take the import back")
def _confirm_undo(actor: Actor, one: dict[str, Any]) -> None:
    st.markdown("What it added goes; what people changed since stays. Labels that it made go where nothing uses them.")
    if st.button("Undo", type="primary", key=f"really-undo-{one['id']}"):
        _start(actor, one, "undo", None)


@dialog("Dismiss the import")
def _confirm_dismissal(actor: Actor, one: dict[str, Any]) -> None:
    st.markdown("Its files are forgotten and what it imported stays, but it **cannot be undone any more**.")
    if st.button("Dismiss", type="primary", key=f"really-dismiss-{one['id']}"):
        with showing_errors():
            annotation_imports.remove(actor, one["id"])
            st.rerun()


@dialog("What cannot be taken", width="large")
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
