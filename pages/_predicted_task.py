"""A task of the project as models see it, for managers: the newest answer of each model."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components.wavesurfer_component import model_answers
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.predictions import predicted_tasks
from pages._address import seconds_asked
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
        st.query_params.pop("task", None)
        st.query_params.pop("at", None)
        st.rerun()
    if found is None:
        return
    st.subheader(
        f"{plain(found['recording'])}, {found['start']:g} – {found['stop']:g} s: what models said", anchor=False
    )
    if not found["predictions"]:
        st.info("No model has predicted this task yet.")
    model_answers(
        person=actor.id, task=found["task"], project=found["project"], key="model-answers", at=seconds_asked("at")
    )
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
