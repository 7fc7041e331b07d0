"""Names to choose from: Streamlit finds what was chosen by its words, so that no two things may be called alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


def names_apart(names: Mapping[str, str]) -> dict[str, str]:
    """What things are called, by id; those of one name say which they are: “Birds (13)”, “Anna Berg (anna2)”."""
    alike = Counter(names.values())
    apart = {one: name if alike[name] == 1 else f"{name} ({one})" for one, name in names.items()}
    if len(set(apart.values())) == len(apart):
        return apart
    return {one: f"{name} ({one})" for one, name in names.items()}  # one is called as another one would be now
