"""The verify grid of the review page: regions of one label, the least certain first."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.wavesurfer_component import verify_grid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews import region_verdicts
from pages._elements import empty_state, page_header


def verify_one_label(actor: Actor, project: dict[str, Any]) -> None:
    """Choose a label of what waits, and decide its regions one key each."""
    page_header(project["name"], "Regions of one label, the least certain first")
    waiting = {one["label"]: one["count"] for one in region_verdicts.labels_to_verify(actor, project["id"])}
    if not waiting:
        empty_state("No region waits", "Regions of submitted annotations that you have not decided appear here.")
        return
    names = {label["id"]: label["name"] for label in project["labels"]}
    label = st.selectbox(
        "Label",
        list(waiting),
        format_func=lambda one: f"{names.get(one, one)} ({waiting.get(one, 0)})",
        key=f"verify-{project['id']}",
    )
    if label is not None:
        verify_grid(person=actor.id, project=project["id"], label=label, key="verify-grid", on_verified=_decided)


def _decided() -> None:
    """Whole annotations were decided: the counts of the page are others now."""
