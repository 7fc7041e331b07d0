"""What a model does at the moment: the part of its card that looks again by itself, with its start and stop buttons.

All cards of a page share one look at the database.
"""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_states
from labelbuddy_core.settings import get_settings
from pages._elements import plain, showing_errors

Model = dict[str, Any]
STATES = {
    "stopped": ("Stopped", "gray", ":material/stop_circle:"),
    "starting": ("Starting", "blue", ":material/hourglass_top:"),
    "ready": ("Ready", "green", ":material/check_circle:"),
    "busy": ("Busy", "violet", ":material/graphic_eq:"),
    "failed": ("Failed", "red", ":material/error:"),
}
ICONS = {
    "container": ":material/deployed_code:",
    "process": ":material/memory:",
    "remote": ":material/cloud:",
}
_RESTLESS = ("starting", "busy")
_SOON, _LATER = 1.0, 5.0
_FRESH = 0.8
"""Seconds for which one look at the database serves all cards."""
_LOOK = "_labelbuddy_model_states"
_DIGEST = 19


def state_parts(shown: list[Model]) -> None:
    """Note what `shown` models, with `state`, do; called before their cards are drawn."""
    st.session_state[_LOOK] = (time.monotonic(), shown, {one["id"]: one["state"] for one in shown})


def state_part(actor: Actor, model: Model) -> None:
    """Draw the head of a card and look again: every second while something happens, else every five."""
    state = model["state"]
    happens = state["state"] in _RESTLESS or state["wanted"]
    st.fragment(_draw, run_every=_SOON if happens else _LATER)(actor, model)


def _draw(actor: Actor, model: Model) -> None:
    state = _present(actor, model)
    words, color, icon = STATES[state["state"]]
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    head.markdown(
        f"#### {ICONS[model['runs']]} {plain(model['name'])} :gray-badge[{plain(model['version'])}] "
        f":{color}-badge[{icon} {words}]",
        width="content",
    )
    _start_or_stop(actor, model, state, head)
    if state["state"] == "failed":
        st.error(plain(state["detail"]) or "It failed; its log may say why.")
    elif state["detail"]:
        st.caption(f":material/arrow_right: {plain(state['detail'])}")
    st.caption(" · ".join(_used(model, state)))
    for note in state["notes"]:
        st.warning(f"It contradicts its file: {plain(note)}", icon=":material/rule:")


def _present(actor: Actor, model: Model) -> dict[str, Any]:
    """The state of one model: looked up for all of the page at once, when the last look is too old."""
    looked, shown, states = st.session_state[_LOOK]
    if time.monotonic() - looked > _FRESH:
        states = model_states.present_states(actor, shown)
        st.session_state[_LOOK] = (time.monotonic(), shown, states)
    found: dict[str, Any] = states.get(model["id"]) or model["state"]
    return found


def _start_or_stop(actor: Actor, model: Model, state: dict[str, Any], place: Any) -> None:
    wanted = state["wanted"]
    if state["state"] in ("stopped", "failed"):
        pressed = place.button(
            "Start", key=f"start-model-{model['id']}", icon=":material/play_arrow:", disabled=wanted == "start"
        )
        do = model_states.start
    else:
        pressed = place.button(
            "Stop", key=f"stop-model-{model['id']}", icon=":material/stop:", disabled=wanted == "stop"
        )
        do = model_states.stop
    if pressed:
        with showing_errors():
            do(actor, model["id"])
            st.rerun()  # of the page, so that it looks again every second


def _used(model: Model, state: dict[str, Any]) -> list[str]:
    """What it uses of what it may use."""
    may = model["resources"]
    gpu = ["GPU"] if may["gpu"] else []
    if model["runs"] == "remote":
        return ["Resources are the server's own", *gpu, *_besides(state)]
    if state["memory"] is None and state["cpu"] is None:
        memory = _memory(may["memory"])
        return [f"May use {memory} of memory and {_cores(may['cpus'])}", *gpu, *_besides(state)]
    parts = []
    if state["memory"] is not None:
        parts.append(f"Memory **{_memory(state['memory'])}** of {_memory(may['memory'])}")
    if state["cpu"] is not None:
        parts.append(f"processor **{state['cpu']:.1f}** of {_cores(may['cpus'])}")
    if state["data"] is not None:
        limit = _memory(get_settings().model_data_bytes)
        parts.append(f"/data **{_memory(state['data'])}** of {limit}")
    return [*parts, *gpu, *_besides(state)]


def _cores(number: float) -> str:
    return f"{number:g} core{'' if number == 1.0 else 's'}"


def _besides(state: dict[str, Any]) -> list[str]:
    """Restarts, device, digest and replicas, where there is something to say."""
    return [
        *([f"ended by itself {state['restarts']} times lately"] if state["restarts"] > 1 else []),
        *(["ended by itself once lately"] if state["restarts"] == 1 else []),
        *([f"device {plain(state['device'])}"] if state["device"] else []),
        *([f"{state['workers']} running"] if state["workers"] > 1 else []),
        *([f"`{state['digest'][:_DIGEST]}`"] if state["digest"] else []),
    ]


def _memory(size: float) -> str:
    """Bytes as model files count them: 2 GB is `2g`, that is 2 · 1024³."""
    megabytes = size / 1024**2
    if megabytes < 1.0:
        return "less than 1 MB"
    return f"{megabytes:.0f} MB" if megabytes < 1024.0 else f"{megabytes / 1024.0:.3g} GB"
