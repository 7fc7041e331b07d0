"""A task on the insight page: where its annotators differ, and what each of them marked, opened at a place."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component import people_answers
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import disagreement_maps
from pages._agreement_charts import disagreement_chart
from pages._elements import plain
from pages._insight_links import at_place, seconds

_SHOWN = 200


def asked_task(actor: Actor) -> dict[str, Any] | None:
    """The task that the address names with where its annotators differ; None without one, or one not to be seen."""
    task = st.query_params.get("task")
    if not task:
        return None
    try:
        return disagreement_maps.disagreement_map(actor, task)
    except LabelBuddyError as error:
        st.warning(plain(error.detail), icon=":material/block:")
        st.query_params.pop("task", None)
        return None


def draw_task(actor: Actor, found: dict[str, Any]) -> None:
    """The map of disagreement, the answers of the annotators in the editor, and the stretches in dispute."""
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    head.subheader(plain(f"{found['recording']}: where annotators differ"), anchor=False, width="content")
    if head.button("Close the task", icon=":material/close:"):
        for name in ("task", "at"):
            st.query_params.pop(name, None)
        st.rerun()
    stretches = found["stretches"]
    at = _instant(found)
    if stretches:
        st.plotly_chart(disagreement_chart(found, at), width="stretch", key="disagreement-map")
    else:
        _without_stretches(len(found["annotators"]))
    people_answers(person=actor.id, task=found["task"], project=found["project"], at=at, key="people-answers")
    if stretches:
        with st.expander(f"Stretches in dispute ({len(stretches)})", key="stretches-in-dispute"):
            _table(found)
    st.divider()


def _without_stretches(answers: int) -> None:
    """Why nothing is in dispute: everybody agrees, or there are not two answers yet."""
    if answers > 1:
        st.success("Everybody says the same here.", icon=":material/check:")
    elif answers:
        st.info("Only one annotation is handed in: there is nothing to compare it with yet.", icon=":material/person:")
    else:
        st.info("Nothing is handed in yet.", icon=":material/hourglass_empty:")


def _instant(found: dict[str, Any]) -> float:
    try:
        at = float(st.query_params.get("at", found["start"]))
    except ValueError:
        at = found["start"]
    return min(max(at, found["start"]), found["stop"])


def _table(found: dict[str, Any]) -> None:
    longest = sorted(found["stretches"], key=lambda one: one["start"] - one["stop"])[:_SHOWN]
    rows = [
        {
            "Open": f"{at_place(found['project'], found['task'], one['start'])}#{seconds(one['start'])}",
            "Seconds": one["stop"] - one["start"],
            "Label": f"{one['name']} (tag)" if one["tag"] else one["name"],
            "Marked by": ", ".join(one["marked"]),
            "Not by": ", ".join(one["unmarked"]),
        }
        for one in longest
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="content",
        column_config={
            "Open": st.column_config.LinkColumn(display_text=r"#(.+)$", width=80, help="Opens the task there"),
            "Seconds": st.column_config.NumberColumn(format="%.2f", width=80),
        },
        key="disputed",
    )
