"""Confusions on the insight page: a matrix, and the pairs of labels that are confused most with links to places."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._agreement_charts import confusion_matrix
from pages._elements import plain
from pages._insight_links import at_place, seconds

_SHOWN = 30
_WHAT = {"regions": "Regions", "tags": "Tags"}


def confusion(report: dict[str, Any]) -> None:
    """What is confused with what: between any two annotators, of one of them, or beside ground truth."""
    st.subheader("What is confused with what", anchor=False)
    found = report["confusion"]
    if not found:
        st.caption("Nobody has marked anything in the tasks that can be compared.")
        return
    row = st.container(horizontal=True, vertical_alignment="bottom")
    kinds = [kind for kind in _WHAT if any(one["what"] == kind for one in found)]
    what = row.selectbox("Of", kinds, format_func=_WHAT.__getitem__, key="confusion-of", width=140)
    matrices = [one for one in found if one["what"] == what]
    chosen = row.selectbox(
        "Between", range(len(matrices)), format_func=lambda place: _between(matrices[place]), key=f"confusion-{what}"
    )
    matrix = matrices[chosen]
    ink = "#f1f5f9" if st.context.theme.type == "dark" else "#1e293b"
    st.plotly_chart(confusion_matrix(matrix, ink=ink), width="content", key="confusion-matrix")
    of_all = matrix["of"] == "all"
    st.caption(
        ("Each two annotators, whoever said the one and whoever the other. " if of_all else "")
        + "– is nothing: the other side has no region there that overlaps enough."
        if what == "regions"
        else "Tags that only one side gave; where several are left over on both sides they count in part."
    )
    _places(report["project"], matrix)


def _between(matrix: dict[str, Any]) -> str:
    if matrix["of"] == "all":
        return "Any two annotators"
    return f"{matrix['rows']} (rows) and {matrix['columns']} (columns)"


def _places(project: str, matrix: dict[str, Any]) -> None:
    apart = [cell for cell in matrix["cells"] if cell["row"] != cell["column"]]
    apart.sort(key=lambda cell: -cell["count"])
    if not apart:
        st.success("Both sides always say the same.", icon=":material/check:")
        return
    first, second = (matrix["rows"].capitalize(), matrix["columns"].capitalize())
    if first.casefold() == second.casefold():
        first, second = "First", "Second"
    rows = [
        {
            first: cell["row_name"],
            second: cell["column_name"],
            "Count": cell["count"],
            **{
                f"Place {number + 1}": _link(project, cell["places"], number)
                for number in range(max(len(one["places"]) for one in apart[:_SHOWN]))
            },
        }
        for cell in apart[:_SHOWN]
    ]
    links = {
        name: st.column_config.LinkColumn(display_text=r"#(.+)$", width=80, help="Opens the task at the place")
        for name in rows[0]
        if name.startswith("Place")
    }
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="content",
        column_config={"Count": st.column_config.NumberColumn(format="%.4g", width=70), **links},
        key="confusions",
    )
    if len(apart) > _SHOWN:
        st.caption(plain(f"The {_SHOWN} most frequent of {len(apart)}; the CSV has all."))


def _link(project: str, places: list[dict[str, Any]], number: int) -> str | None:
    if number >= len(places):
        return None
    place = places[number]
    return f"{at_place(project, place['task'], place['at'])}#{seconds(place['at'])}"
