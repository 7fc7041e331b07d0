"""What changed between two releases: counts, and a list in which every change can be heard and opened at its place."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.releases import release_differences
from pages._elements import plain, showing_errors

_SHOWN = 200


def compare(actor: Actor, found: list[dict[str, Any]]) -> None:
    """Choose two of the releases, newest first, and see what changed from one to the other."""
    names = {one["id"]: f"{one['name']} {one['version']}" for one in found}
    left, right = st.columns(2)
    before = left.selectbox("From", list(names), 1, format_func=names.__getitem__, key="release-before")
    after = right.selectbox("To", list(names), 0, format_func=names.__getitem__, key="release-after")
    if before == after:
        st.caption("Choose two releases.")
        return
    with showing_errors():
        _changes(actor, str(before), str(after))


def _changes(actor: Actor, before: str, after: str) -> None:
    with st.spinner("Comparing"):
        found = release_differences.differences(actor, after, before, limit=_SHOWN)
    for one in found["labels"]:
        st.markdown(f":material/label: {plain(one['before'])} is called {plain(one['after'])} now.")
    if not found["total"]:
        st.success("Same labels in the same splits." if not found["same"] else "Same labels, splits and audio.")
        return
    counts = found["counts"]
    kind = st.pills(
        "Changes", list(counts), format_func=lambda one: f"{one} ({counts[one]:,})", key=f"changes-{before}-{after}"
    )
    if kind:
        found = release_differences.differences(actor, after, before, kind=str(kind), limit=_SHOWN)
    rows = [
        {
            "Recording": one["recording"],
            "From": one["start"],
            "To": one["stop"],
            "Change": f"{one['what']}: {one['kind']}" if one["what"] != "task" else one["kind"],
            "Before": _words(one["before"]),
            "After": _words(one["after"]),
            "Annotator": "" if one["annotator"] == "consensus" else one["annotator"],
            "Play": _play(one),
            "Open": _place(one),
        }
        for one in found["items"]
    ]
    table = pd.DataFrame(rows)
    if not any(table["Annotator"]):
        table = table.drop(columns="Annotator")
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={
            "From": st.column_config.NumberColumn(format="%.3f s"),
            "To": st.column_config.NumberColumn(format="%.3f s"),
            "Play": st.column_config.LinkColumn(display_text="play", help="Plays just this stretch"),
            "Open": st.column_config.LinkColumn(display_text="open", help="Opens the task there"),
        },
        key=f"differences-{before}-{after}-{kind}",
    )
    if found["total"] > len(rows):
        st.caption(f"The first {len(rows):,} of {found['total']:,}; the API lists up to 10,000.")


def _play(one: dict[str, Any]) -> str | None:
    """The playback copy, which the browser plays from and to these seconds (media fragments)."""
    if not one["task"]:
        return None
    return f"{base_path()}/api/v1/tasks/{one['task']}/audio#t={max(0.0, one['start']):.3f},{one['stop']:.3f}"


def _place(one: dict[str, Any]) -> str | None:
    """The task on this page, with the playhead where the stretch begins."""
    if not one["task"]:
        return None
    return f"project?task={one['task']}&at={max(0.0, one['start']):.3f}"


def _words(item: Any) -> str:
    """An item in a cell: its label, text and times."""
    if item is None or isinstance(item, str):
        return item or ""
    said = " ".join(str(item[name]) for name in ("label", "text", "answer", "kind") if item.get(name))
    times = [f"{item[name]:g}" for name in ("time", "start", "end") if item.get(name) is not None]
    return f"{said} {'–'.join(times)} s".strip() if times else said
