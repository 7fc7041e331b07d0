"""The name and mark of LabelBuddy, drawn without any request to other hosts."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.settings import ROOT

ICON = ROOT / "pages" / "assets" / "icon.png"
LOGO = ROOT / "pages" / "assets" / "logo.svg"


def brand() -> None:
    """The mark with the name, for the sign-in page."""
    st.image(str(LOGO), width=210)
    st.caption("Label recordings together, with the help of models.")
