"""Suggest which label of a project a model's label means, by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def suggest_label_map(model_labels: Iterable[str], project_labels: Mapping[str, str]) -> dict[str, str]:
    """Model label → id of the project label with the same normalized name; `project_labels` maps ids to names.

    Case, accents, punctuation and a plural s do not matter. Labels without a counterpart are left out.
    """
    by_name = {normalized(label_id): label_id for label_id in project_labels}
    by_name.update({normalized(name): label_id for label_id, name in project_labels.items()})
    return {label: by_name[normalized(label)] for label in model_labels if normalized(label) in by_name}


def similar_labels(model_labels: Iterable[str], project_labels: Mapping[str, str]) -> dict[str, str]:
    """Model label → id of the project label that comes near: shares most of its words or their synonyms, or is spelled
    almost alike. To be confirmed by a person; labels that deny something match only those that deny it too."""
    words = {label_id: _meanings(name) for label_id, name in project_labels.items()}
    spelled = {normalized(name): label_id for label_id, name in project_labels.items()}
    having: dict[str, set[str]] = {}
    for label_id, meanings in words.items():
        for word in meanings:
            having.setdefault(word, set()).add(label_id)
    found: dict[str, str] = {}
    for label in model_labels:
        meanings = _meanings(label)
        candidates = set().union(*(having.get(word, set()) for word in meanings)) if meanings else set()
        near = [(_overlap(meanings, words[one]), project_labels[one], one) for one in candidates]
        best = max(near, default=(0.0, "", ""))
        if best[0] >= _ENOUGH:
            found[label] = best[2]
        elif len(spelled) <= _SPELLED_MOST:
            alike = [spelled[name] for name in get_close_matches(normalized(label), spelled, 1, _ALIKE)]
            found.update((label, one) for one in alike if bool(meanings & _DENIALS) == bool(words[one] & _DENIALS))
    return found


_ENOUGH = 0.5
_ALIKE = 0.85
_SPELLED_MOST = 500
_DENIALS = frozenset({"no", "non", "not", "without"})
_SYNONYMS = (
    ("speech", "voice", "vocal", "speaking", "talking", "spoken", "speaker"),
    ("singing", "singer", "sung", "song"),
    ("music", "musical"),
    ("dog", "canine", "bark", "barking"),
    ("bird", "birdsong", "chirp", "tweet"),
    ("car", "vehicle", "automobile"),
    ("drum", "drums", "percussion"),
    ("silence", "silent", "quiet"),
    ("noise", "noisy"),
    ("laughter", "laugh", "laughing"),
    ("man", "male", "men"),
    ("woman", "female", "women"),
)
_MEANING = {word: group[0] for group in _SYNONYMS for word in group}


def _meanings(name: str) -> frozenset[str]:
    return frozenset(_MEANING.get(word, word) for word in normalized(name).split())


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's index of two sets of words; 0 when only one of them denies."""
    if bool(one & _DENIALS) != bool(other & _DENIALS):
        return 0.0
    return len(one & other) / len(one | other)


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
