"""What changed between two releases: counts, and a list in which every change can be heard and opened at its place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.releases import release_comparisons, release_differences
from pages._elements import Pager, plain, showing_errors
from pages._insight_links import at_place
from pages._kept_fields import KeptFields

_SHOWN = 100


def compare(actor: Actor, project: str, found: list[dict[str, Any]]) -> None:
    """Choose two of the releases, newest first, and see what changed from one to the other."""
    names = {one["id"]: f"{one['name']} {one['version']} ({(one['published_at'] or '')[:10]})" for one in found}
    left, right = st.columns(2)
    help_ = "Type to search; the newest is first." if len(names) > 10 else None
    fields = KeptFields(f"compared-{project}-{found[0]['id']}")  # a newer release is the next one to be looked at
    newest, second, *_ = names
    before = left.selectbox(
        "From", list(names), format_func=names.__getitem__, key=fields.one_of("before", second, names), help=help_
    )
    after = right.selectbox(
        "To", list(names), format_func=names.__getitem__, key=fields.one_of("after", newest, names), help=help_
    )
    if before == after:
        st.caption("Choose two releases.")
        return
    with showing_errors():
        if _ready(actor, str(before), str(after)):
            _changes(actor, project, str(before), str(after))


def _ready(actor: Actor, before: str, after: str) -> bool:
    """Whether the changes can be read; else how the job stands that finds them, or the way to start it."""
    found = release_comparisons.standing(actor, after, before)
    if found["ready"]:
        return True
    job = found["job"]
    if job is not None and job["state"] in ("queued", "running"):
        st.caption("They are being compared; the progress is at the top of the page. The result is kept.")
        return False
    if job is not None:
        st.error(plain(job["problem"] or "The comparison was cancelled."))
    st.caption("These releases are large, so a job compares them, once; you can go on meanwhile.")
    if st.button("Compare", type="primary", icon=":material/difference:", key=f"compare-{before}-{after}"):
        release_comparisons.begin(actor, after, before)
        st.rerun()  # its progress is at the top of the page
    return False


def _changes(actor: Actor, project: str, before: str, after: str) -> None:
    with st.spinner("Comparing"):
        found = release_differences.differences(actor, after, before, limit=1)
    for one in found["labels"]:
        st.markdown(f":material/label: {plain(one['before'])} is called {plain(one['after'])} now.")
    if not found["total"]:
        st.success("Same labels in the same splits." if not found["same"] else "Same labels, splits and audio.")
        return
    counts = found["counts"]
    chosen = st.pills(
        "Changes", list(counts), format_func=lambda one: f"{one} ({counts[one]:,})", key=f"changes-{before}-{after}"
    )
    kind = str(chosen) if chosen else None
    pager = Pager("changes", f"{before}-{after}-{kind}")
    offset = int(pager.cursor or 0)
    found = release_differences.differences(actor, after, before, kind=kind, limit=_SHOWN, offset=offset)
    _table(project, found["items"], f"differences-{before}-{after}-{kind}-{offset}")
    following = offset + _SHOWN
    pager.buttons(str(following) if following < found["listed"] else None)
    row = st.container(horizontal=True, vertical_alignment="center")
    query = f"?{urlencode({'kind': kind})}" if kind else ""
    row.link_button(
        "Download as CSV",
        f"{base_path()}/api/v1/releases/{after}/differences/{before}/csv{query}",
        icon=":material/download:",
    )
    shown = f"{offset + 1:,} to {offset + len(found['items']):,} of {found['total']:,}"
    more = "" if found["listed"] == found["total"] else f"; {found['listed']:,} are listed"
    row.caption(shown + more, width="content")


def _table(project: str, items: list[dict[str, Any]], key: str) -> None:
    rows = [
        {
            "Recording": one["recording"],
            "From": one["start"],
            "To": one["stop"],
            "Change": f"{one['what']}: {one['kind']}" if one["what"] != "task" else one["kind"],
            "Before": release_differences.in_words(one["before"]),
            "After": release_differences.in_words(one["after"]),
            "Annotator": "" if one["annotator"] == "consensus" else one["annotator"],
            "Play": _play(one),
            "Open": _place(project, one),
        }
        for one in items
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
        key=key,
    )


def _play(one: dict[str, Any]) -> str | None:
    """The playback copy, which the browser plays from and to these seconds (media fragments)."""
    if not one["task"]:
        return None
    return f"{base_path()}/api/v1/tasks/{one['task']}/audio#t={max(0.0, one['start']):.3f},{one['stop']:.3f}"


def _place(project: str, one: dict[str, Any]) -> str | None:
    """The task with what was handed in and its ground truth, the playhead where the stretch begins."""
    return at_place(project, one["task"], max(0.0, one["start"])) if one["task"] else None
