"""The dialog that cuts long recordings into tasks: how, what that would make, then the cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.cutting import AtSilences
from labelbuddy_core.errors import Invalid, LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.tasks import cutting
from labelbuddy_core.services.tasks.cutting import Cut, Regions
from pages._dialogs import dialog
from pages._elements import instant, plain, showing_errors
from pages._kept_fields import KeptFields

Project = dict[str, Any]
_FEW = 5
"""Rows of a preview that are shown without scrolling."""
WAYS = {
    "length": "By length",
    "silence": "At silences",
    "table": "By a table of spans",
    "regions": "Around regions of a label",
}
SOURCES = {"annotations": "that people marked", "predictions": "that models found"}
_AREA = "cut-field"
_EXACT = "%g"
"""A number with all its digits, and no zeros after them: the browser's `%g` rounds nothing."""


def _forget() -> None:
    """The next dialog begins with the usual values."""
    KeptFields(_AREA).forget()


@dialog("Cut into tasks", width="large", on_dismiss=_forget)
def cut_dialog(actor: Actor, project: Project, recordings: list[str] | None) -> None:
    """Cut these recordings, or all that are ready."""
    st.caption(
        "Regions stay in the time of the recording. Tasks that somebody has begun stay; tasks of whole recordings that "
        "nobody has begun are replaced."
    )
    way = st.segmented_control("How", list(WAYS), default="length", format_func=WAYS.__getitem__, key="cut-way")
    try:
        cut = _fields(KeptFields(_AREA), project, way or "length")
        anew = st.checkbox(
            "Cut anew", key="cut-anew",
            help="Stretches of these recordings that nobody has begun go too, with what models predicted in them.",
        )  # fmt: skip
        if cut is None:
            return
        cut = replace(cut, anew=anew)
        found = cutting.preview_cut(actor, project["id"], cut, recordings=recordings)
    except LabelBuddyError as error:
        st.error(plain(error.detail))
        return
    st.markdown(told(found))
    if found["items"]:
        rows = [
            {"Recording": one["recording"], "From": instant(one["start"]), "To": instant(one["stop"]),
             "Length (s)": round(one["stop"] - one["start"], 3)}
            for one in found["items"]
        ]  # fmt: skip
        height: Any = 240 if len(rows) > _FEW else "content"
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=height)
        if found["made"] > len(rows):
            st.caption(f"These are the first {len(rows):,} of {found['made']:,}.")
    if st.button(f"Make {counted(found['made'], 'task')}", type="primary", disabled=not found["made"]):
        with showing_errors():
            made = cutting.cut_recordings(actor, project["id"], cut, recordings=recordings)["made"]
            _forget()
            st.toast(f"{counted(made, 'task')} made; they are on the tab Tasks", icon=":material/content_cut:")
            st.rerun()


def _fields(fields: KeptFields, project: Project, way: str) -> Cut | None:
    """The cut that the fields say, of which each way keeps its own; None while something is missing."""
    left, middle, right = st.columns(3)
    if way == "length":
        seconds = left.number_input("Length (s)", 0.1, 86_400.0, format=_EXACT, key=fields.field("length", 60.0))
        overlap = middle.number_input(
            "Overlap (s)", 0.0, 3600.0, format=_EXACT, key=fields.field("overlap", 0.0),
            help="Neighboring tasks share this. It counts once in exports that put the tasks of a recording together.",
        )  # fmt: skip
        return Cut(length=seconds, overlap=overlap)
    if way == "silence":
        longest = left.number_input(
            "Longest (s)", 0.1, 86_400.0, format=_EXACT, key=fields.field("longest", 60.0),
            help="Where there is no pause in time, a task ends here, in the middle of the sound.",
        )  # fmt: skip
        shortest = middle.number_input("Shortest (s)", 0.0, 86_400.0, format=_EXACT, key=fields.field("shortest", 10.0))
        pause = right.number_input("A pause lasts (s)", 0.02, 60.0, format=_EXACT, key=fields.field("pause", 0.3))
        threshold = left.number_input("and stays below (dBFS)", -42, -6, key=fields.field("threshold", -36))
        return Cut(silence=AtSilences(longest, shortest, pause, float(threshold)))
    if way == "table":
        text = st.text_area(
            "A table with the columns recording, start and stop",
            placeholder="recording,start,stop\nstreet.wav,12.5,40\nstreet.wav,1:05,1:35",
            help="CSV or TSV, pasted; seconds, or minutes and hours with colons. Recordings by name, path or SHA-256.",
            key=fields.field("table", ""),
        )
        return Cut(table=text) if text.strip() else None
    names = {label["id"]: label["name"] for label in project["labels"]}
    if not names:
        raise Invalid("This project has no labels yet.")
    label = left.selectbox(
        "Label", list(names), format_func=names.__getitem__, key=fields.one_of("label", next(iter(names)), names)
    )
    source = middle.selectbox(
        "Regions", list(SOURCES), format_func=SOURCES.__getitem__, key=fields.field("source", next(iter(SOURCES)))
    )
    if label is None:
        return None
    margin = right.number_input("Around each (s)", 0.0, 3600.0, format=_EXACT, key=fields.field("margin", 1.0))
    join = left.number_input("Joined when closer than (s)", 0.0, 3600.0, format=_EXACT, key=fields.field("join", 0.0))
    return Cut(regions=Regions(label, source, margin, join))


def told(found: dict[str, Any]) -> str:
    """What a cut would make, in words."""
    if not found["made"]:
        lines = ["**No new task**"]
    else:
        shortest, longest = (f"{found[name]:.6f}".rstrip("0").rstrip(".") for name in ("shortest", "longest"))
        long = f"{shortest} s long" if shortest == longest else f"from {shortest} to {longest} s long"
        each = "each " if found["made"] > 1 and shortest == longest else ""
        lines = [
            f"**{counted(found['made'], 'new task')}**, {instant(found['seconds']).removesuffix('.000')} in all",
            each + long,
        ]
    if found["known"]:
        lines.append(f"{counted(found['known'], 'stretch is a task', 'stretches are tasks')} already")
    if found["replaced"]:
        lines.append(
            f"{counted(found['replaced'], 'task that nobody has begun goes', 'tasks that nobody has begun go')}"
        )
    if found["hard"]:
        lines.append(f"{counted(found['hard'], 'cut')} without a pause")
    lines.append(counted(found["recordings"], "recording was gone through", "recordings were gone through"))
    return "; ".join(lines) + "."
