"""How often each label is in each part of a training set, as a table: before a run, and as a run has frozen it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st


def balance_part(shown: dict[str, Any], key: str) -> None:
    """Examples of each part, and the labels in them; `shown` has `splits` and `labels`."""
    parts = [
        f"**{part['examples']:,}** {words} ({part['seconds'] / 60:.1f} min)"
        for words, part in (
            ("to learn from", shown["splits"]["train"]),
            ("for validation", shown["splits"]["validation"]),
            ("held out", shown["splits"]["test"]),
        )
    ]
    st.markdown(f"Examples: {' · '.join(parts)}")
    if not shown["labels"]:
        return
    rows = [
        {
            "Label": one["label"],
            "Training": one["train"],
            "Validation": one["validation"],
            "Held out": one["test"],
            "Marked (s)": one["seconds"],
        }
        for one in shown["labels"]
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        column_config={"Marked (s)": st.column_config.NumberColumn(format="%.1f")},
        key=key,
    )
