"""Suggest which label of a project a model's label means, by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping


def suggest_label_map(model_labels: Iterable[str], project_labels: Mapping[str, str]) -> dict[str, str]:
    """Model label → id of the project label with the same normalized name; `project_labels` maps ids to names.

    Case, accents, punctuation and a plural s do not matter. Labels without a counterpart are left out.
    """
    by_name = {normalized(label_id): label_id for label_id in project_labels}
    by_name.update({normalized(name): label_id for label_id, name in project_labels.items()})
    return {label: by_name[normalized(label)] for label in model_labels if normalized(label) in by_name}


def normalized(name: str) -> str:
    """A name without what people write differently."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(character)
    )
    words = re.findall(r"\w+", plain.replace("_", " "))
    return " ".join(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words
    )
