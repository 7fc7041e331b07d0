"""A task of the project as models see it, for managers: the newest answer of each model."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components.wavesurfer_component import model_answers
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services import predicted_tasks
from labelbuddy_core.services.actors import Actor
from pages._answer_tables import count, draw_answer
from pages._elements import plain


def predicted_task(actor: Actor, task: str) -> None:
    """Draw what models said of a task, with a button that goes back to the project."""
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    try:
        found = predicted_tasks.predicted_task(actor, task)
    except LabelBuddyError as error:
        st.warning(plain(error.detail), icon=":material/block:")
        found = None
    if head.button("Back to the project", icon=":material/arrow_back:"):
        for name in ("task", "start", "stop"):
            st.query_params.pop(name, None)
        st.rerun()
    if found is None:
        return
    place = _place(found["start"], found["stop"])
    start, stop = place or (found["start"], found["stop"])
    about = "" if place else ": what models said"
    st.subheader(f"{plain(found['recording'])}, {start:g} – {stop:g} s{about}", anchor=False)
    if not found["predictions"] and not place:
        st.info("No model has predicted this task yet.")
    model_answers(task=found["task"], project=found["project"], key="model-answers", place=place)
    for one in found["predictions"]:
        counts = one["counts"]
        when = pd.Timestamp(one["created_at"]).strftime("%Y-%m-%d %H:%M")
        said = [f"version {plain(one['version'])}", when, count(counts["regions"], "region")]
        said += [count(counts["points"], "point")] if counts["points"] else []
        st.markdown(f"**{plain(one['model'])}** · {' · '.join([*said, count(counts['tags'], 'tag')])}")
        for note in one["notes"]:
            st.caption(plain(note))
        draw_answer({**one, **{name: found[name] for name in ("start", "stop", "outline")}}, key=f"said-{one['id']}")
    st.divider()


def _place(first: float, last: float) -> tuple[float, float] | None:
    """The stretch of the task that the address names."""
    try:
        start, stop = (float(st.query_params.get(name, "")) for name in ("start", "stop"))
    except ValueError:
        return None
    return (max(first, start), min(last, stop)) if first <= start <= stop <= last else None
