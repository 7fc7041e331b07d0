"""Changing labels that are in use: what would change is shown before it is done, and each change can be taken back."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels import label_changes
from pages._elements import plain, showing_errors
from pages._label_splits import split_fields, split_list

Project = dict[str, Any]
Change = dict[str, Any]
KINDS = {
    "merge": "Merge into another",
    "split": "Split",
    "rename": "Rename",
    "recolor": "Give another color",
    "move": "Move in the tree",
    "deprecate": "Do not give it any more",
    "restore": "Give it again",
}
_SEEN = "_labelbuddy_label_change"
_MERGED = "_labelbuddy_labels_to_merge"
_TOP = "(at the top)"
_SHOWN = 10
_STATES = {
    "applying": ":blue-badge[at work]",
    "applied": ":green-badge[done]",
    "undoing": ":blue-badge[being taken back]",
    "undone": ":gray-badge[taken back]",
    "stopped": ":red-badge[stopped]",
}


def label_changes_area(actor: Actor, project: Project) -> None:
    """Choose a change, look at what it would do, do it; and the changes so far."""
    labels = {label["id"]: label for label in project["labels"]}
    if not labels:
        return
    with st.expander("Change labels that are in use", icon=":material/published_with_changes:"):
        st.caption(
            "Annotations keep every earlier state as a revision; what was exported or released stays as it was. "
            "Annotators who have a task open are told, and lose nothing."
        )
        change = _chosen(labels)
        if change is not None:
            _look_and_do(actor, project, change)
    _changes_so_far(actor, project)


def _chosen(labels: dict[str, Any]) -> Change | None:
    """The change that the fields say, None while something is missing."""
    deprecated = [one for one, label in labels.items() if label["deprecated"]]
    kinds = [one for one in KINDS if one != "restore" or deprecated]
    left, right = st.columns(2)
    kind = left.selectbox("What to do", kinds, format_func=KINDS.__getitem__, key="label-change-kind")
    if kind == "merge":
        return _merge(labels, right)
    offered = (
        deprecated if kind == "restore" else [one for one in labels if kind != "deprecate" or one not in deprecated]
    )
    if not offered:
        st.caption("There is no such label.")
        return None
    label = right.selectbox("Label", offered, format_func=lambda one: labels[one]["name"], key=f"label-to-{kind}")
    if kind == "rename":
        name = (st.text_input("New name", labels[label]["name"], max_chars=80, key=f"label-name-{label}") or "").strip()
        return {"kind": kind, "label": label, "name": name} if name and name != labels[label]["name"] else None
    if kind == "recolor":
        color = st.color_picker("Color", labels[label]["color"], key=f"label-color-{label}").upper()
        return {"kind": kind, "label": label, "color": color} if color != labels[label]["color"].upper() else None
    if kind == "move":
        return _move(labels, label)
    if kind in ("deprecate", "restore"):
        return {"kind": "deprecate", "label": label, "deprecated": kind == "deprecate"}
    return split_fields(labels[label])


def _merge(labels: dict[str, Any], place: Any) -> Change | None:
    into = place.selectbox("Into", list(labels), format_func=lambda one: labels[one]["name"], key="label-merge-into")
    others = [one for one in labels if one != into]
    key = f"labels-merged-{into}"  # a field of its own for each target, which takes over what was chosen before
    chosen = st.session_state.get(key, st.session_state.get(_MERGED, []))
    st.session_state[key] = [one for one in chosen if one in others]
    gone = st.multiselect(
        "Merge", others, format_func=lambda one: labels[one]["name"], key=key, placeholder="Labels that leave the set"
    )
    st.session_state[_MERGED] = gone
    return {"kind": "merge", "labels": gone, "into": into} if gone else None


def _move(labels: dict[str, Any], label: str) -> Change:
    others = {one: labels[one]["name"] for one in labels if one != label}
    left, right = st.columns(2)
    parents = [_TOP, *others]
    present = labels[label]["parent"] or _TOP
    parent = left.selectbox(
        "Below", parents, parents.index(present), format_func=lambda one: others.get(one, one), key=f"parent-{label}"
    )
    before = right.selectbox(
        "Right before", [None, *others], format_func=lambda one: others[one] if one else "Where it stands",
        key=f"before-{label}",
    )  # fmt: skip
    change: Change = {"kind": "move", "label": label, "parent": None if parent == _TOP else parent}
    return {**change, "before": before} if before else change


def _look_and_do(actor: Actor, project: Project, change: Change) -> None:
    """The preview belongs to this very change: another choice hides it."""
    name = json.dumps([project["id"], change], sort_keys=True)
    if st.button("What would change?", icon=":material/preview:"):
        st.session_state[_SEEN] = name
    if st.session_state.get(_SEEN) != name:
        return
    try:
        found = label_changes.preview(actor, project["id"], change)
    except LabelBuddyError as error:
        st.error(plain(error.detail))
        return
    st.markdown(f"Nothing is changed yet. The list of changes would say: {plain(found['told'])}")
    st.markdown("\n".join(f"- {line}" for line in told(found)))
    for note in found["notes"]:
        st.warning(plain(note), icon=":material/info:")
    if st.button("Do it", type="primary", icon=":material/check:"):
        with showing_errors():
            label_changes.apply(actor, project["id"], change)
            _done()
            st.toast("Labels changed", icon=":material/check:")
            st.rerun()


def told(found: dict[str, Any]) -> list[str]:
    """What a change would touch, in sentences."""
    if not found["items"]:
        lines = ["Nothing is labeled with it in annotations."]
    else:
        states = {"submitted": "submitted", "rejected": "sent back", "approved": "approved"}
        by_state = ", ".join(
            counted(count, "draft") if state == "draft" else f"{count:,} {states[state]}"
            for state, count in found["by_state"].items()
        )
        lines = [
            f"{counted(found['items'], 'item')} in {counted(found['annotations'], 'annotation')} of "
            f"{counted(found['tasks'], 'task')} ({by_state})."
        ]
        lines.append(
            f"{counted(found['relabeled'], 'of them gets', 'of them get')} another label."
            if found["relabeled"]
            else "All keep it."
        )
    truths = found["consensus"] + found["merged"]
    if truths:
        lines.append(
            f"{counted(truths, 'ground truth')} ({found['merged']:,} merged, {found['consensus']:,} by reviewers)."
        )
    for model in found["models"]:
        lines.append(f"{plain(model['name'])} gives it: {plain(', '.join(model['labels']))}.")
    if found["predictions"]:
        lines.append(
            f"{counted(found['predictions'], 'prediction names', 'predictions name')} it, with "
            f"{counted(found['suggestions'], 'open suggestion')}."
        )
    if found["large"]:
        lines.append("So many are changed by a job; annotators can go on meanwhile.")
    return lines


def _changes_so_far(actor: Actor, project: Project) -> None:
    rows = label_changes.list_changes(actor, project["id"], limit=_SHOWN)["items"]
    if not rows:
        return
    st.markdown("**Changes of labels**")
    for one in rows:
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True)
        when = (one["created_at"] or "")[:16].replace("T", " ")
        row.markdown(f"{_STATES[one['state']]} {plain(one['told'])} :gray[{plain(one['by'] or '')}, {when} UTC]")
        if one["state"] == "stopped" and row.button("Go on", key=f"resume-labels-{one['id']}"):
            with showing_errors():
                label_changes.resume(actor, one["id"])
                st.rerun()
        if one["state"] in ("applied", "stopped") and row.button(
            "Undo", key=f"undo-labels-{one['id']}", icon=":material/undo:"
        ):
            with showing_errors():
                label_changes.undo(actor, one["id"])
                _done()
                st.toast("Taken back", icon=":material/undo:")
                st.rerun()
        if one["split"] and one["state"] == "applied":
            split_list(actor, project, one)


def _done() -> None:
    """What was looked at is done; edits in the table of labels stay, and are put together with it when saved."""
    st.session_state.pop(_SEEN, None)
