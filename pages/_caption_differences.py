"""The captions of a task below each other, with what they say differently in color, and how alike they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews import caption_differences
from pages._elements import plain


def captions_compared(actor: Actor, task_id: str) -> None:
    """Draw the captions of a task where there are two or more; else nothing."""
    found = caption_differences.compare_captions(actor, task_id)
    captions = found["captions"]
    if len(captions) < 2:
        return
    with st.expander(f"Captions compared ({len(captions)})", expanded=True, icon=":material/difference:"):
        names = {one["annotation"]: one["annotator"] for one in captions}
        for place, one in enumerate(captions):
            text = marked(one["text"], found["phrases"], place, one["claims"])
            st.markdown(f"**{plain(one['annotator'])}**: {text}")
            for line in conflicts(one, names):
                st.caption(line)
        st.caption(
            ":orange-background[said differently] :red-background[contradicted by another caption or by tags] "
            ":blue-background[said by nobody else]"
        )
        st.caption(
            "  \n".join(
                f"{plain(names[pair['one']])} and {plain(names[pair['other']])}: "
                f"chrF {pair['chrf']:.2f}, ROUGE-L {pair['rouge_l']:.2f}{_meaning(pair)}"
                for pair in found["pairs"]
            )
        )
        if model := found["text_model"]:
            waiting = any(pair["meaning"] is None for pair in found["pairs"])
            st.caption(
                f"Meaning: cosine of the vectors that {plain(model['name'])} {plain(model['version'])} gives."
                + (" It has not been asked about all of these captions yet." if waiting else "")
            )


def _meaning(pair: Mapping[str, Any]) -> str:
    return "" if pair["meaning"] is None else f", meaning {pair['meaning']:.2f}"


def marked(text: str, phrases: list[dict[str, Any]], place: int, claims: Sequence[Mapping[str, Any]] = ()) -> str:
    """A caption in Markdown: on colored grounds the phrases that others say differently, the words that others
    contradict, and those that nobody else says."""
    spans = [tuple(one["places"][place]) for one in phrases if not one["same"] and one["texts"][place]]
    said = [(one["start"], one["end"], _color(one)) for one in claims]
    edges = sorted({0, len(text), *(edge for span in spans for edge in span), *(at for one in said for at in one[:2])})
    pieces: list[tuple[str, str]] = []
    for start, end in pairwise(edges):
        color = next((color for first, last, color in said if color and first <= start and end <= last), "")
        if not color and any(first <= start and end <= last for first, last in spans):
            color = "orange"
        if pieces and pieces[-1][1] == color:
            pieces[-1] = (pieces[-1][0] + text[start:end], color)
        else:
            pieces.append((text[start:end], color))
    return "".join(f":{color}-background[{plain(part)}]" if color else plain(part) for part, color in pieces)


def conflicts(caption: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What in a caption or its annotator's tags others contradict, in words."""
    told = [("", one["text"], one) for one in caption["claims"]] + [
        ("the tag ", one["name"], one) for one in caption["tags"]
    ]
    return [
        f"{what}“{plain(words)}” ({plain(one['facet'])}) is contradicted by "
        f"{', '.join(plain(names[other]) for other in one['against'])}"
        for what, words, one in told
        if one["against"]
    ]


def _color(claim: Mapping[str, Any]) -> str:
    return "red" if claim["against"] else "" if claim["support"] else "blue"
