"""The captions of a task below each other, with what they say differently in color, and how alike they are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import streamlit as st

from labelbuddy_core.services import caption_differences
from labelbuddy_core.services.actors import Actor
from pages._elements import plain


def captions_compared(actor: Actor, task_id: str) -> None:
    """Draw the captions of a task where there are two or more; else nothing."""
    found = caption_differences.compare_captions(actor, task_id)
    captions = found["captions"]
    if len(captions) < 2:
        return
    with st.expander(f"Captions compared ({len(captions)})", expanded=True, icon=":material/difference:"):
        for place, one in enumerate(captions):
            st.markdown(f"**{plain(one['annotator'])}**: {marked(one['text'], found['phrases'], place)}")
        names = {one["annotation"]: one["annotator"] for one in captions}
        st.caption(
            "  \n".join(
                f"{plain(names[pair['one']])} and {plain(names[pair['other']])}: "
                f"chrF {pair['chrf']:.2f}, ROUGE-L {pair['rouge_l']:.2f}"
                for pair in found["pairs"]
            )
        )


def marked(text: str, phrases: list[dict[str, Any]], place: int) -> str:
    """A caption in Markdown, with the phrases that others say differently on a colored ground."""
    spans = [tuple(one["places"][place]) for one in phrases if not one["same"] and one["texts"][place]]
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    parts = [(text[start:end], (start, end) in spans) for start, end in pairwise(edges) if end > start]
    return "".join(f":orange-background[{plain(part)}]" if differs else plain(part) for part, differs in parts)
