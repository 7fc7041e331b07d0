"""Fields that keep what is in them while they are not drawn: Streamlit forgets every field that a run leaves out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st


class KeptFields:
    """The fields of a form, by name; `area` is the form, and whatever else has one of its own. Made in every run of the
    page, also in those that do not draw the form: the last thing typed comes with the click that hides it."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._kept: dict[str, Any] = st.session_state.setdefault(f"_labelbuddy_kept_{area}", {})
        for name in self._kept:
            if self._key(name) in st.session_state:
                self._kept[name] = st.session_state[self._key(name)]

    def field(self, name: str, usual: Any) -> str:
        """The key of a field that is drawn next; it has the `usual` value until somebody changes it."""
        key = self._key(name)
        self._kept.setdefault(name, usual)
        if key not in st.session_state:
            st.session_state[key] = self._kept[name]
        return key

    def one_of(self, name: str, usual: Any, among: Collection[Any]) -> str:
        """As `field`, for a choice of one; the usual one again where what was chosen is there no more."""
        if self._kept.get(name, usual) not in among:
            self.put(name, usual)
        return self.field(name, usual)

    def some_of(self, name: str, among: Collection[Any], usual: Collection[Any] = ()) -> str:
        """As `field`, for a choice of several, without those that are there no more."""
        chosen = list(self._kept.get(name, usual))
        if not set(chosen) <= set(among):
            self.put(name, [one for one in chosen if one in among])
        return self.field(name, list(usual))

    def put(self, name: str, value: Any) -> None:
        """Give a field that is not drawn yet in this run another value."""
        self._kept[name] = st.session_state[self._key(name)] = value

    def forget(self) -> None:
        """All fields have their usual values when they are drawn next."""
        for name in self._kept:
            st.session_state.pop(self._key(name), None)
        self._kept.clear()

    def _key(self, name: str) -> str:
        return f"{self._area}-{name}"
