"""The people on the insight page: the matrix of pairs, and a report of each annotator."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._agreement_charts import boundary_histogram, pair_matrix
from pages._elements import plain

PAIR_MEASURES = {
    "event_f1": "Event F1",
    "kappa_time": "Cohen's κ, time",
    "kappa_tags": "Cohen's κ, tags",
    "chrf": "Captions: chrF2",
    "rouge_l": "Captions: ROUGE-L",
}
_EDGES = {"onset": "Onsets", "offset": "Offsets"}


def pairs(report: dict[str, Any]) -> None:
    """The matrix of pairs, and their figures with intervals."""
    st.subheader("Who agrees with whom", anchor=False)
    known = [name for name in PAIR_MEASURES if any(pair[name] is not None for pair in report["pairs"])]
    if not known:
        st.caption("No two annotators have marked anything in the same task yet.")
        return
    measure = st.selectbox("Figure", known, format_func=PAIR_MEASURES.__getitem__, key="pair-measure", width=260)
    st.plotly_chart(pair_matrix(report["pairs"], measure), width="content", key="pairs")
    rows = [
        {
            "Pair": f"{pair['first']} and {pair['second']}",
            PAIR_MEASURES[measure]: pair[measure],
            "From": pair[f"{measure}_low"],
            "To": pair[f"{measure}_high"],
            "Tasks": pair["tasks"],
        }
        for pair in sorted(report["pairs"], key=lambda one: (one[measure] is None, one[measure]))
    ]
    numbers = {
        name: st.column_config.NumberColumn(format="%.3f") for name in (PAIR_MEASURES[measure], "From", "To")
    }  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="content", column_config=numbers, key="pair-figures")


def annotators(report: dict[str, Any]) -> None:
    """Each annotator: boundaries, confusions, ground truth and speed in sentences, and where the boundaries lie."""
    told = [one for one in report["annotators"] if one["says"]]
    if not told:
        return
    st.subheader("Annotators", anchor=False)
    names = [one["annotator"] for one in told]
    chosen = st.selectbox("Annotator", names, key="annotator", width=260)
    one = told[names.index(chosen)]
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in one["says"]))
    if one["onset"] or one["offset"]:
        st.caption("How boundaries lie beside those of others, of events that both marked; right of zero is late.")
        st.plotly_chart(
            boundary_histogram(
                report["histogram_centers"],
                {_EDGES[edge]: one[edge]["histogram"] for edge in _EDGES if one[edge]},
            ),
            width="stretch",
            key="boundaries",
        )
