"""What managers choose about labels of other tools before they import them: what labels, authors and words mean."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_imports
from pages._project_table_choices import table_choices

Project = dict[str, Any]
Choices = dict[str, str | None]
STATES = {
    "submitted": "Handed in, to be reviewed",
    "approved": "Approved: ground truth at once",
    "draft": "Drafts that members go on with",
    "kept": "As the files say, else handed in",
}
CONTENTS = {"labels": "Labels", "texts": "Texts; their tiers are the labels"}
_NEW, _OUT, _OUTSIDE = "New label", "Leave out", "Kept by name, without an account"
_AS_TOLD = ""
"""No choice: what the files say."""


def import_choices(actor: Actor, project: Project, one: dict[str, Any]) -> dict[str, Any]:
    """What a manager wants of an import that has been checked, as `annotation_imports.start` takes it."""
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
    tables = table_choices(chosen, report, key)
    author = st.text_input("Who annotated, where files do not say", chosen["author"], key=f"a-{key}", max_chars=120)
    labels = _label_choices(project, chosen["labels"], report, key)
    authors = _author_choices(actor, project, chosen["authors"], report, key)
    return {
        "labels": labels,
        "authors": authors,
        "author": author,
        "state": state,
        "contents": contents,
        "format": form,
        **tables,
    }


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
