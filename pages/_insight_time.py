"""Agreement over time on the insight page: a figure month by month."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._agreement_charts import months_chart


def over_time(found: dict[str, Any]) -> None:
    """A chosen figure over all labels in each month, with intervals."""
    months = found["months"]
    known: dict[tuple[str, str], str] = {}
    for month in months:
        for one in month["figures"]:
            if one["value"] is not None:
                known.setdefault((one["kind"], one["measure"]), f"{one['title']} ({one['kind']})")
    if not known:
        st.caption("There is no month yet in which something can be compared.")
        return
    chosen = st.selectbox("Figure", list(known), format_func=known.__getitem__, key="figure-over-time", width=340)
    st.plotly_chart(months_chart(months, *chosen), width="stretch", key="over-time")
    st.caption("By the month (UTC) in which the last answer to a task was handed in, with 95 % intervals.")
