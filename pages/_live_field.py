"""A text area that is read while somebody types: Streamlit itself reads one when it is left, or at Ctrl+Enter."""

from __future__ import annotations

from functools import cache
from typing import Any

from streamlit.components.v2 import component

# The pause ends with the keys by which Streamlit takes a text; the cursor stays. A line break makes it code.
_SCRIPT = """
export default function ({ data }) {
  const isField = (target) => target.matches?.(`.st-key-${data.field} textarea`);
  let waiting = 0;
  const take = { key: "Enter", ctrlKey: true, metaKey: true, bubbles: true, cancelable: true };
  const typed = ({ target }) => {
    if (!isField(target)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => target.dispatchEvent(new KeyboardEvent("keydown", take)), data.pause);
  };
  document.addEventListener("input", typed);
  return () => {
    clearTimeout(waiting);
    document.removeEventListener("input", typed);
  };
}
"""
_PAUSE_MS = 500


@cache
def _component() -> Any:
    return component("labelbuddy.live_field", js=_SCRIPT)


def read_while_typed(field: str) -> None:
    """Read the text area with this key half a second after each edit; call it in the same fragment or dialog."""
    _component()(key=f"live-{field}", data={"field": field, "pause": _PAUSE_MS})
