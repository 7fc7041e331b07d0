"""What managers choose about labels of other tools before they import them: what labels, authors and words mean."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_imports
from labelbuddy_core.services.imports.import_choices import OUTSIDE
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
_OPEN = "To be chosen"
"""What becomes of marks without a label, until somebody says so."""
_UNNAMED = "unlabeled"


def import_choices(actor: Actor, project: Project, one: dict[str, Any]) -> dict[str, Any]:
    """What a manager wants of an import that has been checked, as `annotation_imports.start` takes it."""
    chosen, report = one["choices"], one["report"]
    key = f"import-{one['id']}"
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
    said, encoded = st.columns([2, 1])
    author = said.text_input("Who annotated, where files do not say", chosen["author"], key=f"a-{key}", max_chars=120)
    encodings = annotation_imports.encodings()
    encoding = encoded.selectbox(
        "Encoding of files",
        list(encodings),
        list(encodings).index(chosen["encoding"]),
        encodings.__getitem__,
        f"e-{key}",
        "Of text files that are neither UTF-8 nor UTF-16 with a byte order mark, which are always told.",
    )
    labels = _label_choices(project, chosen, report, key)
    authors = _author_choices(actor, project, chosen["authors"], report, key)
    return {
        **labels,
        "authors": authors,
        "author": author,
        "state": state,
        "contents": contents,
        "format": form,
        "encoding": encoding,
        **tables,
    }


def _label_choices(project: Project, chosen: dict[str, Any], report: dict[str, Any], key: str) -> dict[str, Any]:
    """What becomes of each label of the files: {labels, new_labels}."""
    names = {label["id"]: label["name"] for label in project["labels"]}
    ids = {name: label for label, name in names.items()}
    rows = report["labels"]
    if not rows:
        return {name: chosen[name] for name in ("labels", "new_labels")}
    new = [one.get("new_name") or ("" if one["left_out"] or one["label"] in names else one["name"]) for one in rows]
    before = [
        _OUT if one["left_out"] else _NEW if name else names.get(one["label"], _OPEN)
        for one, name in zip(rows, new, strict=True)
    ]
    options = [_NEW, _OUT, *ids] if _OPEN not in before else [_OPEN, _NEW, _OUT, *ids]
    table = _table(rows, {"Label": before, "Name of a new label": new}, options, f"labels-of-{key}")
    after = [(choice, name or "") for choice, name in zip(table["Label"], table["Name of a new label"], strict=True)]
    return with_labels(chosen, rows, list(zip(before, new, strict=True)), after, {_OUT: None, **ids})


def with_labels(
    chosen: dict[str, Any],
    rows: list[dict[str, Any]],
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    meaning: Choices,
) -> dict[str, Any]:
    """The choices {labels, new_labels} with those that were just made: (choice, name of a new label) a row.

    A new label without a name is called as in the files.
    """
    labels, new_labels = dict(chosen["labels"]), dict(chosen["new_labels"])
    for one, was, (choice, new) in zip(rows, before, after, strict=True):
        name = one["name"]
        if (choice, new) == was or (choice != _NEW and choice == was[0]) or choice == _OPEN:
            continue
        labels.pop(name, None)
        new_labels.pop(name, None)
        if choice == _NEW:
            new_labels[name] = new.strip() or name or _UNNAMED
        else:
            labels[name] = meaning[choice]
    return {"labels": labels, "new_labels": new_labels}


def _author_choices(actor: Actor, project: Project, chosen: Choices, report: dict[str, Any], key: str) -> Choices:
    """Who made what each author of the files made."""
    rows = report["authors"]
    people = [one["username"] for one in memberships.list_members(actor, project["id"])] if rows else []
    before = [_OUT if one["left_out"] else one["username"] if one["username"] in people else _OUTSIDE for one in rows]
    if not rows:
        return chosen
    after = list(_table(rows, {"Author": before}, [_OUTSIDE, _OUT, *people], f"authors-of-{key}")["Author"])
    return with_authors(chosen, rows, before, after, {_OUTSIDE: OUTSIDE, _OUT: None} | {one: one for one in people})


def with_authors(
    chosen: Choices, rows: list[dict[str, Any]], before: list[str], after: list[str], meaning: Choices
) -> Choices:
    """The choices with those that were just made."""
    changed = zip(rows, before, after, strict=True)
    return {**chosen, **{one["name"]: meaning[now] for one, was, now in changed if now != was}}


def _table(rows: list[dict[str, Any]], choices: dict[str, list[str]], options: list[str], key: str) -> pd.DataFrame:
    """The names in the files, with what is chosen for each; the first of `choices` is one of `options`."""
    first = next(iter(choices))
    return st.data_editor(
        pd.DataFrame(
            {
                "In the files": [one["name"] or "(none)" for one in rows],
                "How often": [one["count"] for one in rows],
                **choices,
            }
        ),
        column_config={first: st.column_config.SelectboxColumn(options=options, required=True)},
        disabled=["In the files", "How often"],
        hide_index=True,
        width="stretch",
        key=key,
    )
