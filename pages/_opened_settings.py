"""A form of settings as a manager opened it: what they type stays while others change the project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from labelbuddy_core.domain.caption_lexicon import as_lines
from labelbuddy_core.errors import Conflict
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import setting_edits
from pages._elements import plain, showing_errors


@dataclass(frozen=True)
class OpenedSettings:
    """What the fields of a form began with, and the keys of the form and its fields."""

    area: str
    values: dict[str, Any]
    key: str
    overtaken: bool

    def field(self, name: str) -> str:
        """The key of the field of a setting."""
        return f"{self.key}-{name}"


def opened_settings(area: str, project: dict[str, Any], names: Iterable[str]) -> OpenedSettings:
    """The settings of these names that a form shows: those of when it was first drawn, until it is saved or left.

    What is typed into a form is not known before it is sent, and would be gone with fields that begin with something
    else.
    """
    settings = setting_edits.settings_of(project)
    name, present = _name(area), {one: settings[one] for one in names}
    kept = st.session_state.get(name, {"project": None, "number": 0})
    if kept["project"] != project["id"] or not _is_drawn(_key(area, kept)):
        kept = {"project": project["id"], "number": kept["number"] + 1, "values": present, "seen": present}
        st.session_state[name] = kept
    return OpenedSettings(area, kept["values"], _key(area, kept), kept["seen"] != present)


def overtaken_line(opened: OpenedSettings) -> None:
    """That somebody changed settings since the form was opened, and the way to see it.

    Its container is always there, so that what stands below stays as it is, expanders open, when the line comes.
    """
    with st.container():
        if opened.overtaken:
            _overtaken(opened)


def _overtaken(opened: OpenedSettings) -> None:
    st.info(
        "Somebody changed the settings since you opened them. Saving changes only what you changed.",
        icon=":material/group:",
    )
    if st.button(
        "Show the settings of today",
        key=f"{opened.key}-today",
        help="What you typed and did not save goes.",
        icon=":material/refresh:",
    ):
        _open_anew(opened.area)
        st.rerun()


def save_settings(
    actor: Actor,
    project: dict[str, Any],
    opened: OpenedSettings,
    typed: dict[str, Any],
    titles: dict[str, str],
    words: dict[str, dict[str, str]],
) -> None:
    """Save what somebody changed; what somebody else changed too is said, and saved when they save once more.

    `titles` are those of the fields, `words` those of the values that have some.
    """
    kept = st.session_state[_name(opened.area)]
    edited = {name: value for name, value in typed.items() if value != opened.values[name]}
    with showing_errors():
        try:
            setting_edits.edit_settings(actor, project["id"], seen=kept["seen"], edited=edited)
        except Conflict as conflict:
            present = conflict.extra["present"]
            kept["seen"] = {**kept["seen"], **present}
            for name, value in present.items():
                now = _told(value, words.get(name, {}))
                st.warning(f"**{titles[name]}** was changed by somebody since you opened it. It is now: {now}")
            raise Conflict("Nothing was saved yet. Save again to put yours in its place.") from None
        st.toast("Saved" if edited else "Nothing to save: nothing was changed", icon=":material/check:")
        _open_anew(opened.area)
        st.rerun()


def _told(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, list):
        lines = as_lines(value) if value and isinstance(value[0], dict) else map(str, value)  # words of captions
        return "; ".join(map(plain, lines)) or "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "nothing" if value in ("", None) else plain(words.get(value, str(value)))


def _open_anew(area: str) -> None:
    st.session_state[_name(area)] = {**st.session_state[_name(area)], "project": None}


def _is_drawn(key: str) -> bool:
    """Whether the form was there in the last run; Streamlit forgets the fields of one that was not."""
    return any(str(one).startswith(f"{key}-") for one in st.session_state)


def _key(area: str, kept: dict[str, Any]) -> str:
    return f"{area}-{kept['project']}-{kept['number']}"


def _name(area: str) -> str:
    return f"_labelbuddy_opened_{area}"
