"""What the address of a page asks for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st


def seconds_asked(name: str) -> float | None:
    """A time of the address in seconds; None when it has none."""
    try:
        number = float(st.query_params[name])
    except (KeyError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0.0 else None


def tab_asked(names: Sequence[str]) -> str | None:
    """The tab of the address (`?tab=Models`), if the page has it."""
    return next((name for name in names if name.casefold() == st.query_params.get("tab", "").casefold()), None)
