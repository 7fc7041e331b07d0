"""Buttons of a page, by the words on them."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def button(at: AppTest, label: str) -> Any:
    """The one button with this label, also within a dialog."""
    (found,) = [one for one in at.button if one.label == label]
    return found


def in_dialog(at: AppTest, opener: str, label: str) -> None:
    """Press a button of an open dialog. AppTest runs the whole page, so its opener is pressed too."""
    button(at, opener).click()
    button(at, label).click().run()
    assert not at.exception
